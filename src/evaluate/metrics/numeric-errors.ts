/**
 * Kinds of wrong numbers, as shares of the items where a number is wanted.
 * @module
 */
import { exactMatch } from '../scorers/exact-match.js';
import { percentMatch, scaleMatch, signMatch } from '../scorers/numeric-errors.js';
import type { Scorer } from '../scorers/scorer.js';
import type { Metric } from './metric.js';

/** Answers whose only error is the sign. */
const signErrorRate: Metric = onlyError('sign_error_rate', signMatch);

/** Answers whose only error is a factor of 100: a fraction for a percentage, or the other way round. */
const percentErrorRate: Metric = onlyError('percent_error_rate', percentMatch);

/** Answers whose only error is a power of 1000: thousands for millions. */
const scaleErrorRate: Metric = onlyError('scale_error_rate', scaleMatch);

/** The metrics that these scorers allow: each needs `exact_match` and the scorer that forgives its kind of error. */
export function numericErrorRates(scorers: readonly Pick<Scorer, 'name'>[]): Metric[] {
  const names = new Set(scorers.map(({ name }) => name));
  if (!names.has(exactMatch.name)) return [];
  return [
    ...(names.has(signMatch.name) ? [signErrorRate] : []),
    ...(names.has(percentMatch.name) ? [percentErrorRate] : []),
    ...(names.has(scaleMatch.name) ? [scaleErrorRate] : []),
  ];
}

function onlyError(name: string, forgiving: Scorer): Metric {
  return {
    name,
    higherIsBetter: false,
    unit: 'share',
    terms({ scores }) {
      const [forgiven, right] = [scores[forgiving.name], scores[exactMatch.name]];
      return forgiven === undefined || right === undefined ? undefined : [forgiven - right, 1];
    },
    value: (sums) => sums[0]! / sums[1]!,
  };
}
