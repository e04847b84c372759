/**
 * Several training runs that differ in the seed only: how far do their results lie apart?
 * @module
 */
import type { Interval, ResamplingSettings } from './bootstrap.js';
import { unbounded } from './bootstrap.js';
import { studentCdf, studentQuantile } from './distributions.js';
import { comparePaired, type PairedComparison } from './paired.js';

/** Results of several seeds. */
export interface SeedSpread {
  /** Seeds. */
  n: number;
  mean: number;
  /** Standard deviation (n - 1 in the denominator); NaN of one seed. */
  sd: number;
  min: number;
  max: number;
  /** Student's interval of the mean over seeds; infinite of one seed. */
  interval: Interval;
}

/** Mean, spread and Student's interval (mean ± t·sd/√n, n - 1 degrees of freedom) of one result a seed. */
export function seedSpread(values: readonly number[], confidence = 0.95): SeedSpread {
  const { length: n } = values;
  const { mean, variance } = moments(values);
  const half = n > 1 ? studentQuantile((1 + confidence) / 2, n - 1) * Math.sqrt(variance / n) : Infinity;
  return {
    n,
    mean,
    sd: Math.sqrt(variance),
    min: Math.min(...values),
    max: Math.max(...values),
    interval: { low: mean - half, high: mean + half },
  };
}

/** Two recipes, each trained with one or more seeds. */
export interface SeedComparison {
  /** Scores averaged over seeds, compared item by item: uncertainty about the items. */
  items: PairedComparison;
  /** Difference of the means over seeds, uncertainty about the training: interval, degrees of freedom, p value. */
  seeds: { difference: number; interval: Interval; degreesOfFreedom: number; pValue: number };
  /** Whether both intervals exclude zero on the same side. */
  agrees: boolean;
}

/**
 * Compares two recipes over seeds. The interval over seeds is Welch's (Biometrika 34, 1947) where both sides have
 * several, and that of one sample against the fixed other result where one side has several. With one seed each,
 * nothing is known about the training: the interval is infinite, p is 1 and `agrees` is false.
 *
 * @param candidateScores scores in [0, 1], a row a seed, a column an item
 * @param baselineScores the same items in the same order
 * @param groups group of each item
 */
export function compareSeeds(
  candidateScores: readonly (readonly number[])[],
  baselineScores: readonly (readonly number[])[],
  groups: readonly string[],
  settings: ResamplingSettings,
): SeedComparison {
  const items = comparePaired(
    averageOverSeeds(candidateScores),
    averageOverSeeds(baselineScores),
    groups,
    settings,
  );
  const seeds = welch(candidateScores.map(meanOf), baselineScores.map(meanOf), settings.confidence);
  const above = items.interval.low > 0 && seeds.interval.low > 0;
  const below = items.interval.high < 0 && seeds.interval.high < 0;
  return { items, seeds, agrees: above || below };
}

function welch(
  candidate: readonly number[],
  baseline: readonly number[],
  confidence: number,
): SeedComparison['seeds'] {
  const sides = [candidate, baseline].map((values) => ({ ...moments(values), n: values.length }));
  const difference = sides[0]!.mean - sides[1]!.mean;
  const spread = sides.filter(({ n }) => n > 1).map(({ variance, n }) => ({ share: variance / n, n }));
  if (spread.length === 0) return { difference, interval: { ...unbounded }, degreesOfFreedom: 0, pValue: 1 };
  const variance = spread.reduce((sum, { share }) => sum + share, 0);
  // Where all seeds give the same there is no variance to weigh by.
  const degreesOfFreedom =
    variance > 0
      ? variance ** 2 / spread.reduce((sum, { share, n }) => sum + share ** 2 / (n - 1), 0)
      : spread.reduce((sum, { n }) => sum + n - 1, 0);
  const half = studentQuantile((1 + confidence) / 2, degreesOfFreedom) * Math.sqrt(variance);
  const pValue =
    variance > 0
      ? 2 * studentCdf(-Math.abs(difference) / Math.sqrt(variance), degreesOfFreedom)
      : Number(difference === 0);
  const interval = { low: difference - half, high: difference + half };
  return { difference, interval, degreesOfFreedom, pValue };
}

function averageOverSeeds(scores: readonly (readonly number[])[]): number[] {
  return scores[0]!.map((_, item) => meanOf(scores.map((row) => row[item]!)));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: values.length > 1 ? squares / (values.length - 1) : Number.NaN };
}
