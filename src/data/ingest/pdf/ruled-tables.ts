/**
 * Tables whose cells are framed by ruling lines: the lines say what the rows and columns are.
 * @module
 */
import { isFigure, tidyFigure } from './figures.js';
import type { Rule, Segment } from './layout.js';
import { makeLines } from './lines.js';
import { joinLines, type Vocabulary } from './words.js';

/** A framed table with the segments that stand in it. */
export interface RuledTable {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  rows: string[][];
  segments: Segment[];
}

const touch = 2.5;
const shortest = 8;
/** A line between columns or rows runs along this share of the frame at least. */
const columnShare = 0.5;
const rowShare = 0.3;

/** Finds framed tables of at least two rows and two columns. */
export function findRuledTables(
  rules: readonly Rule[],
  segments: readonly Segment[],
  vocabulary: Vocabulary,
): RuledTable[] {
  return frames(rules).flatMap((frame) => {
    const table = readFrame(frame, segments, vocabulary);
    return table ? [table] : [];
  });
}

/** Groups of lines that touch each other. */
function frames(rules: readonly Rule[]): Rule[][] {
  const long = rules.filter(({ x0, x1, y0, y1 }) => x1 - x0 >= shortest || y1 - y0 >= shortest);
  const upright = long.filter(({ x0, x1 }) => x0 === x1);
  // Most pages have no upright lines at all, and those of a grid must all touch one.
  if (upright.length < 3 || upright.length > 2000) return [];
  const groups: Rule[][] = [];
  for (const rule of long) {
    const near = groups.filter((group) => group.some((other) => touches(rule, other)));
    const merged = [rule, ...near.flat()];
    for (const group of near) groups.splice(groups.indexOf(group), 1);
    groups.push(merged);
  }
  return groups.filter((group) => group.length >= 5);
}

function touches(a: Rule, b: Rule): boolean {
  return a.x0 <= b.x1 + touch && b.x0 <= a.x1 + touch && a.y0 <= b.y1 + touch && b.y0 <= a.y1 + touch;
}

function readFrame(
  frame: readonly Rule[],
  segments: readonly Segment[],
  vocabulary: Vocabulary,
): RuledTable | undefined {
  const x0 = Math.min(...frame.map((rule) => rule.x0));
  const x1 = Math.max(...frame.map((rule) => rule.x1));
  const y0 = Math.min(...frame.map((rule) => rule.y0));
  const y1 = Math.max(...frame.map((rule) => rule.y1));
  const xs = places(
    frame.filter((rule) => rule.x0 === rule.x1).map((rule) => [rule.x0, rule.y1 - rule.y0]),
    columnShare * (y1 - y0),
  );
  const ys = places(
    frame.filter((rule) => rule.y0 === rule.y1).map((rule) => [rule.y0, rule.x1 - rule.x0]),
    rowShare * (x1 - x0),
  );
  if (xs.length < 3 || ys.length < 3) return undefined;
  const inside = segments.filter((segment) => {
    const middle = (segment.x0 + segment.x1) / 2;
    const height = segment.y - 0.3 * segment.size;
    return middle > xs[0]! && middle < xs.at(-1)! && height > ys[0]! && height < ys.at(-1)!;
  });
  const cells = ys.slice(1).map(() => xs.slice(1).map((): Segment[] => []));
  for (const segment of inside) {
    const row = ys.findLastIndex((y) => y < segment.y - 0.3 * segment.size);
    const column = xs.findLastIndex((x) => x < segment.x0 + 0.5 * segment.size);
    cells[row]?.[Math.max(0, column)]?.push(segment);
  }
  const filled = cells.filter((row) => row.filter((cell) => cell.length > 0).length >= 2);
  if (filled.length < 2 || hasHiddenRows(cells)) return undefined;
  const rows = cells
    .map((row) => row.map((cell) => cellText(cell, vocabulary)))
    .filter((row) => row.some((text) => text !== ''));
  const used = rows[0]!.map((_text, column) => rows.some((row) => row[column] !== ''));
  return {
    x0,
    x1,
    y0,
    y1,
    rows: rows.map((row) => row.filter((_text, column) => used[column])),
    segments: inside,
  };
}

/** Places where lines of enough length in all stand. */
function places(lines: [number, number][], needed: number): number[] {
  const found: { at: number; length: number }[] = [];
  for (const [at, length] of [...lines].sort(([a], [b]) => a - b)) {
    const open = found.at(-1);
    if (open && at - open.at < 3) open.length += length;
    else found.push({ at, length });
  }
  return found.filter(({ length }) => length >= needed).map(({ at }) => at);
}

/** Where only groups of rows are framed, several figures stand in one cell: then their heights tell the rows. */
function hasHiddenRows(cells: readonly Segment[][][]): boolean {
  const figures = cells.flat().map((cell) => cell.filter(({ text }) => isFigure(text)).length);
  const several = figures.filter((count) => count > 1).length;
  return several > 0.2 * figures.filter((count) => count > 0).length;
}

function cellText(cell: readonly Segment[], vocabulary: Vocabulary): string {
  if (cell.length === 0) return '';
  return tidyFigure(
    makeLines(cell)
      .map(({ text }) => text)
      .reduce((text, line) => joinLines(text, line, vocabulary)),
  );
}
