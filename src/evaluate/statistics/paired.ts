/**
 * Two systems on the same items.
 * @module
 */
import { bootstrapEstimate, type Interval, type ResamplingSettings, unbounded } from './bootstrap.js';
import { clusterTerms, ratio } from './clusters.js';
import { effectiveGroups } from './jackknife.js';
import { permutationPValue } from './permutation.js';

/** What the same items say about two systems. */
export interface PairedComparison {
  /** Items. */
  n: number;
  /** Groups that the items belong to. */
  groups: number;
  /** Groups of equal size that would tell as much ({@link effectiveGroups}). */
  effectiveGroups: number;
  /** Figure of the candidate and of the baseline; NaN where it is not defined. */
  candidate: number;
  baseline: number;
  /** Candidate minus baseline. */
  difference: number;
  /** Of the difference, by the jackknife over groups; infinite where nothing is known. */
  standardError: number;
  interval: Interval;
  pValue: number;
}

/** A figure that two systems are compared by. */
export interface ComparedFigure {
  /** The figure from the sums of terms. */
  value(sums: ArrayLike<number>): number;
  /** Whether it lies between 0 and 1, so that a difference lies between -1 and 1. */
  share: boolean;
}

/**
 * Compares a figure of two systems on the same items, clustered by group: bootstrap interval of the difference and
 * permutation test by swapping groups.
 *
 * @param candidate terms of each item
 * @param baseline terms of the same items, in the same order
 * @param groups group of each item
 */
export function compareTerms(
  candidate: readonly ArrayLike<number>[],
  baseline: readonly ArrayLike<number>[],
  groups: readonly string[],
  figure: ComparedFigure,
  settings: ResamplingSettings,
): PairedComparison {
  const terms = candidate.map((own, item) => [...Array.from(own), ...Array.from(baseline[item]!)]);
  const pairs = clusterTerms(terms, groups);
  const width = pairs.width / 2;
  const sides = (sums: Float64Array): [number, number] => [
    figure.value(sums.subarray(0, width)),
    figure.value(sums.subarray(width)),
  ];
  const [own, other] = sides(pairs.totals);
  const { value, standardError, interval } = bootstrapEstimate(
    pairs,
    (sums) => {
      const [first, second] = sides(sums);
      return first - second;
    },
    figure.share ? { low: -1, high: 1 } : unbounded,
    settings,
  );
  return {
    n: pairs.items,
    groups: pairs.count,
    effectiveGroups: effectiveGroups(pairs.sizes),
    candidate: own,
    baseline: other,
    difference: value,
    standardError,
    interval,
    pValue: permutationPValue(pairs, (sums) => figure.value(sums), settings),
  };
}

/**
 * {@link compareTerms} of mean scores.
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
  const terms = (scores: readonly number[]) => scores.map((score) => [score, 1]);
  return compareTerms(terms(candidate), terms(baseline), groups, { value: ratio, share: true }, settings);
}
