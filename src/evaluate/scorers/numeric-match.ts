/**
 * Numbers that are near enough.
 * @module
 */
import { comparisons, isWantedNumber } from './numbers.js';
import type { Scorer } from './scorer.js';

/** How far an answer's number may be from the reference's; the larger of both allowances counts. */
export interface NumericTolerance {
  /** Share of the reference's size, for example 0.01 for 1 %; 0 where absent. */
  relative?: number;
  /**
   * In the unit in which the reference is written: percentage points where it is a percentage, millions where it says
   * so; 0 where absent.
   */
  absolute?: number;
}

/**
 * Scorer `numeric_match`: 1 when the answer's number is right for `exact_match`, or within the tolerance of the
 * reference (1 % unless given). Percent and scale words are read as `exact_match` reads them. An answer without a number
 * is wrong. Says nothing where the reference is no number.
 */
export function numericMatch({ relative = 0, absolute = 0 }: NumericTolerance = { relative: 0.01 }): Scorer {
  return {
    name: 'numeric_match',
    score({ value: { number } }, { reference }) {
      if (reference.value.kind !== 'number') return undefined;
      if (!number) return 0;
      if (isWantedNumber(number, reference)) return 1;
      const near = comparisons(number, reference.value.number!).some((pair) => {
        const distance = Math.abs(pair.answer.value - pair.reference.value);
        const allowed = Math.max(relative * Math.abs(pair.reference.value), absolute * pair.unit);
        // 102 is within 2 % of 100, whatever binary fractions make of it.
        return distance <= allowed * (1 + 1e-9);
      });
      return near ? 1 : 0;
    },
  };
}
