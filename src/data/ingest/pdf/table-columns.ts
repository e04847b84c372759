/**
 * Columns of a table from the places of its cells: where cells of many rows stand under each other.
 * @module
 */
import type { Cell, Segment } from './layout.js';

/** The horizontal extent of a column. */
export interface Column {
  x0: number;
  x1: number;
}

/**
 * Columns of rows of cells, from left to right. Cells whose extents touch are of one column; where that puts two cells
 * of one row into one column, extents that only a few cells cover are taken for gaps.
 */
export function findColumns(rows: readonly (readonly Segment[])[]): Column[] {
  const cells = rows.flat();
  return components(cells, 0).flatMap((column) => splitColumn(column, rows, 1));
}

function splitColumn(column: Column, rows: readonly (readonly Segment[])[], tolerance: number): Column[] {
  const inside = rows.map((row) => row.filter((cell) => column.x0 <= cell.x0 && cell.x1 <= column.x1));
  const conflicts = inside.filter((row) => row.length > 1).length;
  const filled = inside.filter((row) => row.length > 0).length;
  if (conflicts < 2 || tolerance > 0.25 * filled) return [column];
  const parts = components(inside.flat(), tolerance);
  if (parts.length < 2) return splitColumn(column, rows, tolerance + 1);
  return parts;
}

/** Extents that more than `tolerance` cells cover. */
function components(cells: readonly Segment[], tolerance: number): Column[] {
  const edges = cells
    .flatMap(({ x0, x1 }): [number, number][] => [
      [x0, 1],
      [Math.max(x1, x0 + 0.1), -1],
    ])
    .sort(([a, byA], [b, byB]) => a - b || byB - byA);
  const columns: Column[] = [];
  let cover = 0;
  for (const [x, by] of edges) {
    const before = cover;
    cover += by;
    if (before <= tolerance && cover > tolerance) columns.push({ x0: x, x1: x });
    else if (before > tolerance && cover <= tolerance) columns.at(-1)!.x1 = x;
  }
  return columns;
}

/** Columns with the currency signs that stand at their left edges. */
export function withSigns(columns: readonly Column[], rows: readonly (readonly Cell[])[]): Column[] {
  const wide = columns.map((column) => ({ ...column }));
  for (const cell of rows.flat()) {
    const column = wide[columnOf(cell, columns)]!;
    column.x0 = Math.min(column.x0, cell.left);
  }
  return wide;
}

/** Index of the column that a cell stands in: the one that it shares most with, or else the nearest. */
export function columnOf(cell: Column, columns: readonly Column[]): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  columns.forEach((column, index) => {
    const shared = Math.min(cell.x1, column.x1) - Math.max(cell.x0, column.x0);
    if (shared > most) {
      most = shared;
      best = index;
    }
  });
  return best;
}
