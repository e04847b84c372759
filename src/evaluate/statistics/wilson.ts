/**
 * Interval of one system's score.
 * @module
 */
import type { Interval } from './bootstrap.js';
import { clusterSums } from './clusters.js';
import { normalQuantile, studentQuantile } from './distributions.js';

/**
 * Wilson's interval (Journal of the American Statistical Association 22, 1927) of the mean of scores in [0, 1].
 * It stays inside [0, 1] and says something even where every score is 0 or 1, which a bootstrap can't.
 *
 * Clustered items carry less information than independent ones, so the number of items is replaced by the
 * effective one, mean·(1-mean) / variance of the mean, with the variance estimated between clusters and the
 * normal quantile widened to Student's for few clusters (Korn and Graubard, Survey Methodology 24, 1998; Dean
 * and Pagano, Journal of Survey Statistics and Methodology 3(4), 2015). Where all scores are equal
 * that variance can't be estimated and every cluster counts as one item. For independent right-or-wrong scores
 * this is Wilson's textbook interval.
 */
export function scoreInterval(
  scores: readonly number[],
  groups: readonly string[],
  confidence: number,
): Interval {
  const { sums, sizes, items, mean } = clusterSums(scores, groups);
  const count = sums.length;
  if (count === 0) return { low: 0, high: 1 };
  const z = normalQuantile((1 + confidence) / 2);
  const clustered = count < items;
  if (clustered && count === 1) return { low: 0, high: 1 };
  const squares = sums.reduce((sum, value, cluster) => sum + (value - sizes[cluster]! * mean) ** 2, 0);
  const spread = (mean * (1 - mean) * items ** 2) / squares;
  let effective = squares > 1e-12 ? spread : count;
  if (clustered && squares > 1e-12) {
    const t = studentQuantile((1 + confidence) / 2, count - 1);
    effective *= ((count - 1) / count) * (z / t) ** 2;
  }
  const centre = mean + z ** 2 / (2 * effective);
  const half = z * Math.sqrt((mean * (1 - mean)) / effective + z ** 2 / (4 * effective ** 2));
  const scale = 1 + z ** 2 / effective;
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) };
}
