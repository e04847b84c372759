/**
 * Permutation test of a paired difference.
 * @module
 */
import { randomStream } from '../../random.js';
import type { ResamplingSettings } from './bootstrap.js';
import type { Clusters } from './clusters.js';

/**
 * Two-sided p value of "the two systems are interchangeable": under it the sign of every cluster's summed
 * difference could as well be the other (Fisher's randomization test; Good, Permutation, Parametric and
 * Bootstrap Tests of Hypotheses, 2005, chapter 3). The test is exact over all 2^k sign patterns of the k clusters
 * that differ where these are no more than `resamples`; otherwise signs are drawn, and the observed pattern
 * counts as one of the draws so that p is never 0 (Phipson and Smyth, Statistical Applications in
 * Genetics and Molecular Biology 9(1), 2010).
 *
 * @param differences sums of the paired differences by cluster
 */
export function permutationPValue(differences: Clusters, settings: ResamplingSettings): number {
  const sums = differences.sums.filter((sum) => Math.abs(sum) > 1e-12);
  // Sums of scores carry rounding errors; a pattern that ties with the observed one must count.
  const observed = Math.abs(sums.reduce((total, sum) => total + sum, 0)) - 1e-9;
  if (2 ** sums.length <= settings.resamples) return exactPValue(sums, observed);
  const random = randomStream(settings.seed, 'evaluate', 'permutation');
  let extreme = 1;
  for (let draw = 0; draw < settings.resamples; draw++) {
    let total = 0;
    for (const sum of sums) total += random.next() < 0.5 ? sum : -sum;
    if (Math.abs(total) >= observed) extreme += 1;
  }
  return extreme / (settings.resamples + 1);
}

function exactPValue(sums: Float64Array, observed: number): number {
  const patterns = 2 ** sums.length;
  let extreme = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    let total = 0;
    for (let cluster = 0; cluster < sums.length; cluster++) {
      total += (pattern >> cluster) & 1 ? sums[cluster]! : -sums[cluster]!;
    }
    if (Math.abs(total) >= observed) extreme += 1;
  }
  return extreme / patterns;
}

/** Holm's step-down adjustment of p values for testing several at once (Scandinavian Journal of Statistics 6, 1979). */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, pValues[index]! * (pValues.length - rank)));
    adjusted[index] = largest;
  }
  return adjusted;
}
