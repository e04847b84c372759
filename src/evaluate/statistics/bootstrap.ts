/**
 * Bootstrap interval of a mean over clustered items.
 * @module
 */
import { randomStream } from '../../random.js';
import type { Clusters } from './clusters.js';
import { normalCdf, normalQuantile, studentQuantile } from './distributions.js';

/** An interval of a score or of a difference. */
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

/**
 * Interval of the mean of values in [-1, 1]: bias-corrected and accelerated bootstrap (BCa; Efron, Journal of
 * the American Statistical Association 82, 1987) that resamples whole clusters. Bootstrap intervals are too
 * short when there are few clusters, so the level is widened as Hesterberg proposes (The American
 * Statistician 69(4), 2015, section 5.3): the normal quantile z becomes sqrt(G/(G-1))·t of G-1 degrees of freedom.
 *
 * Two cases have nothing to resample: with one cluster nothing is known and the interval is [-1, 1]; where all G
 * clusters have the same mean d, as many clusters may still differ as Wilson's bound for 0 of G allows.
 */
export function bootstrapInterval(clusters: Clusters, settings: ResamplingSettings): Interval {
  const { sums, sizes, items, mean } = clusters;
  const count = sums.length;
  if (count < 2) return { low: -1, high: 1 };
  if (sums.every((sum, cluster) => Math.abs(sum / sizes[cluster]! - mean) < 1e-12)) {
    const z = normalQuantile((1 + settings.confidence) / 2);
    const unseen = z ** 2 / (count + z ** 2);
    return { low: mean - unseen * (1 + mean), high: mean + unseen * (1 - mean) };
  }
  const t = studentQuantile((1 + settings.confidence) / 2, count - 1) * Math.sqrt(count / (count - 1));
  const total = mean * items;
  const leftOut = sums.map((sum, cluster) => (total - sum) / (items - sizes[cluster]!));
  const interval = bcaInterval(resampledMeans(clusters, settings), mean, leftOut, t);
  return { low: Math.max(-1, interval.low), high: Math.min(1, interval.high) };
}

/** Means of `resamples` samples of clusters, drawn with replacement, in ascending order. */
function resampledMeans({ sums, sizes }: Clusters, { resamples, seed }: ResamplingSettings): Float64Array {
  const random = randomStream(seed, 'evaluate', 'bootstrap');
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    let size = 0;
    for (let draw = 0; draw < sums.length; draw++) {
      const cluster = random.integer(sums.length);
      sum += sums[cluster]!;
      size += sizes[cluster]!;
    }
    means[resample] = sum / size;
  }
  return means.sort();
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
