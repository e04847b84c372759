/**
 * Rows that are taken from the row above them: allowances, accumulated depreciation, imputed interest. What such a row
 * reduces is not told by labels but by the figures: the row above less this one is the row below, in every column.
 * @module
 */
import { figureKind, type StatementTable } from '../tables/statement.js';
import { periodColumns, plainLabel } from './line-items.js';

/** A deduction with the row that it reduces. */
export interface Deduction {
  gross: number;
  row: number;
  /** What is taken, as a question calls it. */
  part: string;
  /** What the proportion of the two is called. */
  name: string;
  /** Columns in which it holds. */
  columns: number[];
}

/** Labels, what they are called in a question, and what they reduce where that row is just a total. */
const kinds: readonly [label: RegExp, part: string, whole: string][] = [
  [
    /^(?:less:? )?accumulated depreciation(?: and amorti[sz]ation)?$/,
    'accumulated depreciation',
    'gross property and equipment',
  ],
  [/^(?:less:? )?valuation allowance$/, 'the valuation allowance', 'gross deferred tax assets'],
  [
    /^(?:less:? )?allowance for (?:doubtful accounts|expected credit losses|credit losses)$/,
    'the allowance for credit losses',
    'gross receivables',
  ],
  [/^less:? (?:imputed )?interest$|^imputed interest$/, 'the interest portion', 'total lease payments'],
];

/** The deductions of a table that its figures prove. A table with two of one kind has none: a question could mean either. */
export function deductions(table: StatementTable): Deduction[] {
  const found = table.rows.flatMap(({ label, kind }, row): Deduction[] => {
    const [, part, whole] = kinds.find(([pattern]) => pattern.test(plainLabel(label))) ?? [];
    const [gross, net] = [row - 1, row + 1];
    if (!part || kind !== 'amount' || gross < 0 || net >= table.rows.length) return [];
    const columns = periodColumns(table).filter((column) =>
      [gross, row, net].every((one) => figureKind(table, one, column) === 'amount'),
    );
    const filled = columns.filter((column) => table.rows[row]!.values[column] !== null);
    const proven = filled.filter((column) => {
      const [whole, taken, rest] = [gross, row, net].map((one) => table.rows[one]!.values[column] ?? 0) as [
        number,
        number,
        number,
      ];
      const slack = Math.max(1e-9, whole * 1e-9);
      return whole > 0 && taken !== 0 && Math.abs(whole - Math.abs(taken) - rest) <= slack;
    });
    if (proven.length === 0 || proven.length < filled.length) return [];
    const reduced = table.rows[gross]!.label;
    const name = `${part} as a percentage of ${/^(?:total|gross value)$/i.test(reduced) ? whole : reduced}`;
    return [{ gross, row, part, name, columns: proven }];
  });
  return found.filter(({ part }) => found.filter((other) => other.part === part).length === 1);
}
