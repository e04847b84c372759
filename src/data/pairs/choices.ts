/**
 * Cells, periods and rows that questions can be about.
 * @module
 */
import type { RandomStream } from '../../random.js';
import { figureText } from '../tables/statement.js';
import { inColumn, isPositiveAmount, rowName, type TableView } from './table-view.js';

/** A figure and where it stands, for a derivation. */
export function place(view: TableView, row: number, column: number): string {
  return `${rowName(view.table, row)} ${inColumn(view, column)} = ${figureText(view.table, row, column)}`;
}

/** Numbers of all columns. */
export function columnsOf(view: TableView): number[] {
  return view.table.columns.map((_column, column) => column);
}

/** All cells that hold a figure. */
export function cells(view: TableView): [number, number][] {
  return view.rows.flatMap((row) =>
    view.table.rows[row]!.values.flatMap((value, column): [number, number][] =>
      value === null ? [] : [[row, column]],
    ),
  );
}

/** A row with an earlier and a later column of the series that both hold a figure. */
export function periodPairs(view: TableView): [row: number, from: number, to: number][] {
  const pairs: [number, number, number][] = [];
  for (const row of view.rows) {
    const { values } = view.table.rows[row]!;
    view.series.forEach((from, index) => {
      for (const to of view.series.slice(index + 1)) {
        if (values[from] !== null && values[to] !== null) pairs.push([row, from, to]);
      }
    });
  }
  return pairs;
}

/** For each group of parts and each column a few choices of rows with positive amounts, in the table's order. */
export function partChoices(
  view: TableView,
  random: RandomStream,
  sizes: readonly number[],
): { rows: number[]; column: number }[] {
  const choices = new Map<string, { rows: number[]; column: number }>();
  for (const { parts } of view.parts) {
    for (const column of columnsOf(view)) {
      const usable = parts.filter((row) => view.rows.includes(row) && isPositiveAmount(view, row, column));
      for (let draw = 0; draw < 4; draw++) {
        const size = random.pick(sizes);
        if (usable.length < size) continue;
        const rows = random
          .shuffle(usable)
          .slice(0, size)
          .toSorted((a, b) => a - b);
        choices.set(`${column}:${rows}`, { rows, column });
      }
    }
  }
  return [...choices.values()];
}
