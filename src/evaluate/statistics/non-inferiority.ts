/**
 * Is a loss within what was agreed to bear?
 * @module
 */
import type { PairedComparison } from './paired.js';

/** What the interval of a difference says about a bound. */
export type Retention = 'kept' | 'lost' | 'cannot tell';

/**
 * Compares a difference with the largest loss that is acceptable: `kept` where the whole interval is above -bound (the
 * test of non-inferiority at half of 1 - confidence; Piaggio et al., JAMA 308, 2012), `lost` where it is all
 * below, otherwise `cannot tell`.
 *
 * @param bound acceptable loss, 0 or more, in the unit of the difference
 * @param higherIsBetter false for a metric whose rise is a loss, such as perplexity
 */
export function nonInferiority(
  { interval }: Pick<PairedComparison, 'interval'>,
  bound: number,
  higherIsBetter = true,
): Retention {
  const { low, high } = higherIsBetter ? interval : { low: -interval.high, high: -interval.low };
  if (low > -bound) return 'kept';
  return high < -bound ? 'lost' : 'cannot tell';
}
