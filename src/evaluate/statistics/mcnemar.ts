/**
 * McNemar's exact test.
 * @module
 */
import { binomialCdf } from './distributions.js';

/**
 * Two-sided p value of "what changed is as likely to be fixed as broken", from the items that only the candidate has
 * right and those that only the baseline has right: both tails of the binomial distribution with chance 1/2
 * (McNemar, Psychometrika 12, 1947, in its exact form). It takes the items for independent: where groups hold
 * several, the permutation test over groups is the one to go by.
 *
 * @param fixed items that only the candidate has right
 * @param broken items that only the baseline has right
 */
export function exactMcNemar(fixed: number, broken: number): number {
  return Math.min(1, 2 * binomialCdf(Math.min(fixed, broken), fixed + broken, 0.5));
}
