/**
 * The tables of a sheet: people put several on one, with empty rows and columns between them.
 * @module
 */
import type { Block } from '../../document.js';
import type { MergedRange, SheetContent, SheetRow } from './xlsx-sheet.js';

/** Rows of equal length without gaps in numbering, for cutting. */
type Grid = string[][];

/** The tables of a sheet from top to bottom and left to right; lone texts become paragraphs. */
export function sheetBlocks({ rows, merges }: Pick<SheetContent, 'rows' | 'merges'>): Block[] {
  return cut(denseGrid(rows, merges), 0).flatMap(toBlocks);
}

/** Rows one below the other with merged cells repeated; gaps of several empty rows or columns count as two or one. */
function denseGrid(rows: readonly SheetRow[], merges: readonly MergedRange[]): Grid {
  const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  const cells = new Map(rows.map((row) => [row.row, [...row.cells]]));
  const first = rows.reduce(
    (least, row) =>
      Math.min(
        least,
        row.cells.findIndex((text) => text !== ''),
      ),
    width,
  );
  for (const merge of merges) repeatMerged(cells, merge, { first: first + 1, width });
  const places = compactColumns([...cells.values()], width);
  const compact = (texts: readonly string[]): string[] => places.map((column) => texts[column] ?? '');
  const grid: Grid = [];
  let last: number | undefined;
  for (const [row, texts] of [...cells].sort(([a], [b]) => a - b)) {
    const gap = last === undefined ? 0 : Math.min(row - last - 1, 2);
    for (let i = 0; i < gap; i++) grid.push(compact([]));
    grid.push(compact(texts));
    last = row;
  }
  return grid;
}

/** The columns that hold something, and one empty one in each gap: a lone cell far away must not widen every row. */
function compactColumns(rows: Grid, width: number): number[] {
  const used = Array<boolean>(width).fill(false);
  for (const row of rows)
    row.forEach((text, column) => {
      if (text !== '') used[column] = true;
    });
  return used.flatMap((isUsed, column) => (isUsed || used[column - 1] ? [column] : []));
}

/** A title that is alone in its row stays one cell; everything else that is merged stands for all its places. */
function repeatMerged(
  cells: Map<number, string[]>,
  { top, bottom, left, right }: MergedRange,
  { first, width }: { first: number; width: number },
): void {
  const text = cells.get(top)?.[left - 1];
  if (!text) return;
  const alone = cells.get(top)!.filter((other) => other !== '').length === 1;
  if (alone && right > left && left <= first) return;
  for (let row = top; row <= bottom; row++) {
    const texts = cells.get(row);
    // Rows that hold nothing else stay empty, so a range over a whole column costs nothing.
    if (!texts) continue;
    for (let column = left; column <= Math.min(right, width); column++) {
      while (texts.length < column) texts.push('');
      texts[column - 1] = text;
    }
  }
}

/** Cuts a grid at empty rows, its parts at empty columns, and so on until nothing more falls apart. */
function cut(grid: Grid, depth: number): Grid[] {
  const trimmed = trim(grid);
  if (trimmed.length === 0) return [];
  if (depth > 20) return [trimmed];
  const byRows = cutRows(trimmed);
  if (byRows.length > 1) return byRows.flatMap((part) => cut(part, depth + 1));
  const byColumns = cutColumns(trimmed);
  if (byColumns.length > 1) return byColumns.flatMap((part) => cut(part, depth + 1));
  return [withoutSpacers(trimmed)];
}

const isEmpty = (row: readonly string[]): boolean => row.every((text) => text === '');

function trim(grid: Grid): Grid {
  let top = 0;
  let bottom = grid.length;
  while (top < bottom && isEmpty(grid[top]!)) top++;
  while (bottom > top && isEmpty(grid[bottom - 1]!)) bottom--;
  const rows = grid.slice(top, bottom);
  const used = usedColumns(rows);
  const left = used.indexOf(true);
  return left < 0 ? [] : rows.map((row) => row.slice(left, used.lastIndexOf(true) + 1));
}

function usedColumns(grid: Grid): boolean[] {
  const used = Array<boolean>(grid[0]?.length ?? 0).fill(false);
  for (const row of grid) {
    for (let column = 0; column < row.length; column++) if (row[column] !== '') used[column] = true;
  }
  return used;
}

/** Parts between empty rows. One empty row inside a table (before its total, between sections) does not cut it. */
function cutRows(grid: Grid): Grid[] {
  const parts: { rows: Grid; gap: number }[] = [];
  let gap = 0;
  for (const row of grid) {
    if (isEmpty(row)) gap++;
    else if (gap > 0 || parts.length === 0) {
      parts.push({ rows: [row], gap });
      gap = 0;
    } else parts.at(-1)!.rows.push(row);
  }
  const joined: Grid[] = [];
  for (const { rows, gap: before } of parts) {
    const above = joined.at(-1);
    if (above && before === 1 && goesOn(above, rows)) above.push(...rows);
    else joined.push(rows);
  }
  return joined;
}

/** Whether rows below an empty row belong to the table above: same columns, and no header row of their own. */
function goesOn(above: Grid, below: Grid): boolean {
  const over = usedColumns(above);
  const under = usedColumns(below);
  const width = over.filter(Boolean).length;
  if (width < 2 || above.length < 2 || under.filter(Boolean).length < 2) return false;
  if (under.some((used, column) => used && !over[column])) return false;
  if (!above.some((row) => row.some(isFigure))) return false;
  const first = below[0]!.filter((text) => text !== '');
  const start = below[0]!.findIndex((text) => text !== '');
  return first.length === 1 ? start === over.indexOf(true) : first.some(isFigure);
}

/** Parts between empty columns, where the right one stands on its own: its own labels, or other rows than the left. */
function cutColumns(grid: Grid): Grid[] {
  const used = usedColumns(grid);
  const parts: { from: number; to: number }[] = [];
  used.forEach((isUsed, column) => {
    if (!isUsed) return;
    if (column > 0 && used[column - 1]) parts.at(-1)!.to = column + 1;
    else parts.push({ from: column, to: column + 1 });
  });
  const joined: { from: number; to: number }[] = [];
  for (const part of parts) {
    const left = joined.at(-1);
    if (left && !standsAlone(columnsOf(grid, left), columnsOf(grid, part))) left.to = part.to;
    else joined.push({ ...part });
  }
  return joined.map((part) => columnsOf(grid, part));
}

function columnsOf(grid: Grid, { from, to }: { from: number; to: number }): Grid {
  return grid.map((row) => row.slice(from, to));
}

function standsAlone(left: Grid, right: Grid): boolean {
  const texts = right.map((row) => row[0]!).filter((text) => text !== '');
  const wide = usedColumns(right).length > 1;
  if (wide && texts.length > 1 && texts.slice(1).every((text) => !isFigure(text))) return true;
  const span = (part: Grid): string => {
    const filled = part.map((row) => !isEmpty(row));
    return `${filled.indexOf(true)}-${filled.lastIndexOf(true)}`;
  };
  return wide && usedColumns(left).filter(Boolean).length > 1 && span(left) !== span(right);
}

/** Whether a cell reads as a figure, years and dates not counted: they stand in headers. */
function isFigure(text: string): boolean {
  if (/^(?:FY)?\s*(?:19|20)\d\d[EA]?$/i.test(text) || /^\d{4}-\d\d(?:-\d\d)?$/.test(text)) return false;
  return /^[-−(]?\s*\p{Sc}?\s*[-−(]?\s*[\d.,]*\d[\d.,]*\s*[%)]*\s*\p{Sc}?$/u.test(text);
}

/** Without empty columns and the empty rows that only make room. */
function withoutSpacers(grid: Grid): Grid {
  const used = usedColumns(grid);
  return grid.filter((row) => !isEmpty(row)).map((row) => row.filter((_text, column) => used[column]));
}

/** One to three texts below each other are no table. */
function toBlocks(grid: Grid): Block[] {
  if (grid[0]!.length === 1 && grid.length <= 3) {
    return grid.map(([text = '']) => ({ type: 'paragraph', text }));
  }
  return [{ type: 'table', rows: grid }];
}
