/**
 * A document cut into passages: pieces short enough for a prompt, each of which says where it stands.
 * @module
 */
import { type Block, blockText } from '../../document.js';
import type { Item, Origin, StepNote } from '../../item.js';
import { sentences } from './sentences.js';
import { tablePieces } from './table-text.js';

/** A piece of a document. */
export interface Passage {
  /** `<document id>#p<k>`, k from 1. */
  id: string;
  /** Id of the document. */
  document: string;
  group: string;
  /** Name of the document and the pages. */
  source: string;
  licence: string;
  /** With the passage's first page. */
  origin: Origin;
  steps: StepNote[];
  /** Headings above the passage, the outermost first. */
  headings: string[];
  /** The headings as first line, then the body. */
  text: string;
  /** Without the line of headings; empty where a heading has nothing below it. */
  body: string;
  /** Running text of the body, without tables and lists. */
  prose: string;
  /** Items of the body's lists. */
  listItems: string[];
  /** First and last page, 1-based, where the document has pages. */
  pages?: [first: number, last: number];
  /** What the document says of itself, for the items that are made of the passage. */
  carried: Pick<Item, 'split' | 'aspects'>;
}

/** How documents are cut. */
export interface PassageSettings {
  /** Longest passage in characters, the line of headings included. */
  max_passage_characters: number;
}

/** A heading longer than this is a paragraph that was taken for one. */
const maximumHeading = 200;
const between = ' > ';

/** A piece of one block that stays whole. */
interface Piece {
  text: string;
  kind: 'prose' | 'list' | 'table';
  page?: number;
  items?: string[];
}

/**
 * Cuts a document at its headings, and a long section between paragraphs. Tables stay whole where they fit and are
 * cut between rows otherwise, with the names of the columns repeated; a paragraph that is too long is cut between
 * sentences, and where there are none, between words. Every block stands in one passage, and every heading in the
 * `headings` of the passages below it.
 */
export function makePassages(document: Item, settings: PassageSettings): Passage[] {
  const limit = settings.max_passage_characters;
  const passages: Passage[] = [];
  let path: { level: number; text: string }[] = [];
  let pieces: Piece[] = [];
  let page: number | undefined;
  let fresh = false;

  const flush = (): void => {
    if (pieces.length > 0 || fresh) passages.push(...sectionPassages(document, path, pieces, page, limit));
    pieces = [];
    fresh = false;
  };
  const blocks = document.blocks ?? [];
  for (const [index, block] of blocks.entries()) {
    const text = tidy(blockText(block));
    if (text === '') continue;
    if (block.type === 'heading' && text.length <= Math.min(maximumHeading, limit / 2)) {
      // A heading directly below one of the same level continues or precedes it: both stay in the path.
      const alone = fresh && pieces.length === 0;
      const last = path.at(-1);
      if (alone && last && last.level > block.level) flush();
      else if (!alone) flush();
      if (!alone || last?.level !== block.level) path = path.filter(({ level }) => level < block.level);
      path.push({ level: block.level, text });
      page = block.page;
      fresh = true;
      continue;
    }
    const room = limit - headingLine(path, limit).length - 1;
    pieces.push(...blockPieces(block, room, blocks[index - 1]));
    fresh = false;
  }
  flush();
  return passages.map((passage, index) => ({ ...passage, id: `${document.id}#p${index + 1}` }));
}

/** The passages as examples of plain text, for continued pre-training. */
export function passageItems(document: Item, settings: PassageSettings): Item[] {
  return makePassages(document, settings).map(
    ({ id, text, group, source, licence, origin, steps, carried }): Item => ({
      id,
      text,
      task: 'text',
      group,
      source,
      licence,
      origin,
      steps,
      ...carried,
    }),
  );
}

function sectionPassages(
  document: Item,
  path: readonly { text: string }[],
  pieces: readonly Piece[],
  headingPage: number | undefined,
  limit: number,
): Passage[] {
  const line = headingLine(path, limit);
  const room = limit - (line ? line.length + 1 : 0);
  const parts: Piece[][] = [];
  let part: Piece[] = [];
  const size = (list: readonly Piece[]): number =>
    list.reduce((sum, { text }) => sum + text.length, 0) + 2 * Math.max(0, list.length - 1);
  for (const piece of pieces) {
    if (part.length > 0 && size([...part, piece]) > room) {
      // `The table below shows:` goes with what it announces.
      const last = part.at(-1)!;
      const announces = part.length > 1 && last.text.endsWith(':') && size([last, piece]) <= room;
      parts.push(announces ? part.slice(0, -1) : part);
      part = announces ? [last] : [];
    }
    part.push(piece);
  }
  parts.push(part);
  return parts.map((members, index) =>
    passageOf(document, path, line, members, index === 0 ? headingPage : undefined),
  );
}

function passageOf(
  document: Item,
  path: readonly { text: string }[],
  line: string,
  pieces: readonly Piece[],
  headingPage: number | undefined,
): Passage {
  const body = pieces.map(({ text }) => text).join('\n\n');
  const numbers = pieces.flatMap(({ page }) => page ?? []);
  const pageNumbers = numbers.length > 0 ? numbers : headingPage === undefined ? [] : [headingPage];
  const pages: Passage['pages'] =
    pageNumbers.length > 0 ? [Math.min(...pageNumbers), Math.max(...pageNumbers)] : undefined;
  const named =
    pages === undefined ? '' : pages[0] === pages[1] ? `, page ${pages[0]}` : `, pages ${pages.join('-')}`;
  return {
    id: '',
    document: document.id,
    group: document.group,
    source: `${document.source}${named}`,
    licence: document.licence,
    origin: { ...document.origin, ...(pages ? { page: pages[0] } : {}) },
    steps: document.steps,
    headings: path.map(({ text }) => text),
    text: [line, body].filter((text) => text !== '').join('\n'),
    body,
    prose: pieces
      .filter(({ kind }) => kind === 'prose')
      .map(({ text }) => text)
      .join('\n\n'),
    listItems: pieces.flatMap(({ items }) => items ?? []),
    ...(pages ? { pages } : {}),
    carried: carriedOf(document),
  };
}

/** The headings joined, the outer ones left out where they would take more than a third of a passage. */
function headingLine(path: readonly { text: string }[], limit: number): string {
  const most = Math.max(limit / 3, path.at(-1)?.text.length ?? 0);
  let line = '';
  for (const { text } of path.toReversed()) {
    const longer = line === '' ? text : `${text}${between}${line}`;
    if (longer.length > most) break;
    line = longer;
  }
  return line;
}

function blockPieces(block: Block, limit: number, before: Block | undefined): Piece[] {
  const { page } = block;
  if (block.type === 'table') {
    const announcement = before && before.type !== 'table' ? blockText(before) : undefined;
    return tablePieces(block, limit, announcement)
      .flatMap((text) => cut(text, limit))
      .map((text): Piece => ({ text, kind: 'table', page }));
  }
  if (block.type === 'list') {
    const pieces: Piece[] = [];
    for (const item of block.items.map(tidy).filter((text) => text !== '')) {
      for (const text of cut(`- ${item}`, limit)) {
        const last = pieces.at(-1);
        if (last && last.text.length + 1 + text.length <= limit) {
          last.text += `\n${text}`;
          last.items!.push(item);
        } else pieces.push({ text, kind: 'list', page, items: [item] });
      }
    }
    return pieces;
  }
  return cut(tidy(block.text), limit).map((text): Piece => ({ text, kind: 'prose', page }));
}

/** Cuts a text that is too long between sentences, a sentence that is too long between words, a word anywhere. */
function cut(text: string, limit: number): string[] {
  if (text.length <= limit) return [text];
  const parts: string[] = [];
  let part = '';
  const add = (unit: string): void => {
    if (part !== '' && part.length + 1 + unit.length > limit) {
      parts.push(part);
      part = '';
    }
    part = part === '' ? unit : `${part} ${unit}`;
  };
  for (const sentence of sentences(text)) {
    if (sentence.length <= limit) {
      add(sentence);
      continue;
    }
    for (const word of sentence.split(/\s+/)) {
      const characters = Array.from(word);
      if (word.length <= limit) add(word);
      else {
        // Half of the limit in code points is never more than the limit in UTF-16 units.
        const step = Math.max(1, Math.floor(limit / 2));
        for (let at = 0; at < characters.length; at += step) add(characters.slice(at, at + step).join(''));
      }
    }
  }
  if (part !== '') parts.push(part);
  return parts;
}

/** White space within a line made one blank, line breaks of a paragraph kept. */
function tidy(text: string): string {
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim();
}

/** What items that are made of a document have from it. */
export function carriedOf({ split, aspects }: Item): Pick<Item, 'split' | 'aspects'> {
  return { ...(split === undefined ? {} : { split }), ...(aspects === undefined ? {} : { aspects }) };
}
