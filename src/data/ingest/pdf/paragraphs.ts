/**
 * Lines of a column to paragraphs: where one ends and the next begins.
 * @module
 */
import { type Line, median } from './layout.js';

/** Lines that belong together, in the same style. */
export interface Paragraph {
  lines: Line[];
  /** What the paragraph begins with, where that marks an item of a list. */
  marker?: string;
  /** Whether the last line goes on to the right edge, so that the sentence may go on elsewhere. */
  full: boolean;
  /** The free space above, in points; infinite at the beginning. */
  above: number;
}

const bullet = /^[•◦▪▫‣●○■□◆➢►✓✔☐☒∙·][ ]?/;
const dashBullet = /^[-–—] ?$/;
const enumeration = /^(?:\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})\)|(?:\d{1,2}|[a-z]|[ivx]{1,5})\.)(?= |$)/i;

/** The mark of a list's item that a line begins with. */
export function markerOf({ text, segments }: Line): string | undefined {
  const first = segments[0]!.text;
  if (dashBullet.test(first) && segments.length > 1) return first.trim();
  return (bullet.exec(text) ?? enumeration.exec(text))?.[0]?.trim();
}

/** Cuts lines into paragraphs; `column` is the left and right edge of the column that they stand in. */
export function toParagraphs(lines: readonly Line[], column: { x0: number; x1: number }): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  const width = column.x1 - column.x0;
  for (const block of toBlocks(lines)) {
    const right = Math.max(...block.lines.map(({ x1 }) => x1));
    let open: Paragraph | undefined;
    for (const line of block.lines) {
      const marker = markerOf(line);
      if (open && !startsParagraph(open, line, marker, right, width)) {
        open.lines.push(line);
      } else {
        open = {
          lines: [line],
          ...(marker ? { marker } : {}),
          full: false,
          above: open ? 0 : block.above,
        };
        paragraphs.push(open);
      }
      // Lines that are not stretched end up to a long word before the edge.
      open.full = line.x1 > column.x1 - 6 * line.size;
    }
  }
  return paragraphs;
}

/** Lines of one size at even distances. */
function toBlocks(lines: readonly Line[]): { lines: Line[]; above: number }[] {
  const pitches = lines
    .slice(1)
    .map((line, index) => (line.y - lines[index]!.y) / line.size)
    .filter((pitch) => pitch > 0.8 && pitch < 2.2);
  const usual = pitches.length > 0 ? quartile(pitches) : 1.2;
  const right = Math.max(...lines.map(({ x1 }) => x1));
  const blocks: { lines: Line[]; above: number }[] = [];
  for (const line of lines) {
    const open = blocks.at(-1);
    const previous = open?.lines.at(-1);
    if (!open || !previous) {
      blocks.push({ lines: [line], above: Number.POSITIVE_INFINITY });
      continue;
    }
    const gap = line.y - previous.y;
    const sameStyle =
      Math.abs(line.size - previous.size) < 0.08 * line.size + 0.2 &&
      // A bold beginning may fill the first line of a paragraph; a heading mostly does not.
      (line.bold === previous.bold || previous.x1 > right - 2 * line.size);
    const even = gap > 0 && gap < (usual + 0.28) * line.size;
    if (sameStyle && even) open.lines.push(line);
    else blocks.push({ lines: [line], above: gap - line.size });
  }
  return blocks;
}

/** Wide gaps between paragraphs must not count for the usual distance of lines. */
function quartile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.max(sorted[Math.floor(sorted.length / 4)]!, Math.min(1.25, median(values)));
}

function startsParagraph(
  open: Paragraph,
  line: Line,
  marker: string | undefined,
  right: number,
  width: number,
): boolean {
  const previous = open.lines.at(-1)!;
  const size = line.size;
  if (marker) {
    const first = open.lines[0]!;
    // `(2)` at the beginning of a line may also be a part of the sentence.
    const outside = line.x0 < (open.marker ? first.x0 + 0.6 * size : previous.x0 + 0.6 * size);
    if (open.marker ? outside || markerIndent(line) : outside || line.segments.length > 1) return true;
  }
  if (endsShort(previous, line, open.lines[0]!.x0, right)) return true;
  // Titles in the middle are broken where they please; each line that is far from full stands for itself.
  if (
    centred(previous, line) &&
    Math.abs(previous.x0 - line.x0) > size &&
    previous.x1 - previous.x0 < 0.7 * width
  )
    return !/^\p{Ll}/u.test(line.text);
  if (hangs(previous, line)) return false;
  const indent = line.x0 - previous.x0;
  if (open.marker) {
    const second = open.lines[1];
    return second ? Math.abs(line.x0 - second.x0) > 1.2 * size && line.x0 <= open.lines[0]!.x0 + size : false;
  }
  if (indent > 0.8 * size) return open.lines.length > 1 || !centred(previous, line);
  return indent < -0.8 * size && open.lines.length > 1 && !centred(previous, line);
}

/** Whether a line ends although the first word of the next would have had room: then a paragraph ends there. */
function endsShort(previous: Line, next: Line, left: number, right: number): boolean {
  const word = next.text.split(' ', 1)[0]!.length * ((next.x1 - next.x0) / Math.max(1, next.text.length));
  if (previous.x1 + word + 1.2 * next.size >= right) return false;
  if (/^\p{Ll}/u.test(next.text) || /\p{L}-$/u.test(previous.text)) return false;
  return /[.!?:;][)”"’]?$/.test(previous.text) || previous.x1 - left < 0.75 * (right - left);
}

/** Whether a line goes on under the text behind a number: `ITEM 5.    MARKET FOR` and `SECURITIES` below `MARKET`. */
function hangs(previous: Line, line: Line): boolean {
  return previous.segments.some(({ x0 }, index) => index > 0 && Math.abs(x0 - line.x0) < 0.5 * line.size);
}

function markerIndent({ segments }: Line): boolean {
  return segments.length > 1 && segments[0]!.text.length <= 6;
}

function centred(a: Line, b: Line): boolean {
  return Math.abs(a.x0 + a.x1 - b.x0 - b.x1) < 2 * a.size;
}
