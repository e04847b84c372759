/**
 * Whether a number follows from two figures of a text by one calculation.
 *
 * With enough figures every short number follows from some two of them, so the search is narrow: figures of one
 * sentence or one row of a table; of one passage or one column only for numbers of at least four digits; and only
 * calculations that make sense of the units.
 * @module
 */
import { sentences } from '../documents/sentences.js';
import { findFigures, type TextFigure } from './figures.js';

/** A figure that may be calculated with, and where it stands. */
export interface Operand {
  figure: TextFigure;
  /** Number of the sentence or table row. */
  line: number;
  /** Number of the cell in a table row; undefined in running text. */
  column?: number;
}

/** More figures than this are only combined within their sentence or row. */
const manyOperands = 300;
const wideSearchDigits = 4;

/** The figures of a text that may be calculated with: all but years. */
export function operandsOf(context: string): Operand[] {
  const operands: Operand[] = [];
  let line = 0;
  for (const row of context.split('\n')) {
    if (row.includes(' | ')) {
      line++;
      for (const [column, cell] of row.split(' | ').entries()) {
        for (const figure of findFigures(cell)) if (!figure.year) operands.push({ figure, line, column });
      }
      continue;
    }
    for (const sentence of sentences(row)) {
      line++;
      for (const figure of findFigures(sentence)) if (!figure.year) operands.push({ figure, line });
    }
  }
  return operands;
}

/** Whether `target` is a sum, difference, ratio, mean, product or percent change of two of the operands, as rounded. */
export function reachable(target: TextFigure, operands: readonly Operand[]): boolean {
  const wide = target.significant >= wideSearchDigits && operands.length <= manyOperands;
  for (const [index, a] of operands.entries()) {
    for (const b of operands.slice(index + 1)) {
      if (near(a, b, wide) && results(a.figure, b.figure, target).some((value) => agrees(value, target))) {
        return true;
      }
    }
  }
  return false;
}

function near(a: Operand, b: Operand, wide: boolean): boolean {
  if (a.line === b.line) return true;
  if (!wide) return false;
  return a.column === b.column;
}

/** Absolute results in the unit of the target: percentages as written, others with their scale. */
function results(a: TextFigure, b: TextFigure, target: TextFigure): number[] {
  if (a.currency && b.currency && a.currency !== b.currency) return [];
  const [x, y] = [Math.abs(a.value) * a.scale, Math.abs(b.value) * b.scale];
  const signed = [a.value * a.scale, b.value * b.scale] as const;
  if (a.percent && b.percent) {
    const combined = [a.value - b.value, a.value + b.value, (a.value + b.value) / 2];
    // Percentage points and their hundredths.
    return target.percent ? combined : [a.value - b.value, 100 * (a.value - b.value)];
  }
  if (a.percent || b.percent) {
    if (target.percent) return [];
    const [share, whole] = a.percent ? [a.value, signed[1]] : [b.value, signed[0]];
    return [(share / 100) * whole];
  }
  if (target.percent) {
    if (x === 0 || y === 0) return x === y ? [] : [0];
    return [
      (100 * x) / y,
      (100 * y) / x,
      (100 * (signed[0] - signed[1])) / y,
      (100 * (signed[1] - signed[0])) / x,
    ];
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
