/**
 * Header rows of a table: which lines make one header cell, and which columns it spans.
 * @module
 */
import { isUnit, isYear } from './figures.js';
import { headerSpans, type Span } from './header-spans.js';
import type { Cell, Rule, Segment } from './layout.js';
import { overFigures, type TableLine } from './table-areas.js';
import type { Column } from './table-columns.js';

/** Lines of one header cell, from top to bottom. */
interface HeaderBlock {
  text: string;
  x0: number;
  x1: number;
  /** Baselines of the first and the last line. */
  top: number;
  bottom: number;
  size: number;
  bold: boolean;
  label: boolean;
}

/** Lines of one cell stand closer than this, in font heights. */
const wrapPitch = 1.45;

/**
 * Header lines as rows of texts. A cell over all columns of figures stands in the first of them, which is how
 * `readHeader` knows it for a heading; a cell over some of them is repeated in each, so that every column has its name.
 *
 * @param columns extents of all columns, the labels' first
 * @param labels right edge of the labels beside figures
 */
export function readHeaderRows(
  lines: readonly TableLine[],
  columns: readonly Column[],
  rules: readonly Rule[],
  labels: number,
): string[][] {
  const blocks = headerBlocks(lines, columns, rules, labels);
  const levels = toLevels(blocks);
  const [label, ...figures] = columns as [Column, ...Column[]];
  const extents = withHeaders(figures, label, levels, rules);
  let below: { text: string; span: Span }[] = [];
  const rows: string[][] = [];
  for (const level of [...levels].reverse()) {
    const row = columns.map(() => '');
    const over = level.filter((block) => !block.label);
    const unit = unitPlace(over, extents);
    if (unit) {
      row[unit === 'whole' ? 1 : 0] = over[0]!.text;
      rows.unshift(row);
      continue;
    }
    const spans = headerSpans(over, extents, label, rules, rows.some(namesAll));
    over.forEach(({ text }, index) => {
      const { from, to } = spans[index]!;
      const whole = from === 0 && to === extents.length - 1;
      for (let column = from; column <= (whole ? from : to); column++) row[column + 1] = text;
    });
    const corner = level.filter((block) => block.label).map(({ text }) => text);
    row[0] = corner.join(' ');
    below = joinDates(row, over, spans, below, rows);
    if (row.some((text) => text !== '')) rows.unshift(row);
  }
  return rows;
}

/** Whether every column of figures has a text of its own in a row. */
function namesAll(row: readonly string[]): boolean {
  return row.slice(1).every((text) => text !== '');
}

const audited = /^\((?:un)?audited\)$/i;

/** `December 31,` belongs to the year below it, however far apart they stand, and `(Unaudited)` to what is above. */
function joinDates(
  row: string[],
  over: readonly HeaderBlock[],
  spans: readonly Span[],
  below: readonly { text: string; span: Span }[],
  rows: string[][],
): { text: string; span: Span }[] {
  over.forEach(({ text }, index) => {
    const span = spans[index]!;
    const lower = below.find((cell) => cell.span.from === span.from && cell.span.to === span.to);
    if (!lower || !((/\d,$/.test(text) && /^(?:19|20)\d\d\b/.test(lower.text)) || audited.test(lower.text)))
      return;
    for (let column = span.from + 1; column <= span.to + 1; column++) {
      if (row[column] !== '') row[column] = `${text} ${lower.text}`;
      rows[0]![column] = '';
    }
  });
  if (rows[0]?.every((text) => text === '')) rows.shift();
  return over.map((_block, index) => ({ text: row[spans[index]!.from + 1]!, span: spans[index]! }));
}

/** Header cells stand over more than the figures below them: where they are wider, columns reach as far as they do. */
function withHeaders(
  columns: readonly Column[],
  label: Column,
  levels: readonly HeaderBlock[][],
  rules: readonly Rule[],
): Column[] {
  const lowest = levels
    .map((level) => level.filter((block) => !block.label))
    .findLast(({ length }) => length > 1);
  if (!lowest) return [...columns];
  const spans = headerSpans(lowest, columns, label, rules, false);
  return columns.map((column, index) => {
    const at = spans.findIndex(({ from, to }) => from === index && to === index);
    const block = lowest[at];
    return block ? { x0: Math.min(column.x0, block.x0), x1: Math.max(column.x1, block.x1) } : column;
  });
}

/** Whether the only cell of a level is a remark on the units of all columns, or stands apart from them as a title does. */
function unitPlace(over: readonly HeaderBlock[], columns: readonly Column[]): 'whole' | 'corner' | undefined {
  const [block] = over;
  if (!block || over.length > 1 || columns.length < 2) return undefined;
  if (!isUnit(block.text) && !/^\(.*\b(?:thousands|millions|billions)\b.*\)$/i.test(block.text))
    return undefined;
  const middle = (block.x0 + block.x1) / 2;
  const whole = Math.abs(middle - (columns[0]!.x0 + columns.at(-1)!.x1) / 2);
  if (whole < 3 * block.size) return 'whole';
  const apart = columns.every(({ x0, x1 }) => Math.abs(middle - (x0 + x1) / 2) > block.size);
  return apart && columns.length > 2 ? 'corner' : undefined;
}

function headerBlocks(
  lines: readonly TableLine[],
  columns: readonly Column[],
  rules: readonly Rule[],
  labels: number,
): HeaderBlock[] {
  const left = columns[1]!.x0;
  const blocks: HeaderBlock[] = [];
  for (const line of lines) {
    const cells = line.cells.flatMap((cell) => splitYear(cell, columns));
    const over = overFigures({ ...line, cells }, left, labels);
    for (const cell of cells) {
      const { x0, x1, y, size, bold, text } = cell;
      const isLabel = !over.includes(cell);
      const above = blocks.filter(
        (block) =>
          block.label === isLabel &&
          Math.min(block.x1, x1) - Math.max(block.x0, x0) > 0.4 * Math.min(block.x1 - block.x0, x1 - x0),
      );
      const nearest = above.reduce<HeaderBlock | undefined>(
        (best, block) => (best && best.bottom > block.bottom ? best : block),
        undefined,
      );
      const beside = cells.filter((other) => other !== cell);
      if (nearest && isWrapped(nearest, cell, beside, rules) && !isUnit(text) && !isUnit(nearest.text)) {
        nearest.text = /\p{L}-$/u.test(nearest.text) ? nearest.text + text : `${nearest.text} ${text}`;
        nearest.bottom = y;
        nearest.x0 = Math.min(nearest.x0, x0);
        nearest.x1 = Math.max(nearest.x1, x1);
      } else {
        blocks.push({ text, x0, x1, top: y, bottom: y, size, bold, label: isLabel });
      }
    }
  }
  return blocks;
}

/** `2023 Change` over two columns with little space between them is two cells. */
function splitYear(cell: Cell, columns: readonly Column[]): Cell[] {
  const [, year, rest] = /^((?:19|20)\d\d) ([%\p{Lu}][^\d]*)$/u.exec(cell.text) ?? [];
  const touched = columns.filter(({ x0, x1 }) => x0 < cell.x1 && x1 > cell.x0);
  if (!year || !rest || touched.length < 2) return [cell];
  const width = (cell.x1 - cell.x0) / cell.text.length;
  return [
    { ...cell, text: year, x1: cell.x0 + width * year.length },
    { ...cell, text: rest, x0: cell.x1 - width * rest.length, left: cell.x1 - width * rest.length },
  ];
}

/** Whether a line is the next line of a header cell above it, not a cell below one that spans several. */
function isWrapped(
  above: HeaderBlock,
  cell: Segment,
  beside: readonly Segment[],
  rules: readonly Rule[],
): boolean {
  const { x0, x1, y, size, bold } = cell;
  const pitch = y - above.bottom;
  if (pitch < 0.5 * size || pitch > wrapPitch * size) return false;
  if (above.bold !== bold || Math.abs(above.size - size) > 0.12 * size) return false;
  const separated = rules.some(
    (rule) =>
      rule.y0 === rule.y1 &&
      rule.y0 > above.bottom &&
      rule.y0 < y - 0.5 * size &&
      rule.x0 < x1 &&
      rule.x1 > x0,
  );
  if (separated) return false;
  // Years under `Year Ended`: the text above stands over the years beside this one as well.
  const isPeriod = (text: string): boolean => isYear(text) || /\b(?:19|20)\d\d$|\d,$/.test(text);
  const siblings = beside.filter(({ text }) => isPeriod(text));
  if (isPeriod(cell.text) && !isPeriod(above.text) && siblings.length > 0) {
    const left = Math.min(x0, ...siblings.map((other) => other.x0));
    const right = Math.max(x1, ...siblings.map((other) => other.x1));
    const middle = above.x0 + above.x1;
    return Math.abs(middle - left - right) > 2 * size && !/,$|\bended\b/i.test(above.text);
  }
  return true;
}

/** Cells whose last lines stand at one height make a level. */
function toLevels(blocks: readonly HeaderBlock[]): HeaderBlock[][] {
  const levels: HeaderBlock[][] = [];
  for (const block of [...blocks].sort((a, b) => a.bottom - b.bottom || a.x0 - b.x0)) {
    const level = levels.at(-1);
    if (level && block.bottom - level[0]!.bottom < 0.6 * block.size) level.push(block);
    else levels.push([block]);
  }
  for (const level of levels) level.sort((a, b) => a.x0 - b.x0);
  return levels;
}
