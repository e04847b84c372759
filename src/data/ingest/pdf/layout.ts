/**
 * What stands on a page of a PDF: pieces of text and ruling lines with their places, in points from the top left corner.
 * @module
 */

/** Text of one font on one baseline, without a gap wider than a space. */
export interface Run {
  text: string;
  x0: number;
  x1: number;
  /** Baseline, downwards from the top of the page. */
  y: number;
  /** Height of the font. */
  size: number;
  bold: boolean;
  italic: boolean;
}

/** A horizontal (`y0` equal to `y1`) or vertical line that is drawn on the page. */
export interface Rule {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

/** Runs that stand so close together that they are read as one: a label, a cell, a line of a column. */
export type Segment = Run;

/** A segment as a cell of a table. */
export interface Cell extends Segment {
  /** Left edge with the currency sign that stands apart from its figure. */
  left: number;
}

/** Segments at the same height, from left to right. */
export interface Line {
  segments: Segment[];
  /** The segments' texts with single spaces between them. */
  text: string;
  x0: number;
  x1: number;
  y: number;
  size: number;
  bold: boolean;
  italic: boolean;
}

/** A page as it was read. */
export interface PageContent {
  /** 1-based. */
  number: number;
  width: number;
  height: number;
  runs: Run[];
  rules: Rule[];
  /** Whether pictures are drawn on it. */
  pictures: boolean;
  /** Pieces of text that run in another direction than the rest and were left out. */
  turned: number;
}

/** The line that segments at one height make. */
export function makeLine(segments: readonly Segment[]): Line {
  const sorted = [...segments].sort((a, b) => a.x0 - b.x0);
  const letters = (chosen: readonly Segment[]): number =>
    chosen.reduce((sum, { text }) => sum + text.length, 0);
  const all = letters(sorted);
  const main = sorted.reduce((best, segment) => (segment.text.length > best.text.length ? segment : best));
  return {
    segments: sorted,
    text: sorted.map(({ text }) => text).join(' '),
    x0: sorted[0]!.x0,
    x1: Math.max(...sorted.map(({ x1 }) => x1)),
    y: main.y,
    size: main.size,
    bold: letters(sorted.filter(({ bold }) => bold)) > 0.9 * all,
    italic: letters(sorted.filter(({ italic }) => italic)) > 0.9 * all,
  };
}

/** The middle of numbers; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
