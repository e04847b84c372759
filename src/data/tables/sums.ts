/**
 * Which rows of a table add up to which: the figures themselves say what is a part and what is a total.
 * @module
 */
import type { StatementColumn, StatementRow } from './statement.js';

/** Decimals that are enough to compare figures of one table. */
function decimals(values: readonly number[]): number {
  return Math.max(0, ...values.map((value) => `${value}`.split('.')[1]?.length ?? 0));
}

/**
 * Indices of the rows directly above `total` that add up to it in every column, or undefined. At least two parts; a
 * dash counts as zero. Published figures are rounded, so each part may be off by half a unit of the last place; a sum
 * is only believed when it holds in every column.
 */
export function sumParts(
  table: { columns: readonly StatementColumn[]; rows: readonly StatementRow[] },
  total: number,
): number[] | undefined {
  const target = table.rows[total]!;
  if (target.kind === 'percent') return undefined;
  const columns = table.columns.flatMap((column, index) =>
    (column.kind ?? 'amount') === 'amount' && target.values[index] !== null ? [index] : [],
  );
  if (columns.length === 0 || columns.every((column) => target.values[column] === 0)) return undefined;
  const sums = columns.map(() => 0);
  const parts: number[] = [];
  for (let row = total - 1; row >= 0; row--) {
    const candidate = table.rows[row]!;
    if (candidate.kind !== target.kind) break;
    parts.unshift(row);
    columns.forEach((column, index) => {
      sums[index] = sums[index]! + (candidate.values[column] ?? 0);
    });
    if (parts.length < 2) continue;
    const fits = columns.every((column, index) => {
      const places = decimals([
        target.values[column]!,
        ...parts.map((part) => table.rows[part]!.values[column] ?? 0),
      ]);
      const slack = parts.length > 2 ? 1.01 * 10 ** -places : 0.01 * 10 ** -places;
      return Math.abs(sums[index]! - target.values[column]!) <= slack;
    });
    if (fits) return parts;
  }
  return undefined;
}
