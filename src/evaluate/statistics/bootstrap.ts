/**
 * Bootstrap interval of any figure that is a function of sums, over clustered items.
 * @module
 */
import { randomStream } from '../../random.js';
import type { Clusters } from './clusters.js';
import { normalCdf, normalQuantile, studentQuantile } from './distributions.js';
import { effectiveGroups, jackknifeError, leaveOneOut } from './jackknife.js';

/** An interval of a score or of a difference; infinite where nothing is known and the figure has no bounds. */
export interface Interval {
  low: number;
  high: number;
}

/** How sure, how often, and from which numbers. */
export interface ResamplingSettings {
  /** Level of the interval, for example 0.95. */
  confidence: number;
  /** Bootstrap resamples, and sign flips of the permutation test. */
  resamples: number;
  seed: number;
}

/** A figure with its uncertainty. */
export interface Estimate {
  value: number;
  /** Jackknife over groups; infinite where nothing is known. */
  standardError: number;
  interval: Interval;
}

/** Least and greatest value that any figure can have. */
export const unbounded: Interval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** {@link bootstrapEstimates} of one figure. */
export function bootstrapEstimate(
  clusters: Clusters,
  figure: (sums: Float64Array) => number,
  bounds: Interval,
  settings: ResamplingSettings,
): Estimate {
  return bootstrapEstimates(clusters, (sums) => [figure(sums)], bounds, settings)[0]!;
}

/**
 * Estimates figures that are functions of summed terms, with intervals from resampling whole groups.
 *
 * The interval is the smallest that holds two: the bias-corrected and accelerated bootstrap (BCa; Efron, Journal of
 * the American Statistical Association 82, 1987), which follows a skewed figure, and the value ± t standard errors of
 * the jackknife over groups, Student's t having one degree of freedom less than there are effective groups
 * ({@link jackknifeError}, {@link effectiveGroups}). The second is there because every bootstrap interval is too
 * short when groups are few or of very different size; by how much is shown in `docs/statistics.md`.
 *
 * Resamples on which a figure is not defined (NaN) are left out. Nothing is known, and the interval is all that
 * `bounds` allow, where there is one group, where the figure is not defined, where it is not without one of
 * the groups, or on most of the resamples. Where it is the same without any of the G groups there is nothing to
 * resample: as many groups may still differ as Wilson's bound for 0 of G allows, when there are bounds.
 *
 * @param figures from the sums of terms; always as many
 * @param bounds least and greatest value that the figures can have
 */
export function bootstrapEstimates(
  clusters: Clusters,
  figures: (sums: Float64Array) => readonly number[],
  bounds: Interval,
  settings: ResamplingSettings,
): Estimate[] {
  const observed = [...figures(clusters.totals)];
  const leftOut = leaveOneOut(clusters, figures);
  const varied = observed.some((value, index) => isVaried(value, leftOut[index]!));
  const resampled = varied && clusters.count > 1 ? resample(clusters, figures, settings) : undefined;
  const probability = (1 + settings.confidence) / 2;
  return observed.map((value, index): Estimate => {
    const without = leftOut[index]!;
    const unknown = { value, standardError: Number.POSITIVE_INFINITY, interval: { ...bounds } };
    if (clusters.count < 2 || !Number.isFinite(value) || without.some(Number.isNaN)) return unknown;
    if (!resampled || !isVaried(value, without))
      return equalGroups(value, clusters.count, bounds, probability);
    const sorted = resampled[index]!.filter((estimate) => !Number.isNaN(estimate)).sort();
    if (sorted.length < settings.resamples / 2) return unknown;
    const standardError = jackknifeError(without);
    const degreesOfFreedom = Math.max(1, effectiveGroups(clusters.sizes) - 1);
    const half = studentQuantile(probability, degreesOfFreedom) * standardError;
    const bca = bcaInterval(sorted, value, without, normalQuantile(probability));
    const low = Math.max(bounds.low, Math.min(bca.low, value - half));
    const high = Math.min(bounds.high, Math.max(bca.high, value + half));
    return { value, standardError, interval: { low, high } };
  });
}

/** Where all groups agree, the share of groups that may differ unseen is at most Wilson's bound for 0 of them. */
function equalGroups(value: number, count: number, bounds: Interval, probability: number): Estimate {
  if (!Number.isFinite(bounds.high - bounds.low)) {
    return { value, standardError: 0, interval: { low: value, high: value } };
  }
  const z = normalQuantile(probability);
  const unseen = z ** 2 / (count + z ** 2);
  const low = value - unseen * (value - bounds.low);
  const high = value + unseen * (bounds.high - value);
  return { value, standardError: (high - low) / (2 * z), interval: { low, high } };
}

/** Figures of `resamples` samples of clusters, drawn with replacement. */
function resample(
  { count, width, sums }: Clusters,
  figures: (sums: Float64Array) => readonly number[],
  { resamples, seed }: ResamplingSettings,
): Float64Array[] {
  const random = randomStream(seed, 'evaluate', 'bootstrap');
  const totals = new Float64Array(width);
  let drawn: Float64Array[] | undefined;
  for (let round = 0; round < resamples; round++) {
    totals.fill(0);
    for (let draw = 0; draw < count; draw++) {
      const start = random.integer(count) * width;
      for (let term = 0; term < width; term++) totals[term]! += sums[start + term]!;
    }
    const values = figures(totals);
    drawn ??= values.map(() => new Float64Array(resamples));
    for (const [index, value] of values.entries()) drawn[index]![round] = value;
  }
  return drawn ?? [];
}

/** Whether the figure depends on which groups there are. */
function isVaried(value: number, leftOut: Float64Array): boolean {
  return !leftOut.every((without) => Math.abs(without - value) <= 1e-12 * Math.max(1, Math.abs(value)));
}

/**
 * BCa interval from resampled estimates.
 *
 * @param sorted resampled estimates, ascending
 * @param observed the estimate from the sample itself
 * @param leftOut the estimate without each cluster in turn (jackknife), for the acceleration
 * @param z quantile that belongs to the wanted level, 1.96 for 95 %
 */
export function bcaInterval(
  sorted: Float64Array,
  observed: number,
  leftOut: Float64Array,
  z: number,
): Interval {
  let below = 0;
  for (const estimate of sorted) {
    if (estimate < observed - 1e-12) below += 1;
    // Scores are coarse: resamples equal to the estimate count half, or the bias would be overstated.
    else if (estimate <= observed + 1e-12) below += 0.5;
  }
  const bias = normalQuantile(Math.min(Math.max(below, 0.5), sorted.length - 0.5) / sorted.length);
  const centre = leftOut.reduce((sum, value) => sum + value, 0) / leftOut.length;
  let squares = 0;
  let cubes = 0;
  for (const value of leftOut) {
    squares += (centre - value) ** 2;
    cubes += (centre - value) ** 3;
  }
  const acceleration = squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
  const level = (quantile: number): number =>
    normalCdf(bias + (bias + quantile) / (1 - acceleration * (bias + quantile)));
  return { low: quantileOf(sorted, level(-z)), high: quantileOf(sorted, level(z)) };
}

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996). */
function quantileOf(sorted: Float64Array, probability: number): number {
  const place = Math.min(Math.max(probability, 0), 1) * (sorted.length - 1);
  const index = Math.floor(place);
  const next = Math.min(index + 1, sorted.length - 1);
  return sorted[index]! + (place - index) * (sorted[next]! - sorted[index]!);
}
