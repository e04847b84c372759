/**
 * Which tables come from the same report, where nobody says it.
 * @module
 */
import type { StatementTable } from './statement.js';

type Table = Pick<StatementTable, 'columns' | 'rows'>;

/** Figures with fewer digits are equal by chance too often. */
const minimumDigits = 4;
const minimumSharedFigures = 2;
/** A label that stands in more tables is the language of accounting and says nothing about the company. */
const rareLabelTables = 3;
const minimumSharedLabels = 3;

/**
 * A number for each table, equal for tables that evidently belong together: those with at least two equal figures of
 * four or more digits for the same period (whatever their labels and signs), and those with at least three labels in
 * common that stand in no more than three tables; both carried on through third tables. So figures of a held-out
 * report are in no other group, at the price of now and then putting two reports into one.
 */
export function reportGroups(tables: readonly Table[]): number[] {
  const parent = tables.map((_table, index) => index);
  const root = (index: number): number => {
    let top = index;
    while (parent[top] !== top) top = parent[top]!;
    return top;
  };
  const join = (pairs: Map<string, number>, minimum: number): void => {
    for (const [pair, count] of pairs) {
      if (count < minimum) continue;
      const [a, b] = pair.split(' ').map((index) => root(Number(index))) as [number, number];
      parent[Math.max(a, b)] = Math.min(a, b);
    }
  };
  join(sharedKeys(tables.map(figureKeys), tables.length), minimumSharedFigures);
  join(sharedKeys(tables.map(labelKeys), rareLabelTables), minimumSharedLabels);

  const numbers = new Map<number, number>();
  return tables.map((_table, index) => {
    const top = root(index);
    if (!numbers.has(top)) numbers.set(top, numbers.size);
    return numbers.get(top)!;
  });
}

/** For every pair of tables how many keys they share, keys that stand in more than `most` tables left aside. */
function sharedKeys(keys: readonly ReadonlySet<string>[], most: number): Map<string, number> {
  const holders = new Map<string, number[]>();
  keys.forEach((ofTable, table) => {
    for (const key of ofTable) {
      const tables = holders.get(key);
      if (tables) tables.push(table);
      else holders.set(key, [table]);
    }
  });
  const shared = new Map<string, number>();
  for (const tables of holders.values()) {
    if (tables.length > most) continue;
    tables.forEach((a, index) => {
      for (const b of tables.slice(index + 1)) shared.set(`${a} ${b}`, (shared.get(`${a} ${b}`) ?? 0) + 1);
    });
  }
  return shared;
}

function figureKeys(table: Table): Set<string> {
  const keys = new Set<string>();
  for (const { values } of table.rows) {
    values.forEach((value, column) => {
      if (value === null || `${value}`.replace(/\D/g, '').length < minimumDigits) return;
      const { label, year } = table.columns[column]!;
      keys.add(`${year ?? label}|${Math.abs(value)}`);
    });
  }
  return keys;
}

function labelKeys(table: Table): Set<string> {
  return new Set(
    table.rows
      .flatMap(({ label, section }) => (section ? [label, section] : [label]))
      .map((label) => label.toLowerCase()),
  );
}
