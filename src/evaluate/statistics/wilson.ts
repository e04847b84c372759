/**
 * Interval of one system's score.
 * @module
 */
import type { Interval } from './bootstrap.js';
import { type Clusters, clusterScores, ratio } from './clusters.js';
import { normalQuantile, studentQuantile } from './distributions.js';
import { effectiveGroups, jackknifeError, leaveOneOut } from './jackknife.js';

/**
 * Wilson's interval (Journal of the American Statistical Association 22, 1927) of the mean of scores in [0, 1].
 * It stays inside [0, 1] and says something even where every score is 0 or 1, which a bootstrap can't.
 *
 * Clustered items carry less information than independent ones, so the number of items is replaced by the
 * effective one, mean·(1-mean) / variance of the mean, with the variance from the jackknife over clusters and the
 * normal quantile widened to Student's for few or unequal clusters ({@link effectiveGroups}; Korn and Graubard, Survey Methodology 24, 1998; Dean
 * and Pagano, Journal of Survey Statistics and Methodology 3(4), 2015). Where all scores are equal
 * that variance can't be estimated and every cluster counts as one item. For independent right-or-wrong scores
 * this is Wilson's textbook interval.
 *
 * @param clusters sums of the scores and of their number, as {@link clusterScores} makes them
 */
export function meanInterval(clusters: Clusters, confidence: number): Interval {
  const { count, items, totals } = clusters;
  if (count === 0) return { low: 0, high: 1 };
  const mean = ratio(totals);
  const z = normalQuantile((1 + confidence) / 2);
  if (count === 1 && items > 1) return { low: 0, high: 1 };
  const effective = effectiveItems(clusters, mean, confidence);
  const centre = mean + z ** 2 / (2 * effective);
  const half = z * Math.sqrt((mean * (1 - mean)) / effective + z ** 2 / (4 * effective ** 2));
  const scale = 1 + z ** 2 / effective;
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) };
}

/** {@link meanInterval} of scores in [0, 1] and the group of each. */
export function scoreInterval(
  scores: readonly number[],
  groups: readonly string[],
  confidence: number,
): Interval {
  return meanInterval(clusterScores(scores, groups), confidence);
}

/** Independent right-or-wrong items that would show the mean as exactly as these do. */
function effectiveItems(clusters: Clusters, mean: number, confidence: number): number {
  const { count, sums, sizes, items, width } = clusters;
  const squares = sizes.reduce((sum, size, cluster) => sum + (sums[cluster * width]! - size * mean) ** 2, 0);
  if (squares <= 1e-12) return count;
  if (count === items) return (mean * (1 - mean) * items ** 2) / squares;
  const probability = (1 + confidence) / 2;
  const t = studentQuantile(probability, Math.max(1, effectiveGroups(sizes) - 1));
  const variance = jackknifeError(leaveOneOut(clusters, (rest) => [ratio(rest)])[0]!) ** 2;
  return ((mean * (1 - mean)) / variance) * (normalQuantile(probability) / t) ** 2;
}
