/**
 * Pieces of all pages to the blocks of the document: lists are gathered, sentences that go on over a page joined, and
 * headings given their levels.
 * @module
 */
import type { Block } from '../../document.js';
import { headingLevels } from './headings.js';
import type { Piece } from './pieces.js';
import { joinLines, type Vocabulary } from './words.js';

const bulletMark = /^[•◦▪▫‣●○■□◆➢►✓✔∙·–—☐☒-]$/;
/** Boxes say something by being ticked or not. */
const box = /^[☐☒✓✔]$/;

/** The blocks of a document from the pieces of its pages, in order. */
export function assemble(
  pages: readonly (readonly Piece[])[],
  vocabulary: Vocabulary,
  body: number,
): Block[] {
  const pieces: Piece[] = [];
  for (const page of pages) {
    page.forEach((piece, index) => {
      const open = index === 0 ? lastText(pieces, body) : pieces.at(-1);
      if (open && goesOn(open, piece, index === 0, body)) {
        joinPieces(open, piece, vocabulary);
      } else pieces.push({ ...piece, block: { ...piece.block } });
    });
  }
  const headings = pieces.filter(({ heading }) => heading);
  const levels = headingLevels(
    headings.map(({ heading, block }) => ({ ...heading!, text: (block as { text: string }).text })),
  );
  headings.forEach(({ block }, index) => {
    if (block.type === 'heading') block.level = levels[index]!;
  });
  return gatherLists(pieces);
}

/** What stands above the name of the company on the cover of every filing. */
const authority = /^(?:united states|securities and exchange commission|washington, d\.? ?c\.?)\b/i;

/** The heading in the largest letters on the first two pages, the first one of several. */
export function biggestHeading(pages: readonly (readonly Piece[])[]): string | undefined {
  let best: Piece | undefined;
  for (const piece of pages.slice(0, 2).flat()) {
    if (piece.block.type !== 'heading' || authority.test(piece.block.text)) continue;
    if (!best || piece.size > 1.02 * best.size) best = piece;
  }
  return best?.block.type === 'heading' ? best.block.text : undefined;
}

/** The last paragraph before a page's end that is not a footnote. */
function lastText(pieces: readonly Piece[], body: number): Piece | undefined {
  for (let index = pieces.length - 1; index >= Math.max(0, pieces.length - 6); index--) {
    const piece = pieces[index]!;
    if (piece.block.type === 'paragraph' && piece.size >= 0.92 * body) return piece;
    if (piece.block.type !== 'paragraph') return undefined;
  }
  return undefined;
}

/** Whether a paragraph goes on in the next one, which stands on the next page or in the next column. */
function goesOn(open: Piece, next: Piece, newPage: boolean, body: number): boolean {
  if (open.block.type !== 'paragraph' || next.block.type !== 'paragraph' || next.marker) return false;
  const columnBreak = next.above === Number.POSITIVE_INFINITY;
  if (!newPage && !columnBreak) return false;
  if (Math.abs(open.size - next.size) > 0.1 * Math.max(open.size, next.size) || next.size < 0.92 * body)
    return false;
  if (/[.!?:;][)”"’]?$/.test(open.block.text)) return false;
  const small = /^[\p{Ll}\d(]/u.test(next.block.text);
  const unfinished =
    /(?:[,\p{L}]-|,|\b(?:and|or|of|the|a|an|in|to|for|by|with|our|its|that|which|on|from|at|as))$/u.test(
      open.block.text,
    );
  return (open.full && (small || /^[\p{Lu}“"$]/u.test(next.block.text))) || (small && unfinished);
}

function joinPieces(open: Piece, next: Piece, vocabulary: Vocabulary): void {
  if (open.block.type !== 'paragraph' || next.block.type !== 'paragraph') return;
  open.block.text = joinLines(open.block.text, next.block.text, vocabulary);
  open.full = next.full;
}

/** Paragraphs with marks become lists: bullets always, numbers and letters where they count on. */
function gatherLists(pieces: readonly Piece[]): Block[] {
  const counted = countedMarks(pieces);
  const blocks: Block[] = [];
  let open: Extract<Block, { type: 'list' }> | undefined;
  for (const piece of pieces) {
    const { block, marker } = piece;
    const bullet = marker !== undefined && bulletMark.test(marker);
    if (block.type !== 'paragraph' || !marker || !(bullet || counted.has(piece))) {
      blocks.push(block);
      open = undefined;
      continue;
    }
    const item = bullet && !box.test(marker) ? block.text.slice(marker.length).trim() : block.text;
    if (open) open.items.push(item);
    else {
      open = { type: 'list', items: [item], ...(block.page === undefined ? {} : { page: block.page }) };
      blocks.push(open);
    }
  }
  return blocks;
}

/** How far apart, in pieces, two numbers of one list may stand: other lists and paragraphs may come between. */
const listReach = 12;

/** Paragraphs whose mark goes on from another one: `(a)` and `(b)`, `1.` and `2.`. */
function countedMarks(pieces: readonly Piece[]): Set<Piece> {
  const counted = new Set<Piece>();
  const last = new Map<string, { piece: Piece; index: number; value: number }>();
  pieces.forEach((piece, index) => {
    const { marker, block } = piece;
    if (!marker || block.type !== 'paragraph' || bulletMark.test(marker)) return;
    const shape = marker.replace(/\d+/, '1').replace(/[a-z]+/i, 'a');
    const value = markValue(marker);
    const before = last.get(shape);
    if (before && value - before.value === 1 && index - before.index <= listReach) {
      counted.add(before.piece);
      counted.add(piece);
    }
    last.set(shape, { piece, index, value });
  });
  return counted;
}

/** The place of a mark in its sequence; Roman numbers above ten are rare in lists and don't count. */
function markValue(marker: string): number {
  const sign = marker.replace(/[().]/g, '').toLowerCase();
  if (/^\d+$/.test(sign)) return Number(sign);
  const roman = ['i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii', 'ix', 'x'].indexOf(sign);
  return sign.length > 1 || sign === 'i' ? roman + 1 : sign.charCodeAt(0) - 96;
}
