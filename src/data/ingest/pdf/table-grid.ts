/**
 * The lines of a table to rows of cell texts.
 * @module
 */
import { isFigure, isPlaceholder, isYear, tidyFigure } from './figures.js';
import { median, type Rule, type Segment } from './layout.js';
import { labelEdge, type TableArea, type TableLine } from './table-areas.js';
import { type Column, columnOf, findColumns, withSigns } from './table-columns.js';
import { readHeaderRows } from './table-header.js';

interface BodyRow {
  texts: string[];
  line: TableLine;
  /** Where the last line of the label ends. */
  labelEnd: number;
  labelY: number;
}

/** Rows of a table of figures; every row has the same number of cells, the first the labels. */
export function readGrid(lines: readonly TableLine[], area: TableArea, rules: readonly Rule[]): string[][] {
  const body = lines.slice(area.body, area.last + 1);
  const data = body.filter(({ cells, kind }) => cells.length > 1 || kind === 'figures');
  const columns = withLabels(findColumns(data.map(({ cells }) => cells)), body);
  const header = lines.slice(area.first, area.body);
  const wide = withSigns(
    columns,
    data.map(({ cells }) => cells),
  );
  const rows = readHeaderRows(header, wide, rules, labelEdge(data, wide[1]!.x0));
  return [...rows, ...withMiddleFigures(bodyRows(body, columns)).map(({ texts }) => texts)];
}

/** The columns with one for labels at the left, where rows of figures have none. */
function withLabels(columns: Column[], body: readonly TableLine[]): Column[] {
  const first = columns[0]!;
  const inFirst = body.flatMap(({ cells }) => cells.filter((cell) => columnOf(cell, columns) === 0));
  const figures = inFirst.filter(({ text }) => isFigure(text) || isPlaceholder(text)).length;
  if (columns.length > 1 && figures < 0.7 * inFirst.length) return columns;
  if (columns.length > 1 && inFirst.every(({ text }) => isYear(text))) return columns;
  return [{ x0: Math.min(0, first.x0 - 1), x1: first.x0 - 0.5 }, ...columns];
}

function bodyRows(body: readonly TableLine[], columns: readonly Column[]): BodyRow[] {
  const rows: BodyRow[] = [];
  const limit = Math.max(
    ...body.map(({ cells }) => {
      const label = cells.find((cell) => columnOf(cell, columns) === 0);
      return label && label.x1 < (columns[1]?.x0 ?? 0) ? label.x1 : 0;
    }),
  );
  const pitch = median(body.slice(1).map((line, index) => line.y - body[index]!.y));
  let open: BodyRow[] = [];
  for (const line of body) {
    const texts = Array.from({ length: columns.length }, () => '');
    const only = line.cells.length === 1 && line.kind === 'text';
    for (const cell of line.cells) {
      const at = only ? 0 : columnOf(cell, columns);
      const text = tidyFigure(cell.text);
      texts[at] = texts[at] ? `${texts[at]} ${text}` : text;
    }
    const row: BodyRow = { texts, line, labelEnd: labelEnd(line, columns), labelY: line.y };
    const previous = rows.at(-1);
    if (previous && only && goesOnBelow(previous, row, limit, pitch)) {
      join(previous, row);
      continue;
    }
    // Lines of a label above the figures that they belong to.
    open = only ? [...open, row] : open;
    rows.push(row);
    if (!only) {
      while (open.length > 0 && rows.length > 1) {
        const above = rows.at(-2)!;
        if (!open.includes(above) || !wraps(above, row, limit, pitch)) break;
        const joined = { ...row, texts: [`${above.texts[0]} ${row.texts[0]}`, ...row.texts.slice(1)] };
        rows.splice(-2, 2, { ...joined, labelY: above.labelY, line: { ...row.line, ...startOf(above) } });
        Object.assign(row, rows.at(-1));
        open = open.filter((other) => other !== above);
      }
      open = [];
    }
  }
  return rows;
}

/** Figures that stand at the middle of a label of several lines, between two of them, become one row with it. */
function withMiddleFigures(rows: readonly BodyRow[]): BodyRow[] {
  const result: BodyRow[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    const above = result.at(-1);
    const below = rows[index + 1];
    const between =
      row.texts[0] === '' &&
      above &&
      below &&
      isLabel(above) &&
      isLabel(below) &&
      below.line.y - above.labelY < 1.5 * below.line.size;
    if (!between) {
      result.push(row);
      continue;
    }
    result.pop();
    let label = `${above.texts[0]} ${below.texts[0]}`;
    let y = below.line.y;
    index++;
    while (
      rows[index + 1] &&
      isLabel(rows[index + 1]!) &&
      rows[index + 1]!.line.y - y < 1.5 * row.line.size &&
      /^\p{Ll}/u.test(rows[index + 1]!.texts[0]!)
    ) {
      index++;
      label = `${label} ${rows[index]!.texts[0]}`;
      y = rows[index]!.line.y;
    }
    result.push({ ...row, texts: [label, ...row.texts.slice(1)], labelY: y });
  }
  return result;
}

function isLabel({ texts }: BodyRow): boolean {
  return texts[0] !== '' && texts.slice(1).every((text) => text === '');
}

function startOf({ line }: BodyRow): Pick<TableLine, 'x0' | 'y' | 'bold'> {
  return { x0: line.x0, y: line.y, bold: line.bold };
}

function labelEnd(line: TableLine, columns: readonly Column[]): number {
  const label = line.cells.filter((cell) => columnOf(cell, columns) === 0).at(-1);
  return label?.x1 ?? line.x0;
}

function join(row: BodyRow, more: BodyRow): void {
  row.texts[0] = `${row.texts[0]} ${more.texts[0]}`.trim();
  row.labelEnd = more.labelEnd;
  row.labelY = more.labelY;
}

/** Whether the label of a row goes on in a line below that holds nothing else. */
function goesOnBelow(row: BodyRow, next: BodyRow, limit: number, pitch: number): boolean {
  const label = row.texts[0]!;
  if (label === '' || row.texts.slice(1).every((text) => text === '')) return false;
  const tight = next.line.y - row.labelY < Math.min(1.4 * next.line.size, pitch + 1);
  const small = /^[\p{Ll}(]/u.test(next.texts[0]!);
  return tight && small && !/:$/.test(label) && fills(row.labelEnd, next, limit);
}

/** Whether a line without figures is the beginning of the label in the row below. */
function wraps(above: BodyRow, row: BodyRow, limit: number, pitch: number): boolean {
  const label = above.texts[0]!;
  const next = row.texts[0]!;
  if (next === '' || /[:.]$/.test(label) || above.line.bold !== row.line.bold) return false;
  const gap = row.line.y - above.line.y;
  if (gap > 1.45 * row.line.size) return false;
  const small =
    /^[\p{Ll}\d($&—–-]/u.test(next) ||
    /(?:,|\b(?:and|of|the|in|to|for|from|on|at|by|or|with|per))$/.test(label);
  const tighter = gap < 0.85 * pitch;
  return fills(above.labelEnd, row, limit) && (small || tighter);
}

/** Whether the first word of the next line would not have had room at the end of this one. */
function fills(end: number, next: BodyRow, limit: number): boolean {
  const cell = next.line.cells[0] as Segment;
  const word = cell.text.split(' ')[0]!.length;
  const width = ((cell.x1 - cell.x0) / cell.text.length) * (word + 1);
  return end + width > limit - 0.5 * next.line.size;
}
