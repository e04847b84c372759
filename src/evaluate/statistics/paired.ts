/**
 * Two systems on the same items.
 * @module
 */
import { bootstrapInterval, type Interval, type ResamplingSettings } from './bootstrap.js';
import { clusterSums } from './clusters.js';
import { permutationPValue } from './permutation.js';

/** What the same items say about two systems. */
export interface PairedComparison {
  /** Items. */
  n: number;
  /** Groups that the items belong to. */
  groups: number;
  /** Mean score of the candidate and of the baseline. */
  candidate: number;
  baseline: number;
  /** Candidate minus baseline. */
  difference: number;
  interval: Interval;
  pValue: number;
}

/**
 * Compares scores of the same items, pairwise and clustered by group: BCa bootstrap interval of the mean
 * difference and sign-flip permutation p value.
 *
 * @param candidate score of each item in [0, 1]
 * @param baseline score of the same items, in the same order
 * @param groups group of each item
 */
export function comparePaired(
  candidate: readonly number[],
  baseline: readonly number[],
  groups: readonly string[],
  settings: ResamplingSettings,
): PairedComparison {
  const differences = clusterSums(
    candidate.map((score, item) => score - baseline[item]!),
    groups,
  );
  return {
    n: candidate.length,
    groups: differences.sums.length,
    candidate: clusterSums(candidate, groups).mean,
    baseline: clusterSums(baseline, groups).mean,
    difference: differences.mean,
    interval: bootstrapInterval(differences, settings),
    pValue: permutationPValue(differences, settings),
  };
}
