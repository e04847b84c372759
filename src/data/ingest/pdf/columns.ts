/**
 * Columns of running text: a page is cut along the gutters between them, so that each is read from top to bottom.
 * After the recursive X-Y cut (Nagy and Seth, 1984), with cuts only where both sides hold running text: a table has
 * gutters too, and must stay whole.
 * @module
 */
import { isFigure, isPlaceholder, isYear } from './figures.js';
import { median, type Segment } from './layout.js';

const minimumLines = 4;
const gutterHeights = 0.8;
const step = 2;

/** Groups of segments in reading order; each group is one column, or what goes across all columns. */
export function readingOrder(segments: readonly Segment[]): Segment[][] {
  if (segments.length < 2 * minimumLines) return segments.length > 0 ? [[...segments]] : [];
  const cut = bestCut(segments);
  if (!cut) return [[...segments]];
  const { x, top, bottom } = cut;
  const inside = (segment: Segment): boolean => segment.y > top && segment.y < bottom;
  return [
    segments.filter(({ y }) => y <= top),
    segments.filter((segment) => inside(segment) && segment.x0 < x),
    segments.filter((segment) => inside(segment) && segment.x0 >= x),
    segments.filter(({ y }) => y >= bottom),
  ].flatMap(readingOrder);
}

interface Cut {
  x: number;
  top: number;
  bottom: number;
  lines: number;
}

function bestCut(segments: readonly Segment[]): Cut | undefined {
  const left = Math.min(...segments.map(({ x0 }) => x0));
  const right = Math.max(...segments.map(({ x1 }) => x1));
  const size = median(segments.map((segment) => segment.size));
  const rows = rowsOf(segments);
  const half = (gutterHeights * size) / 2;
  let best: Cut | undefined;
  for (let x = left + 0.15 * (right - left); x < right - 0.15 * (right - left); x += step) {
    const crossing = segments.filter(({ x0, x1 }) => x0 < x + half && x1 > x - half).map(({ y }) => y);
    if (segments.length - crossing.length < 2 * minimumLines) continue;
    const edges = [
      Number.NEGATIVE_INFINITY,
      ...new Set([...crossing, ...tableLines(segments, x, rows)].sort((a, b) => a - b)),
      Number.POSITIVE_INFINITY,
    ];
    for (let index = 1; index < edges.length; index++) {
      const top = edges[index - 1]!;
      const bottom = edges[index]!;
      const band = segments.filter(({ y }) => y > top && y < bottom);
      if (band.length <= (best?.lines ?? 2 * minimumLines - 1)) continue;
      const sides = [band.filter(({ x0 }) => x0 < x), band.filter(({ x0 }) => x0 >= x)] as const;
      if (!sides.every((side) => isRunningText(side, rows)) || !overlap(...sides)) continue;
      best = {
        x,
        top,
        bottom: Math.min(bottom, bottom < Number.POSITIVE_INFINITY ? commonEnd(...sides) : bottom),
        lines: band.length,
      };
    }
  }
  return best;
}

/**
 * Where columns end above something that goes across the page: groups of lines at the bottom that stand on one side
 * only, under a gap across both, belong to what follows.
 */
function commonEnd(left: readonly Segment[], right: readonly Segment[]): number {
  const all = [...left, ...right].sort((a, b) => a.y - b.y);
  const size = median(all.map((segment) => segment.size));
  const leftOnes = new Set(left);
  let end = Number.POSITIVE_INFINITY;
  let sides = new Set<boolean>();
  for (let index = all.length - 1; index > 0; index--) {
    sides.add(leftOnes.has(all[index]!));
    if (all[index]!.y - all[index - 1]!.y <= 1.7 * size) continue;
    if (sides.size > 1) break;
    end = all[index]!.y - 0.1;
    sides = new Set();
  }
  return end;
}

/** The row of each segment: segments of one row differ little in height. */
function rowsOf(segments: readonly Segment[]): Map<Segment, number> {
  const rows = new Map<Segment, number>();
  let row = -1;
  let start = Number.NEGATIVE_INFINITY;
  for (const segment of [...segments].sort((a, b) => a.y - b.y)) {
    if (segment.y - start > 0.3 * segment.size) {
      row++;
      start = segment.y;
    }
    rows.set(segment, row);
  }
  return rows;
}

/** Heights of rows that have a label on the left and nothing but figures on the right of `x`. */
function tableLines(segments: readonly Segment[], x: number, rowOf: ReadonlyMap<Segment, number>): number[] {
  const rows = new Map<number, { left: number; figures: number; others: number }>();
  for (const segment of segments) {
    const at = rowOf.get(segment)!;
    const row = rows.get(at) ?? { left: 0, figures: 0, others: 0 };
    const { x0, text } = segment;
    if (x0 < x) row.left++;
    else if (isFigure(text) || isPlaceholder(text) || isYear(text)) row.figures++;
    else row.others++;
    rows.set(at, row);
  }
  return segments
    .filter((segment) => {
      const row = rows.get(rowOf.get(segment)!);
      return row && row.left > 0 && row.figures > 0 && row.others === 0;
    })
    .map(({ y }) => y);
}

function isRunningText(side: readonly Segment[], rowOf: ReadonlyMap<Segment, number>): boolean {
  const rows = new Map<number, { x0: number; x1: number; text: string }>();
  for (const segment of side) {
    const { x0, x1, text } = segment;
    const row = rows.get(rowOf.get(segment)!);
    rows.set(
      rowOf.get(segment)!,
      row
        ? { x0: Math.min(x0, row.x0), x1: Math.max(x1, row.x1), text: `${row.text} ${text}` }
        : { x0, x1, text },
    );
  }
  const lines = [...rows.values()];
  if (lines.length < minimumLines) return false;
  const width = Math.max(...lines.map(({ x1 }) => x1)) - Math.min(...lines.map(({ x0 }) => x0));
  const full = lines.filter(({ x0, x1 }) => x1 - x0 > 0.6 * width).length;
  const words = median(lines.map(({ text }) => text.split(' ').length));
  const all = lines.map(({ text }) => text).join('');
  const letters = all.replace(/[^\p{L}]/gu, '').length / all.replaceAll(' ', '').length;
  // Most lines of running text begin in the middle of a sentence; rows of a table begin with a capital.
  const inSentence = lines.filter(({ text }) => /^[“"(]?(?:\p{Ll}|\p{Lo})/u.test(text)).length;
  return full >= 0.5 * lines.length && words >= 3 && letters > 0.6 && inSentence >= 0.3 * lines.length;
}

/** Whether two sides stand beside each other for a good part of their height. */
function overlap(a: readonly Segment[], b: readonly Segment[]): boolean {
  const range = (side: readonly Segment[]): [number, number] => [
    Math.min(...side.map(({ y }) => y)),
    Math.max(...side.map(({ y }) => y)),
  ];
  const [aTop, aBottom] = range(a);
  const [bTop, bBottom] = range(b);
  return Math.min(aBottom, bBottom) - Math.max(aTop, bTop) > 0.3 * Math.max(aBottom - aTop, bBottom - bTop);
}
