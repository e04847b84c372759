/**
 * Tables of words without ruling lines: rows of short texts that stand under each other.
 * @module
 */
import { median, type Rule } from './layout.js';
import { markerOf } from './paragraphs.js';
import type { TableArea, TableLine } from './table-areas.js';
import { type Column, columnOf, findColumns } from './table-columns.js';

const fewestRows = 3;
const columnGap = 1;
/** Lines of one cell stand closer than this, in font heights. */
const wrapPitch = 1.35;

/** A table of words: where it stands and its rows. */
export interface TextTable extends Pick<TableArea, 'first' | 'last'> {
  rows: string[][];
}

/** Finds tables of words; two rows are enough where a broken line is drawn under the first. */
export function findTextTables(lines: readonly TableLine[], rules: readonly Rule[]): TextTable[] {
  const tables: TextTable[] = [];
  for (let index = 0; index < lines.length; index++) {
    if (lines[index]!.cells.length < 2) continue;
    const last = runEnd(lines, index);
    const table = readRun(lines, index, last, rules);
    if (table) {
      tables.push(table);
      index = last;
    }
  }
  return tables;
}

/** The last of the lines that have several cells each, or go on with one of them. */
function runEnd(lines: readonly TableLine[], start: number): number {
  let last = start;
  for (let index = start + 1; index < lines.length; index++) {
    const line = lines[index]!;
    const gap = line.y - lines[index - 1]!.y;
    if (gap > 4.5 * line.size || gap < 0) break;
    if (line.cells.length > 1) last = index;
    else if (index - last > 2 || gap > 2.2 * line.size || !inOneColumn(line, lines[last]!)) break;
  }
  return last;
}

/** Whether a line of one cell stands in one column of the row above. */
function inOneColumn({ x0, x1 }: TableLine, row: TableLine): boolean {
  return row.cells.filter((cell) => cell.x0 < x1 && cell.x1 > x0).length <= 1 && x1 <= row.x1 + 1;
}

function readRun(
  lines: readonly TableLine[],
  first: number,
  last: number,
  rules: readonly Rule[],
): TextTable | undefined {
  const run = lines.slice(first, last + 1);
  const several = run.filter(({ cells }) => cells.length > 1);
  const ruled = several.length === 2 && isRuledHeader(several[0]!, rules);
  if (several.length < fewestRows && !ruled) return undefined;
  const marked = several.filter((line) => markerOf(line) !== undefined).length;
  if (marked > several.length / 3) return undefined;
  const columns = findColumns(several.map(({ cells }) => cells));
  if (columns.length < 2) return undefined;
  const size = median(run.map((line) => line.size));
  const apart = columns.every(
    ({ x0 }, index) => index === 0 || x0 - columns[index - 1]!.x1 > columnGap * size,
  );
  // Running text whose words stand far apart has no columns.
  const clean = several.every(({ cells }) => {
    const at = cells.map((cell) => columnOf(cell, columns));
    return new Set(at).size === at.length;
  });
  if (!apart || !clean) return undefined;
  const rows = toRows(run, columns);
  return rows.length >= 2 ? { first, last, rows } : undefined;
}

function isRuledHeader(header: TableLine, rules: readonly Rule[]): boolean {
  const below = rules.filter(
    ({ y0, y1 }) => y0 === y1 && y0 > header.y - 1 && y0 < header.y + 1.2 * header.size,
  );
  return (
    below.length >= header.cells.length &&
    header.cells.every((cell) => below.some(({ x0, x1 }) => x0 < cell.x0 + 2 && x1 > cell.x1 - 2))
  );
}

function toRows(run: readonly TableLine[], columns: readonly Column[]): string[][] {
  const rows: string[][] = [];
  run.forEach((line, index) => {
    const texts = columns.map(() => '');
    for (const cell of line.cells) texts[columnOf(cell, columns)] = cell.text;
    const previous = rows.at(-1);
    const tight = index > 0 && line.y - run[index - 1]!.y < wrapPitch * line.size;
    const goesOn = texts[0] === '' || line.cells.length === 1;
    if (previous && tight && goesOn) {
      texts.forEach((text, column) => {
        if (text) previous[column] = previous[column] ? `${previous[column]} ${text}` : text;
      });
    } else rows.push(texts);
  });
  return rows;
}
