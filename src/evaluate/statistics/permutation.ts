/**
 * Permutation test of a paired difference, and the adjustment of several p values.
 * @module
 */
import { randomStream } from '../../random.js';
import type { ResamplingSettings } from './bootstrap.js';
import type { Clusters } from './clusters.js';

/**
 * Two-sided p value of "the two systems are interchangeable": if they are, then the answers of any group could as
 * well have been swapped between them. The figure of both is computed again for swapped groups, and p is the
 * share of patterns of swaps whose difference is at least as large as the observed one (Fisher's randomization test;
 * Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 2005, chapter 3). For a mean this flips the signs of
 * the groups' summed differences.
 *
 * The test is exact over all 2^k patterns of the k groups whose sums differ where these are no more than
 * `resamples`; otherwise patterns are drawn, and the observed one counts as one of the draws so that p is never 0
 * (Phipson and Smyth, Statistical Applications in Genetics and Molecular Biology 9(1), 2010). A pattern that leaves
 * the figure undefined counts as large, and p is 1 where the observed difference is undefined.
 *
 * @param pairs sums by group, the candidate's terms and then as many of the baseline
 * @param figure from the sums of one system
 */
export function permutationPValue(
  pairs: Clusters,
  figure: (sums: Float64Array) => number,
  settings: ResamplingSettings,
): number {
  const width = pairs.width / 2;
  const differences = groupDifferences(pairs);
  const changing = differences.length / width;
  const both = pairs.totals.subarray(0, width).map((sum, term) => sum + pairs.totals[width + term]!);
  const sums = [new Float64Array(width), new Float64Array(width)] as const;
  const net = new Float64Array(width);
  /** Difference of the figures for the net of the signed differences: each system has half of both plus or minus it. */
  const difference = (): number => {
    for (let term = 0; term < width; term++) {
      sums[0][term] = (both[term]! + net[term]!) / 2;
      sums[1][term] = (both[term]! - net[term]!) / 2;
    }
    return figure(sums[0]) - figure(sums[1]);
  };
  const add = (cluster: number, sign: number): void => {
    for (let term = 0; term < width; term++) net[term]! += sign * differences[cluster * width + term]!;
  };
  for (let cluster = 0; cluster < changing; cluster++) add(cluster, 1);
  // Sums of scores carry rounding errors; a pattern that ties with the observed one must count.
  const observed = Math.abs(difference());
  const limit = observed - 1e-10 * Math.max(Math.abs(figure(sums[0])), Math.abs(figure(sums[1])));
  const isExtreme = (): boolean => !(Math.abs(difference()) < limit);
  if (2 ** changing <= settings.resamples) {
    let extreme = 0;
    for (let pattern = 0; pattern < 2 ** changing; pattern++) {
      net.fill(0);
      for (let cluster = 0; cluster < changing; cluster++) add(cluster, (pattern >> cluster) & 1 ? 1 : -1);
      if (isExtreme()) extreme += 1;
    }
    return extreme / 2 ** changing;
  }
  const random = randomStream(settings.seed, 'evaluate', 'permutation');
  let extreme = 1;
  for (let draw = 0; draw < settings.resamples; draw++) {
    net.fill(0);
    for (let cluster = 0; cluster < changing; cluster++) add(cluster, random.next() < 0.5 ? 1 : -1);
    if (isExtreme()) extreme += 1;
  }
  return extreme / (settings.resamples + 1);
}

/** Candidate minus baseline, term by term, of the groups where they differ. */
function groupDifferences({ count, width, sums }: Clusters): Float64Array {
  const half = width / 2;
  const rows: number[] = [];
  for (let cluster = 0; cluster < count; cluster++) {
    const start = cluster * width;
    const own = sums.subarray(start, start + half);
    const row = own.map((sum, term) => sum - sums[start + half + term]!);
    const differs = row.some((value, term) => Math.abs(value) > 1e-12 * Math.max(1, Math.abs(own[term]!)));
    if (differs) rows.push(...row);
  }
  return Float64Array.from(rows);
}

/**
 * Adjusts the p values of several tests so that the chance of one or more false alarms among them stays below the
 * level of a single test, whatever their dependence: Holm's step-down method (Scandinavian Journal of Statistics 6,
 * 1979). The smallest of m is multiplied by m, the next by m - 1 and so on; none becomes smaller than the one before.
 *
 * @returns adjusted p values in the order given
 */
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
