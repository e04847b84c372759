/**
 * Reads a PDF into blocks: pieces of text with places, then lines, columns, tables, paragraphs and headings.
 * @module
 */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { AttuneError } from '../../../errors.js';
import type { ParsedDocument } from '../../document.js';
import { assemble, biggestHeading } from './assemble.js';
import { findFurniture } from './furniture.js';
import { titleKey } from './headings.js';
import type { Line, PageContent, Segment } from './layout.js';
import { makeLines, makeSegments } from './lines.js';
import { openPdf } from './open-pdf.js';
import { readPage } from './page-content.js';
import { pagePieces } from './pieces.js';
import { Vocabulary } from './words.js';

/** What a PDF's reading takes and tells. */
export interface ReadPdfOptions {
  signal?: AbortSignal;
  /** Called after each page with the pages done and all pages. */
  onProgress?: (page: number, pages: number) => void;
}

type PageText = Pick<PageContent, 'number' | 'rules' | 'pictures' | 'turned'> & {
  segments: Segment[];
  lines: Line[];
};

/**
 * Reads a PDF: text in reading order, headings, lists and tables, each with the page that it begins on. Pages are read
 * one after the other and freed. Nothing is fetched and nothing in the file is run.
 *
 * @throws AttuneError where the file is no PDF, damaged or protected by a password, or holds pictures of pages only
 */
export async function readPdf(file: string, options: ReadPdfOptions = {}): Promise<ParsedDocument> {
  const { pdf, destroy } = await openPdf(file);
  try {
    const pages = await readPages(pdf, file, options);
    return await makeDocument(pdf, pages, file);
  } finally {
    await destroy();
  }
}

async function readPages(
  pdf: PDFDocumentProxy,
  file: string,
  { signal, onProgress }: ReadPdfOptions,
): Promise<(PageText | undefined)[]> {
  const pages: (PageText | undefined)[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    signal?.throwIfAborted();
    const content = await onePage(pdf, number);
    if (content) {
      const segments = makeSegments(content.runs, content.rules);
      const { rules, pictures, turned } = content;
      pages.push({ number, rules, pictures, turned, segments, lines: makeLines(segments) });
    } else pages.push(undefined);
    onProgress?.(number, pdf.numPages);
  }
  if (pages.every((page) => page === undefined)) {
    throw new AttuneError('is a damaged PDF: none of its pages can be read', {
      file,
      fix: 'get the file again, or repair it, for example by printing it to a new PDF',
    });
  }
  return pages;
}

/** A page, or nothing where it is damaged. */
async function onePage(pdf: PDFDocumentProxy, number: number): Promise<PageContent | undefined> {
  try {
    const page = await pdf.getPage(number);
    try {
      return await readPage(page);
    } finally {
      page.cleanup();
    }
  } catch {
    return undefined;
  }
}

async function makeDocument(
  pdf: PDFDocumentProxy,
  all: (PageText | undefined)[],
  file: string,
): Promise<ParsedDocument> {
  const warnings: string[] = [];
  const pages = all.filter((page) => page !== undefined);
  const damaged = all.flatMap((page, index) => (page ? [] : [index + 1]));
  if (damaged.length > 0) warnings.push(`${pageList(damaged)} could not be read: damaged`);
  const empty = pages.filter(({ segments }) => segments.length === 0);
  if (empty.length === pages.length)
    throw noText(
      file,
      empty.some(({ pictures }) => pictures),
    );
  const scanned = empty.filter(({ pictures }) => pictures).map(({ number }) => number);
  if (scanned.length > 0) {
    warnings.push(
      `${pageList(scanned)} ${scanned.length === 1 ? 'holds' : 'hold'} a picture and no text (scanned): run text recognition (OCR) to have ${scanned.length === 1 ? 'it' : 'them'} too`,
    );
  }
  const turned = pages.filter((page) => page.turned > 0).map(({ number }) => number);
  if (turned.length > 0) warnings.push(`turned text left out on ${pageList(turned)}`);

  const furniture = findFurniture(pages.map(({ lines }) => lines));
  warnings.push(...furniture.warnings);
  const vocabulary = new Vocabulary();
  for (const { lines } of pages) for (const { text } of lines) vocabulary.add(text);
  const body = bodySize(pages);
  const outline = await readOutline(pdf);
  const pieces = pages.map((page, index) => {
    const left = new Set([...furniture.lines[index]!].flatMap(({ segments }) => segments));
    const segments = page.segments.filter((segment) => !left.has(segment));
    // An exhibit may be set larger than the rest: then its running text is no heading.
    const size = segments.length > 0 ? Math.max(body, bodySize([{ segments }])) : body;
    return pagePieces(page, segments, { body: size, outline, vocabulary });
  });
  const blocks = assemble(pieces, vocabulary, body);
  const title = (await readTitle(pdf)) ?? biggestHeading(pieces);
  return { ...(title ? { title } : {}), blocks, pages: pdf.numPages, warnings };
}

function noText(file: string, pictures: boolean): AttuneError {
  return pictures
    ? new AttuneError('is scanned: its pages are pictures and hold no text', {
        file,
        fix: 'run text recognition (OCR) first, for example with ocrmypdf',
      })
    : new AttuneError('holds no text', {
        file,
        fix: 'if its pages show text, it is drawn as shapes: run text recognition (OCR) first',
      });
}

/** `page 3` or `pages 3-5, 9`. */
function pageList(pages: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const page of pages) {
    const last = ranges.at(-1);
    if (last && last[1] === page - 1) last[1] = page;
    else ranges.push([page, page]);
  }
  const text = ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
  return `${pages.length === 1 ? 'page' : 'pages'} ${text}`;
}

/** The height of most letters. */
function bodySize(pages: readonly Pick<PageText, 'segments'>[]): number {
  const letters = new Map<number, number>();
  for (const { segments } of pages) {
    for (const { size, text } of segments) {
      const rounded = Math.round(size * 4) / 4;
      letters.set(rounded, (letters.get(rounded) ?? 0) + text.length);
    }
  }
  return [...letters].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

interface OutlineItem {
  title: string;
  items: OutlineItem[];
}

/** The document's outline, as far as it can be read. */
async function readOutline(pdf: PDFDocumentProxy): Promise<Map<string, number>> {
  const levels = new Map<string, number>();
  const add = (items: readonly OutlineItem[], level: number): void => {
    for (const { title, items: below } of items) {
      const key = titleKey(title);
      if (key.length > 2 && !levels.has(key)) levels.set(key, level);
      if (level < 6) add(below, level + 1);
    }
  };
  add(((await pdf.getOutline().catch(() => null)) ?? []) as OutlineItem[], 1);
  return levels;
}

/** The title that the file names, unless it is a file's name or a number. */
async function readTitle(pdf: PDFDocumentProxy): Promise<string | undefined> {
  const metadata = await pdf.getMetadata().catch(() => undefined);
  const named = (metadata?.info as { Title?: unknown } | undefined)?.Title;
  const title = typeof named === 'string' ? named.replace(/\s+/g, ' ').trim() : '';
  const useless =
    !/\p{L}{3}/u.test(title) ||
    /\.(?:docx?|xlsx?|pptx?|pdf|indd|qxd|tex|html?)$|^(?:microsoft word|untitled|document\d*|slide \d)/i.test(
      title,
    );
  return useless ? undefined : title;
}
