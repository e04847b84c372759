/**
 * What kind of error a wrong number has: each of these scorers forgives one kind and nothing else, so what it has more
 * than `exact_match` is the share of answers whose only error is of that kind.
 * @module
 */
import type { NumberAnswer } from '../../data/answers.js';
import { isWantedNumber, times } from './numbers.js';
import type { Scorer } from './scorer.js';

/** 1 when the number is right but for its sign: -12.5 for 12.5, a loss given as a profit. */
export const signMatch: Scorer = forgiving('sign_match', [-1]);

/** 1 when the number is right but for a factor of 100: 0.244% or 2440% for 24.4%, 24.4 for 0.244. */
export const percentMatch: Scorer = forgiving('percent_match', [100, 1 / 100]);

/** 1 when the number is right but for a factor of 1000, 1000² or 1000³: 1.5 thousand for 1.5 million. */
export const scaleMatch: Scorer = forgiving('scale_match', [1e3, 1e-3, 1e6, 1e-6, 1e9, 1e-9]);

/** 1 when the answer's number, or a multiple of it, is right for `exact_match`; undefined where no number is wanted. */
function forgiving(name: string, factors: readonly number[]): Scorer {
  return {
    name,
    score({ value }, { reference }) {
      if (reference.value.kind !== 'number') return undefined;
      const right = (number: NumberAnswer): boolean => isWantedNumber(number, reference);
      const { number } = value;
      if (!number) return 0;
      return right(number) || factors.some((factor) => right(times(number, factor))) ? 1 : 0;
    },
  };
}
