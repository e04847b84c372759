/**
 * Which rows a document of a large table tells: each variant begins elsewhere.
 * @module
 */
import { figure, type TableView } from '../table-view.js';

const together = 5;
const mostVariants = 6;

/** Rows that are told together: parts with their total, and runs of the others. */
function rowGroups(view: TableView): number[][] {
  const usable = new Set(
    view.rows.filter((row) =>
      view.table.columns.some((_column, column) => figure(view, row, column) !== undefined),
    ),
  );
  const groups: number[][] = [];
  const taken = new Set<number>();
  for (const { parts, total } of view.parts) {
    const rows = parts.filter((row) => usable.has(row));
    const whole = total !== undefined && usable.has(total) ? [total] : [];
    for (const row of [...rows, ...whole]) taken.add(row);
    for (let at = 0; at < rows.length; at += together - 1)
      groups.push([...whole, ...rows.slice(at, at + together - 1)]);
  }
  const rest = [...usable].filter((row) => !taken.has(row));
  for (let at = 0; at < rest.length; at += together) groups.push(rest.slice(at, at + together));
  return groups;
}

/** How many documents of one form a table gives: more where it has more rows. */
export function variantCount(view: TableView): number {
  return Math.min(mostVariants, Math.max(2, rowGroups(view).length + 1));
}

/** All rows with figures, those first that a variant tells before the others. */
export function rowOrder(view: TableView, variant: number): number[] {
  const groups = rowGroups(view);
  if (groups.length === 0) return [];
  const start = variant % groups.length;
  const rows = [...groups.slice(start), ...groups.slice(0, start)].flat();
  // Once every group has been first, the rest begins in the middle of one.
  const shift = variant < groups.length ? 0 : Math.floor(rows.length / 2);
  return [...new Set([...rows.slice(shift), ...rows.slice(0, shift)])];
}
