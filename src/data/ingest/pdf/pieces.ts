/**
 * One page's lines to pieces of the document in reading order: tables, lists, headings still without a level, and
 * paragraphs.
 * @module
 */
import type { Block } from '../../document.js';
import { readingOrder } from './columns.js';
import { type FoundHeading, findHeading, type Outline } from './headings.js';
import type { Line, PageContent, Rule, Segment } from './layout.js';
import { makeLines } from './lines.js';
import { type Paragraph, toParagraphs } from './paragraphs.js';
import { findRuledTables, type RuledTable } from './ruled-tables.js';
import { findFigureTables, type TableLine, tableLines } from './table-areas.js';
import type { Column } from './table-columns.js';
import { readGrid } from './table-grid.js';
import { findTextTables } from './text-tables.js';
import { joinLines, type Vocabulary, withoutSoftHyphens } from './words.js';

/** A block and what is needed to join it with others. */
export interface Piece {
  block: Block;
  heading?: FoundHeading;
  /** Height of its text. */
  size: number;
  /** Whether its last line reaches the right edge of its column. */
  full: boolean;
  /** Mark that the paragraph begins with. */
  marker?: string;
  /** The free space above, in points. */
  above: number;
}

/** What the pieces of a page are made with. */
export interface PageSettings {
  /** Height of the document's running text. */
  body: number;
  outline: Outline;
  vocabulary: Vocabulary;
}

/** Pieces of a page; `segments` are its text without page furniture. */
export function pagePieces(
  { number: page, rules }: Pick<PageContent, 'number' | 'rules'>,
  segments: readonly Segment[],
  settings: PageSettings,
): Piece[] {
  const ruled = findRuledTables(rules, segments, settings.vocabulary);
  const framed = new Set(ruled.flatMap((table) => table.segments));
  // A framed table takes its place in the reading order as one segment, as wide as it is.
  const stands = new Map(ruled.map((table): [Segment, RuledTable] => [standFor(table), table]));
  const text = [...segments.filter((segment) => !framed.has(segment)), ...stands.keys()];
  return readingOrder(text).flatMap((region) => {
    const pieces: Piece[] = [];
    let open: Segment[] = [];
    const close = (): void => {
      pieces.push(...regionPieces(makeLines(open), page, rules, settings));
      open = [];
    };
    for (const segment of [...region].sort((a, b) => a.y - b.y)) {
      const table = stands.get(segment);
      if (!table) {
        open.push(segment);
        continue;
      }
      close();
      pieces.push(tablePiece(table.rows, page, segment.size));
    }
    close();
    return pieces;
  });
}

function standFor({ x0, x1, y0 }: RuledTable): Segment {
  return { text: '', x0, x1, y: y0, size: 1, bold: false, italic: false };
}

/** Pieces of lines that stand in one column. */
function regionPieces(
  lines: readonly Line[],
  page: number,
  rules: readonly Rule[],
  settings: PageSettings,
): Piece[] {
  const cells = tableLines(lines);
  const column = {
    x0: Math.min(...lines.map(({ x0 }) => x0)),
    x1: Math.max(...lines.map(({ x1 }) => x1)),
  };
  const areas = findFigureTables(cells);
  const pieces: Piece[] = [];
  let from = 0;
  const words = (to: number): void => {
    pieces.push(...wordPieces(lines.slice(from, to), cells.slice(from, to), column, page, rules, settings));
  };
  for (const area of areas) {
    words(area.first);
    pieces.push(tablePiece(readGrid(cells, area, rules), page, lines[area.first]!.size));
    from = area.last + 1;
  }
  words(lines.length);
  return pieces;
}

/** Pieces of lines without tables of figures. */
function wordPieces(
  lines: readonly Line[],
  cells: readonly TableLine[],
  column: Column,
  page: number,
  rules: readonly Rule[],
  settings: PageSettings,
): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { first, last, rows } of findTextTables(cells, rules)) {
    pieces.push(...textPieces(lines.slice(from, first), column, page, settings));
    pieces.push(tablePiece(rows, page, lines[first]!.size));
    from = last + 1;
  }
  return [...pieces, ...textPieces(lines.slice(from), column, page, settings)];
}

function tablePiece(rows: string[][], page: number, size: number): Piece {
  return { block: { type: 'table', rows, page }, size, full: false, above: Number.POSITIVE_INFINITY };
}

function textPieces(lines: readonly Line[], column: Column, page: number, settings: PageSettings): Piece[] {
  const pieces: Piece[] = [];
  for (const paragraph of toParagraphs(lines, column)) {
    const text = paragraphText(paragraph, settings.vocabulary);
    const heading = findHeading(paragraph, text, settings.body, settings.outline);
    const { marker, full, above } = paragraph;
    const size = paragraph.lines[0]!.size;
    pieces.push({
      block: heading ? { type: 'heading', level: 1, text, page } : { type: 'paragraph', text, page },
      ...(heading ? { heading } : {}),
      ...(marker ? { marker } : {}),
      size,
      full,
      above,
    });
  }
  return pieces;
}

function paragraphText({ lines }: Paragraph, vocabulary: Vocabulary): string {
  return withoutSoftHyphens(
    lines.map(({ text }) => text).reduce((text, line) => joinLines(text, line, vocabulary)),
  );
}
