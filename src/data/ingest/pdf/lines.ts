/**
 * Runs of glyphs to segments (what is read as one piece) and segments to lines.
 * @module
 */
import { type Line, makeLine, type Rule, type Run, type Segment } from './layout.js';

/** Gaps in font heights: below the first there is no space, above the second a new segment begins. */
const spaceGap = 0.13;
const segmentGap = 0.9;
/** Baselines of one line differ by less than this many font heights. */
const baselineTolerance = 0.15;
const raisedSize = 0.85;
const longestMark = 24;
const highestNote = 30;

/** Joins runs on one baseline, but not across an upright line; raised marks go to the text that they stand at. */
export function makeSegments(runs: readonly Run[], rules: readonly Rule[]): Segment[] {
  const walls = rules.filter(({ x0, x1 }) => x0 === x1);
  const baselines: Run[][] = [];
  for (const run of lowerMarks(runs).sort((a, b) => a.y - b.y || a.x0 - b.x0)) {
    const open = baselines.at(-1);
    const reference = open?.[0];
    if (
      open &&
      reference &&
      run.y - reference.y < baselineTolerance * Math.min(run.size, reference.size) + 0.2
    )
      open.push(run);
    else baselines.push([run]);
  }
  return baselines
    .flatMap((line) =>
      joinRuns(
        line.sort((one, other) => one.x0 - other.x0),
        walls,
      ),
    )
    .flatMap(splitLeaders);
}

function joinRuns(runs: readonly Run[], walls: readonly Rule[]): Segment[] {
  const segments: Segment[] = [];
  let boldLetters = 0;
  for (const run of runs) {
    const open = segments.at(-1);
    const gap = open ? run.x0 - open.x1 : Number.POSITIVE_INFINITY;
    const size = Math.max(run.size, open?.size ?? 0);
    if (!open || gap > segmentGap * size || gap < -size || isWalled(open, run, walls)) {
      segments.push({ ...run });
      boldLetters = run.bold ? run.text.length : 0;
      continue;
    }
    if (run.bold) boldLetters += run.text.length;
    const length = open.text.length + run.text.length;
    open.italic = open.italic && run.italic;
    open.text += (gap > spaceGap * size ? ' ' : '') + run.text;
    open.x1 = Math.max(open.x1, run.x1);
    open.size = size;
    open.bold = boldLetters > 0.9 * length;
  }
  return segments;
}

function isWalled(left: Run, right: Run, walls: readonly Rule[]): boolean {
  const height = right.y - 0.3 * right.size;
  return walls.some(({ x0, y0, y1 }) => x0 > left.x1 - 1 && x0 < right.x0 + 1 && y0 < height && y1 > height);
}

/** Raised and lowered small text takes the baseline of the text that it touches: `1` and `st`, `2017` and `(1)`. */
function lowerMarks(runs: readonly Run[]): Run[] {
  return runs.map((mark) => {
    if (mark.text.length > longestMark) return mark;
    let host: Run | undefined;
    let best = 0.75 * mark.size;
    for (const other of runs) {
      if (mark.size > raisedSize * other.size) continue;
      const height = other.y - mark.y;
      const gap = Math.abs(mark.x0 - other.x1);
      if (height < -0.35 * other.size || height > 0.75 * other.size || gap >= best) continue;
      best = gap;
      host = other;
    }
    if (!host) return mark;
    const raised = host.y - mark.y > 0.15 * host.size;
    return { ...mark, y: host.y, text: raised ? markText(mark.text, host.text) : mark.text };
  });
}

/** A raised number would be read as digits of the figure or letters of the word before it: `(1)` cannot. */
function markText(text: string, before: string): string {
  const numbers = text.split(/,\s?/);
  const isNote = numbers.every((number) => /^\d{1,2}$/.test(number) && Number(number) <= highestNote);
  return isNote && /[\d%)]$|\p{Ll}{3}$/u.test(before)
    ? numbers.map((number) => `(${number})`).join('')
    : text;
}

const leaders = /^(.*?)((?:[.…·_] ?){4,})(.*)$/;

/** `Net sales ........ 1,234` is a label and a figure; places inside are estimated from the number of letters. */
function splitLeaders(segment: Segment): Segment[] {
  if (!/(?:[.…·_] ?){4}/.test(segment.text)) return [segment];
  const parts = leaders.exec(segment.text.slice(0, 1000));
  if (!parts) return [segment];
  const [, before, dots, after] = parts as unknown as [string, string, string, string];
  // Dots are about half as wide as other letters.
  const units = before.length + dots.length / 2 + after.length;
  const width = (segment.x1 - segment.x0) / units;
  const left = before.trim();
  const right = after.trim();
  return [
    ...(left ? [{ ...segment, text: left, x1: segment.x0 + width * before.length }] : []),
    ...(right ? splitLeaders({ ...segment, text: right, x0: segment.x1 - width * after.length }) : []),
  ];
}

/** Segments that stand at one height make a line; tall enough overlap counts, for baselines may differ a little. */
export function makeLines(segments: readonly Segment[]): Line[] {
  const groups: Segment[][] = [];
  for (const segment of [...segments].sort((a, b) => a.y - b.y || a.x0 - b.x0)) {
    const open = groups.at(-1);
    const main = open?.reduce((best, other) => (other.size > best.size ? other : best));
    if (open && main && sameHeight(segment, main) && !open.some((other) => covers(other, segment)))
      open.push(segment);
    else groups.push([segment]);
  }
  return groups.map(makeLine);
}

function sameHeight(a: Segment, b: Segment): boolean {
  return Math.abs(a.y - b.y) < 0.4 * Math.min(a.size, b.size) + 0.1 * Math.max(a.size, b.size);
}

function covers(a: Segment, b: Segment): boolean {
  return Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0) > 0.3 * Math.min(a.size, b.size);
}
