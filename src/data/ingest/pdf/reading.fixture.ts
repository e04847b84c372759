/**
 * Writes a generated PDF, reads it, and picks out what tests compare.
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Block, ParsedDocument } from '../../document.js';
import {
  column,
  type FixtureOptions,
  type FixturePage,
  type PlacedText,
  pdfFile,
} from './pdf-file.fixture.js';
import { readPdf } from './read-pdf.js';

/** Calls `use` with the name of a file that holds the bytes, and removes it. */
export async function withFile<T>(bytes: Uint8Array | string, use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'attune-pdf-'));
  try {
    const file = join(folder, 'document.pdf');
    writeFileSync(file, bytes);
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is read from a PDF of these pages. */
export function read(pages: FixturePage[], options?: FixtureOptions): Promise<ParsedDocument> {
  return withFile(pdfFile(pages, options), (file) => readPdf(file));
}

/** Blocks of one type. */
export function ofType<T extends Block['type']>(
  { blocks }: ParsedDocument,
  type: T,
): Extract<Block, { type: T }>[] {
  return blocks.filter((block): block is Extract<Block, { type: T }> => block.type === type);
}

/** Rows of each table. */
export function tables(document: ParsedDocument): string[][][] {
  return ofType(document, 'table').map(({ rows }) => rows);
}

/** Text of each paragraph. */
export function paragraphs(document: ParsedDocument): string[] {
  return ofType(document, 'paragraph').map(({ text }) => text);
}

/** Lines for a narrow column at the left. */
export const leftColumn = [
  'The first column begins with this sentence and',
  'goes on over several lines that fill the width of',
  'the column nearly to the gutter, because running',
  'text is set like this in journals, where the lines',
  'are short and the reader has to come back often',
  'to the beginning of the next line of the column.',
];
/** Lines for a narrow column at the right. */
export const rightColumn = [
  'Then the second column starts its own sentence',
  'and it must follow the end of the first one, not',
  'stand in the middle of it, which is what happens',
  'when a program takes the lines of a page simply',
  'from the left edge to the right edge and reads',
  'across the gutter between both of the columns.',
];

/** A paragraph of three lines; `mark` makes its lines different from those of others. */
export const prose = (y: number, mark = ''): PlacedText[] =>
  column(
    [
      `${mark}The report explains in this paragraph how the figures of the year came about, which`,
      `departments took part in the work${mark}, and what is expected of the coming year in general,`,
      `because a reader wants to know it before looking at the tables that follow below this${mark}.`,
    ],
    60,
    y,
  );
