/**
 * Whether a number follows from the figures of a text by one calculation.
 *
 * With enough figures every short number follows from some of them, so the search is narrow: two figures of one
 * sentence or one row of a table, or of running text or one column only for numbers of at least four digits; more
 * than two only where they stand one after the other; and only calculations that make sense of the units.
 * @module
 */
import type { TextFigure } from './figures.js';
import type { Operand, Operands } from './operands.js';
import { runs } from './runs.js';

/** Of more figures than this only those of one sentence or row are combined. */
const manyOperands = 300;
/** Figures of one row or sentence that stand further apart are not combined. */
const longestReach = 100;
/** Digits that a result has to have to be looked for in columns. */
const wideSearchDigits = 4;
/** A sum of a row that has one digit is met by chance. */
const runDigits = 2;

/**
 * Whether `target` is a sum, difference, ratio, mean, product or percent change of two of the operands, or the sum or
 * mean of three to twelve neighbours, as rounded.
 */
export function reachable(target: TextFigure, { count, rows, columns }: Operands): boolean {
  const wide = target.significant >= wideSearchDigits;
  const pairsOf = [...rows, ...(wide && count <= manyOperands ? columns : [])];
  if (pairsOf.some((list) => hasPair(list, target))) return true;
  const runsOf = target.significant < runDigits ? [] : [...rows, ...(wide ? columns : [])];
  return runsOf.some((list) => hasRun(list, target));
}

function hasRun(list: readonly Operand[], target: TextFigure): boolean {
  for (const result of runs(list, target)) if (agrees(result, target)) return true;
  return false;
}

function hasPair(list: readonly Operand[], target: TextFigure): boolean {
  for (let first = 0; first < list.length; first++) {
    for (let second = first + 1; second < Math.min(list.length, first + longestReach); second++) {
      if (results(list[first]!, list[second]!, target).some((result) => agrees(result, target))) return true;
    }
  }
  return false;
}

/** Absolute results in the unit of the target: percentages as written, others with their scale. */
function results(first: Operand, second: Operand, target: TextFigure): number[] {
  const [a, b] = [first.figure, second.figure];
  if (a.currency && b.currency && a.currency !== b.currency) return [];
  const [x, y] = [Math.abs(a.value) * a.scale, Math.abs(b.value) * b.scale];
  const signed = [a.value * a.scale, b.value * b.scale] as const;
  const points = [a.value - b.value, a.value + b.value, (a.value + b.value) / 2];
  const changes =
    x === 0 || y === 0 ? [] : [(100 * (signed[0] - signed[1])) / y, (100 * (signed[1] - signed[0])) / x];
  if (a.percent && b.percent) {
    // Percentage points and their hundredths.
    if (!target.percent) return [a.value - b.value, 100 * (a.value - b.value)];
    return target.significant > 2 ? [...points, ...changes] : points;
  }
  if (a.percent || b.percent) {
    if (target.percent) return [];
    const [share, whole] = a.percent ? [a.value, signed[1]] : [b.value, signed[0]];
    return [(share / 100) * whole];
  }
  if (target.percent) {
    const shared = first.share && second.share ? points : [];
    if (x === 0 || y === 0) return x === y ? shared : [...shared, 0];
    return [...shared, (100 * x) / y, (100 * y) / x, ...changes];
  }
  const plain = [signed[0] - signed[1], signed[0] + signed[1], (signed[0] + signed[1]) / 2];
  // A money amount in the same unit as the target, where the target leaves the scale word away.
  const unscaled =
    a.scale === b.scale && a.scale !== 1 && target.scale === 1 ? plain.map((value) => value / a.scale) : [];
  const ratios =
    target.currency === undefined && target.scale === 1 && x !== 0 && y !== 0 ? [x / y, y / x] : [];
  const quantity = (figure: TextFigure): boolean => figure.currency === undefined && figure.scale === 1;
  const products = quantity(a) !== quantity(b) && target.significant >= wideSearchDigits ? [x * y] : [];
  return [...plain, ...unscaled, ...ratios, ...products];
}

function agrees(result: number, target: TextFigure): boolean {
  const wanted = Math.abs(target.value) * target.scale;
  return Math.abs(Math.abs(result) - wanted) <= target.resolution * target.scale * (1 + 1e-9) + 1e-9;
}
