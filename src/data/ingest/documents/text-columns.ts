/**
 * Tables of plain text: columns that are aligned with spaces, or parted by tabs or bars.
 * @module
 */
import { joinSplitCells } from '../../tables/cell.js';

/** The cells of lines that are a table, or nothing where they are not surely one. */
export function alignedTable(lines: readonly string[]): string[][] | undefined {
  const rows = lines.filter((line) => !/^[\s\-=_+|:]+$/.test(line));
  if (rows.length < 2) return undefined;
  const cells = parted(rows, '\t') ?? parted(rows, '|') ?? aligned(rows);
  if (!cells) return undefined;
  const width = cells[0]!.length;
  return width > 1 && cells.every((row) => row.length === width) ? cells : undefined;
}

/** Cells between marks, where every line has as many of them. */
function parted(lines: readonly string[], mark: string): string[][] | undefined {
  const rows = lines.map((line) => {
    const bare = mark === '|' ? line.trim().replace(/^\||\|$/g, '') : line;
    return bare.split(mark).map((cell) => cell.trim());
  });
  const width = rows[0]!.length;
  return width > 1 && rows.every((row) => row.length === width) ? rows : undefined;
}

const figure = /^[-−–(]?\s*[$€£]?\s*[-−(]?[\d,.]*\d[\d,.]*\s*[%)]*$|^[-–—]+$|^n\/?a$/i;

/** A piece of a line between stretches of at least two spaces; a currency sign begins one of its own. */
interface Piece {
  text: string;
  from: number;
  to: number;
}

function piecesOf(line: string): Piece[] {
  return [...line.matchAll(/\S+(?: (?![$€£])\S+)*/g)].map(({ 0: text, index }) => ({
    text,
    from: index,
    to: index + text.length,
  }));
}

const longestLine = 400;
const mostColumns = 20;

/**
 * Cells by their place: the lines with figures say where columns are, and every other piece goes to the columns that
 * it stands above. Nothing where two figures of a line fall into one column, because then the places say too little.
 */
function aligned(lines: readonly string[]): string[][] | undefined {
  if (lines.length < 3 || lines.some((line) => line.length > longestLine)) return undefined;
  const pieces = lines.map(piecesOf);
  const isBody = pieces.map(
    (row) => row.length > 1 && row.slice(1).some(({ text }) => figure.test(text) && !isYear(text)),
  );
  const body = pieces.filter((_row, i) => isBody[i]);
  if (body.length < 3 || body.length < lines.length / 2) return undefined;
  const columns = columnsOf(body);
  if (columns.length < 2 || columns.length > mostColumns) return undefined;
  const rows: string[][] = [];
  for (const [i, row] of pieces.entries()) {
    const cells = columns.map(() => '');
    for (const piece of row) {
      const places = piece.from < columns[0]!.to ? [0] : overlapping(columns, piece);
      for (const place of places) {
        if (isBody[i] && cells[place] !== '') return undefined;
        cells[place] = `${cells[place]} ${piece.text}`.trim();
      }
    }
    rows.push(cells);
  }
  const table = withoutSignColumns(rows.map(joinSplitCells), isBody);
  const values = table.flatMap((row) => row.slice(1)).filter((cell) => cell !== '');
  return values.filter((cell) => figure.test(cell)).length >= values.length / 2 ? table : undefined;
}

/** Columns that only held currency signs go; a heading that stands above nothing else moves to the figures. */
function withoutSignColumns(rows: string[][], isBody: readonly boolean[]): string[][] {
  const width = rows[0]!.length;
  const used = Array.from({ length: width }, (_, place) =>
    rows.some((row, i) => isBody[i] && row[place] !== ''),
  );
  return rows.map((row) => {
    row.forEach((text, place) => {
      if (!used[place] && text !== '' && row[place + 1] === '') row[place + 1] = text;
    });
    return row.filter((_text, place) => used[place]);
  });
}

const isYear = (text: string): boolean => /^(?:19|20)\d\d$/.test(text);

/** Stretches that hold something in at least one line. */
function columnsOf(rows: readonly Piece[][]): { from: number; to: number }[] {
  const columns: { from: number; to: number }[] = [];
  for (const { from, to } of rows.flat().sort((a, b) => a.from - b.from)) {
    const last = columns.at(-1);
    if (last && from < last.to) last.to = Math.max(last.to, to);
    else columns.push({ from, to });
  }
  return columns;
}

/** The columns that a piece stands above, or the nearest one. */
function overlapping(columns: readonly { from: number; to: number }[], { from, to }: Piece): number[] {
  const places = columns.flatMap((column, place) => (from < column.to && to > column.from ? [place] : []));
  if (places.length > 0) return places;
  const distance = (place: number): number =>
    Math.min(Math.abs(columns[place]!.from - to), Math.abs(from - columns[place]!.to));
  return [
    columns
      .map((_column, place) => place)
      .reduce((best, place) => (distance(place) < distance(best) ? place : best)),
  ];
}

/** Whether a line has columns: a gap that is no space between words. */
function hasColumns(line: string): boolean {
  return /\S {3,}\S/.test(line) || /^ {20,}\S/.test(line);
}

/** How many lines of prose stand right above the columns: a sentence that introduces a table, not its unit or heading. */
export function linesAboveColumns(lines: readonly string[]): number {
  const count = lines.findIndex(hasColumns);
  const isSentence = count > 0 && (lines[0]!.length > 80 || lines[count - 1]!.endsWith(':'));
  return isSentence ? count : 0;
}

/** Lines cut where prose ends and columns begin, because tables often follow without a blank line. */
export function columnRuns(lines: readonly string[]): string[][] {
  const runs: { columns: boolean; lines: string[] }[] = [];
  lines.forEach((line, i) => {
    // A section's name stands between rows of figures.
    const inside =
      runs.at(-1)?.columns && line.length < 60 && i + 1 < lines.length && hasColumns(lines[i + 1]!);
    const columns = hasColumns(line) || inside === true;
    const last = runs.at(-1);
    if (last && last.columns === columns) last.lines.push(line);
    else runs.push({ columns, lines: [line] });
  });
  // Single lines with a gap are prose with a tab in it.
  const isTable = runs.some((run) => run.columns && run.lines.length >= 3);
  return isTable ? runs.map((run) => run.lines) : [[...lines]];
}
