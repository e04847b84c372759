/**
 * A metric of one system with its interval, and of two systems on the same items.
 * @module
 */
import type { ScoredItem } from '../answers-file.js';
import type { Metric } from '../metrics/metric.js';
import { bootstrapEstimate, type Interval, type ResamplingSettings, unbounded } from './bootstrap.js';
import { type Clusters, clusterTerms, ratio } from './clusters.js';
import { compareTerms, type PairedComparison } from './paired.js';
import { meanInterval } from './wilson.js';

/** One system's figure. */
export interface MetricEstimate {
  /** Items that the metric applies to. */
  n: number;
  /** Groups that these belong to. */
  groups: number;
  /** NaN where the items do not determine it. */
  value: number;
  /** All that the metric can be where nothing is known; infinite for a metric that is no share. */
  interval: Interval;
}

/**
 * Estimates a metric of one system, with an interval from resampled groups ({@link bootstrapEstimate}). The mean of
 * scores in [0, 1] gets Wilson's interval for clustered items ({@link meanInterval}), which also holds
 * where all answers are right, or all wrong.
 */
export function estimateMetric(
  metric: Metric,
  items: readonly ScoredItem[],
  settings: ResamplingSettings,
): MetricEstimate {
  const applied = items.flatMap((item) => {
    const terms = metric.terms(item);
    return terms ? [{ terms, group: item.group }] : [];
  });
  const clusters = clusterTerms(
    applied.map(({ terms }) => terms),
    applied.map(({ group }) => group),
  );
  const { items: n, count: groups } = clusters;
  const value = metric.value(clusters.totals);
  if (metric.unit === 'share' && isMean(metric, clusters)) {
    return { n, groups, value, interval: meanInterval(clusters, settings.confidence) };
  }
  const bounds = metric.unit === 'share' ? { low: 0, high: 1 } : unbounded;
  const { interval } = bootstrapEstimate(clusters, (sums) => metric.value(sums), bounds, settings);
  return { n, groups, value, interval };
}

/** Whether the metric is the mean over items as far as these can show: of each group, and of all. */
function isMean(metric: Metric, { width, count, sums, sizes, totals, items }: Clusters): boolean {
  if (width !== 2 || totals[1] !== items || metric.value(totals) !== ratio(totals)) return false;
  return sizes.every((size, cluster) => {
    const own = sums.subarray(cluster * width, (cluster + 1) * width);
    return own[1] === size && metric.value(own) === ratio(own) && count > 0;
  });
}

/**
 * Compares a metric of two systems on the same items ({@link compareTerms}). The difference is candidate minus baseline
 * in the metric's own unit, whether higher is better or not. Items that the metric applies to on one
 * side only are left out on both.
 *
 * @param candidate items of one system
 * @param baseline the same items of the other, in the same order; the groups are the candidate's
 */
export function compareMetric(
  metric: Metric,
  candidate: readonly ScoredItem[],
  baseline: readonly ScoredItem[],
  settings: ResamplingSettings,
): PairedComparison {
  const pairs = candidate.flatMap((item, index) => {
    const own = metric.terms(item);
    const other = metric.terms(baseline[index]!);
    return own && other ? [{ own, other, group: item.group }] : [];
  });
  return compareTerms(
    pairs.map(({ own }) => own),
    pairs.map(({ other }) => other),
    pairs.map(({ group }) => group),
    { value: (sums) => metric.value(sums), share: metric.unit === 'share' },
    settings,
  );
}
