/**
 * Figures and comparisons in the form that all result files share.
 *
 * @typedef {object} Figure
 * @property {string} cell what work was done, such as `135m-4x256-quarter`
 * @property {string} side who did it
 * @property {string} measure such as `tokens_per_second`
 * @property {number} median
 * @property {number} lowest
 * @property {number} highest
 * @property {number[]} values one a round
 *
 * @typedef {object} Comparison
 * @property {string} cell
 * @property {string} measure
 * @property {string} of the side that is judged
 * @property {string} against the side that it is divided by
 * @property {{ median: number; lowest: number; highest: number; values: number[] }} ratio one value a round
 * @property {{ at_least?: number; at_most?: number }} [bar]
 * @property {boolean} [reached]
 * @module
 */
import { summarize } from './result.mjs';

/**
 * Figures of one cell.
 *
 * @param {string} cell
 * @param {Record<string, Record<string, unknown>[]>} measured the results of each side, one a round
 * @param {string[]} measures fields of the results; a result without one gives no figure
 * @returns {Figure[]}
 */
export function figuresOf(cell, measured, measures) {
  return Object.entries(measured).flatMap(([side, results]) =>
    measures
      .filter((measure) => results.length > 0 && results.every((result) => result[measure] !== undefined))
      .map((measure) => ({ cell, side, measure, ...summarize(results.map((result) => result[measure])) })),
  );
}

/** The figure of a side, or undefined where it has none. */
export const figure = (figures, cell, side, measure) =>
  figures.find((one) => one.cell === cell && one.side === side && one.measure === measure);

/**
 * Ratios by round, so that what else the machine did at the time is in both sides of a ratio.
 *
 * @param {Figure[]} figures
 * @param {{ cell: string; measure: string; of: string; against: string | string[]; bar?: { at_least?: number; at_most?: number } }} wanted
 * `against` may name several sides: the one with the highest median counts
 * @returns {Comparison | undefined} undefined where one of the sides has no figure
 */
export function compare(figures, { cell, measure, of, against, bar }) {
  const ours = figure(figures, cell, of, measure);
  const theirs = [against]
    .flat()
    .map((side) => figure(figures, cell, side, measure))
    .filter((one) => one !== undefined)
    .sort((a, b) => b.median - a.median)[0];
  if (!ours || !theirs) return undefined;
  const ratio = summarize(ours.values.map((value, round) => value / theirs.values[round]));
  const reached =
    bar && (bar.at_least === undefined ? ratio.median <= bar.at_most : ratio.median >= bar.at_least);
  return { cell, measure, of, against: theirs.side, ratio, ...(bar && { bar, reached }) };
}

/** A comparison as words: `attune-int8 2.61x peft-float32 (2.55 to 2.70), at least 2.5x`. */
export function sayComparison({ measure, of, against, ratio, bar }) {
  const times = (value) => `${value.toFixed(2)}x`;
  const wanted = !bar
    ? ''
    : bar.at_least === undefined
      ? `, at most ${times(bar.at_most)}`
      : `, at least ${times(bar.at_least)}`;
  return `${of} ${times(ratio.median)} ${against} in ${measure.replaceAll('_', ' ')} (${ratio.lowest.toFixed(2)} to ${ratio.highest.toFixed(2)})${wanted}`;
}

/** The bars that were not reached, in words. */
export const missedBars = (comparisons) =>
  comparisons.filter(({ reached }) => reached === false).map(sayComparison);
