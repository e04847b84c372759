/**
 * Where the tables of a column are: rows of figures that stand under each other, with the header above them.
 * @module
 */
import { isFigure, isPlaceholder, isUnit, isYear, joinSigns } from './figures.js';
import { type Cell, type Line, median, type Segment } from './layout.js';

/** A line with its cells: segments whose signs are joined to their figures. */
export interface TableLine extends Line {
  cells: Cell[];
  kind: LineKind;
}

/** `data`: figures, mostly behind a label; `figures`: one figure alone; `text`: everything else. */
export type LineKind = 'data' | 'figures' | 'text';

/** A table: indexes of its lines, both ends included. The header ends where the body begins. */
export interface TableArea {
  first: number;
  body: number;
  last: number;
}

/** Rows with a gap above them that is larger than this many row heights belong to another table. */
const largestGap = 2.9;
const mostLabelsBetween = 6;
const mostHeaderLines = 14;
const longestCellText = 30;

/** Months, quarters and words that head columns of periods. */
const periodWord =
  /\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|ended|ending|q[1-4]|fiscal|(?:19|20)\d\d)\b/i;

/** The lines with their cells and kinds. */
export function tableLines(lines: readonly Line[]): TableLine[] {
  return lines.map((line) => {
    const cells = joinSigns(line.segments);
    return { ...line, cells, kind: kindOf(cells) };
  });
}

function kindOf(cells: readonly Cell[]): LineKind {
  const figureLike = ({ text }: Segment): boolean => isFigure(text) || isPlaceholder(text);
  const strong = cells.filter(({ text }) => isFigure(text)).length;
  const count = cells.filter(figureLike).length;
  if (strong === 0 && count < 2 && !(cells.length > 1 && /^[$€£]?[—–]$/.test(cells.at(-1)!.text)))
    return 'text';
  if (cells.length === 1) return /^\(?\d{1,2}[.)]?\)?$/.test(cells[0]!.text) ? 'text' : 'figures';
  const others = cells.slice(1);
  const start = others.findIndex(figureLike);
  if (start < 0) return 'text';
  const tail = others.slice(start);
  if (!tail.every((cell) => figureLike(cell) || cell.text.length <= longestCellText)) return 'text';
  // `2017  5%  2016  6%` are columns as well, but words that go on after the figure make a sentence.
  if (tail.filter(figureLike).length < tail.length / 2) return 'text';
  return 'data';
}

/** Figures of a line, without its label. */
function figureCells({ cells }: Pick<TableLine, 'cells'>): Cell[] {
  return cells.filter(
    ({ text }, index) => (index > 0 || cells.length > 1) && (isFigure(text) || isPlaceholder(text)),
  );
}

/** Tables whose cells are figures. */
export function findFigureTables(lines: readonly TableLine[]): TableArea[] {
  const areas: TableArea[] = [];
  let free = 0;
  for (let index = 0; index < lines.length; index++) {
    if (lines[index]!.kind !== 'data') continue;
    const last = bodyEnd(lines, index);
    const rows = lines.slice(index, last + 1).filter(({ kind }) => kind === 'data');
    const area = headerOf(lines, index, last, free);
    const header = lines.slice(area.first, index).flatMap(({ cells }) => cells);
    const named = header.some(({ text }) => periodWord.test(text) && text.length <= longestCellText);
    if (rows.length >= 2 || (named && figureCells(lines[index]!).length >= 2)) {
      areas.push(area);
      free = area.last + 1;
      index = area.last;
    }
  }
  return areas;
}

function bodyEnd(lines: readonly TableLine[], start: number): number {
  const columns: Cell[] = [...rowFigures(lines[start]!)];
  const pitches: number[] = [];
  let last = start;
  for (let index = start + 1; index < lines.length; index++) {
    const line = lines[index]!;
    const gap = line.y - lines[index - 1]!.y;
    const pitch = pitches.length > 0 ? median(pitches) : 1.6 * line.size;
    if (gap > Math.max(largestGap * pitch, 2.6 * line.size) || gap < 0) break;
    const cells = rowFigures(line);
    const aligned = cells.some((cell) => columns.some((column) => under(cell, column)));
    if (line.kind !== 'text' && aligned) {
      if (last === index - 1) pitches.push(gap);
      columns.push(...cells);
      last = index;
      continue;
    }
    if (line.kind === 'data' && cells.length > 1) break;
    const rows = lines.slice(start, last + 1);
    const labels = labelEdge(rows, extentOf(columns).left);
    const labelWidth = Math.max(...rows.map(({ cells: [label] }) => label!.x1 - label!.x0));
    if (index - last > mostLabelsBetween || isHeader(line, columns, labels)) break;
    if (endsTable(lines, index, columns, labelWidth, pitch)) break;
  }
  return withWrappedLabel(lines, last, columns, pitches);
}

function rowFigures(line: TableLine): Cell[] {
  return line.kind === 'figures' ? line.cells : figureCells(line);
}

/** A label that goes on below its figures. */
function withWrappedLabel(
  lines: readonly TableLine[],
  last: number,
  columns: readonly Cell[],
  pitches: readonly number[],
): number {
  const row = lines[last]!;
  const next = lines[last + 1];
  if (!next || next.cells.length > 1 || next.kind !== 'text') return last;
  const { left } = extentOf(columns);
  const tight = next.y - row.y < Math.min(1.35 * row.size, pitches.length > 0 ? median(pitches) : 99);
  const goesOn = /^[\p{Ll}(]/u.test(next.text) && next.x1 < left && next.x0 >= row.x0 - 1;
  return tight && goesOn && Math.abs(next.size - row.size) < 0.5 ? last + 1 : last;
}

/** Left and right edge of figures with their signs. */
function extentOf(cells: readonly Cell[]): { left: number; right: number } {
  return {
    left: Math.min(...cells.map((cell) => cell.left)),
    right: Math.max(...cells.map(({ x1 }) => x1)),
  };
}

/**
 * Cells of a header line that stand over figures; the others belong to the labels.
 *
 * @param left left edge of the figures
 * @param labels right edge of the labels beside figures; what stands between is taken for a header, because figures
 *   stand at the right of their columns and headers in the middle
 */
export function overFigures({ cells, size }: TableLine, left: number, labels: number): Cell[] {
  return cells.filter(
    ({ x0, x1 }) =>
      (x0 > left - 8 * size && (x1 > left + 0.3 * size || (x0 + x1) / 2 > left - 1.5 * size)) ||
      (x0 > labels + size && left - x1 < x0 - labels),
  );
}

/** Right edge of the labels of rows of figures. */
export function labelEdge(rows: readonly TableLine[], left: number): number {
  const labels = rows.flatMap(({ cells }) => cells.slice(0, -1)).filter(({ x1 }) => x1 < left);
  return Math.max(Number.NEGATIVE_INFINITY, ...labels.map(({ x1 }) => x1));
}

/** Whether one cell stands under another: they share a good part of their width. */
function under(a: Segment, b: Segment): boolean {
  const shared = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  return shared > 0.4 * Math.min(a.x1 - a.x0, b.x1 - b.x0);
}

/** Whether a line names columns: it stands over the figures, or names periods there. */
function isHeader(line: TableLine, columns: readonly Cell[], labels: number): boolean {
  const { left } = extentOf(columns);
  const over = overFigures(line, left, labels);
  if (over.length === 0 || line.kind !== 'text') return false;
  if (over.length === line.cells.length) return true;
  return over.every(({ text }) => isYear(text) || (periodWord.test(text) && text.length <= longestCellText));
}

/** Running text under a table ends it; a heading of a section inside it does not. */
function endsTable(
  lines: readonly TableLine[],
  index: number,
  columns: readonly Cell[],
  labelWidth: number,
  pitch: number,
): boolean {
  const line = lines[index]!;
  const { left } = extentOf(columns);
  const gap = line.y - lines[index - 1]!.y;
  const sentence =
    line.text.split(' ').length > 6 && line.x1 - line.x0 > 1.3 * labelWidth && gap > 1.6 * pitch;
  if (sentence) return true;
  if (line.x1 < left + line.size) return false;
  const next = lines[index + 1];
  const goesOn =
    next?.kind === 'data' && rowFigures(next).some((cell) => columns.some((column) => under(cell, column)));
  return !goesOn || /[.;]$/.test(line.text) || line.text.length > 120;
}

/** Looks upwards from the first row of figures for the lines that name the columns. */
function headerOf(lines: readonly TableLine[], body: number, last: number, free: number): TableArea {
  const rows = lines.slice(body, last + 1);
  const figures = rows.flatMap(rowFigures);
  const { left, right } = extentOf(figures);
  const labels = labelEdge(rows, left);
  const page = {
    left: Math.min(...lines.map(({ x0 }) => x0)),
    right: Math.max(...lines.map(({ x1 }) => x1)),
  };
  let first = body;
  for (let index = body - 1; index >= Math.max(free, body - mostHeaderLines); index--) {
    const line = lines[index]!;
    const below = lines[index + 1]!;
    if (below.y - line.y > 3.4 * Math.max(line.size, below.size)) break;
    // Titles are set larger than their tables.
    if (line.size > 1.2 * lines[body]!.size) break;
    const size = line.size;
    if (line.kind === 'data' && !line.cells.every(({ text }, at) => at === 0 || text.length < 12)) break;
    const over = overFigures(line, left, labels);
    const isLabels = line.cells
      .filter((cell) => !over.includes(cell))
      .every(({ x1 }) => x1 < left + 2 * size);
    const centred = isTitle(line, page, left, right) && over.length <= 1;
    if (over.length > 0 && isLabels && !centred && !/[\p{Ll}]{2}\.$/u.test(line.text)) {
      first = index;
      continue;
    }
    if (
      isUnit(line.text) ||
      /^\(?(?:dollars|amounts|in (?:thousands|millions|billions))\b/i.test(line.text)
    ) {
      if (line.text.length < 100) first = index;
      if (over.length > 0) break;
      continue;
    }
    // A heading of a section stands between the header and the figures.
    if (over.length === 0 && isLabels && first === body && body - index <= 4 && line.text.length < 100)
      continue;
    break;
  }
  return { first, body: first === body ? body : lastHeader(lines, first, body, left, labels), last };
}

/** Index after the last line that stands over the figures; what follows are headings of sections. */
function lastHeader(
  lines: readonly TableLine[],
  first: number,
  body: number,
  left: number,
  labels: number,
): number {
  let end = first + 1;
  for (let index = first; index < body; index++) {
    const line = lines[index]!;
    if (overFigures(line, left, labels).length > 0 || isUnit(line.text)) end = index + 1;
  }
  return end;
}

/** A title is centred on the page, where the columns of figures are not. */
function isTitle(line: Line, page: { left: number; right: number }, left: number, right: number): boolean {
  const middle = (line.x0 + line.x1) / 2;
  const ofPage = Math.abs(middle - (page.left + page.right) / 2);
  const ofColumns = Math.abs(middle - (left + right) / 2);
  return ofPage < 0.8 * line.size && ofColumns > 2 * line.size && line.x1 - line.x0 > 4 * line.size;
}
