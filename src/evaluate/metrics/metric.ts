/**
 * A metric: one figure over all items, made so that it can be resampled.
 * @module
 */
import type { ScoredItem } from '../answers-file.js';

/**
 * A figure over items that is a function of sums: of a mean the sum of scores and their number, of macro-F1 the
 * counts of a confusion matrix, of BLEU the n-gram matches. The bootstrap, the jackknife and the permutation test then need
 * only add the items' terms up by group, whatever the metric is.
 */
export interface Metric {
  /** Key in `verdict.json` and in the recipe's `metric`: lower case with underscores. */
  readonly name: string;
  /** For people, where the name does not say it; otherwise made from the name. */
  readonly label?: string;
  readonly higherIsBetter: boolean;
  /** `share` lies between 0 and 1 and is shown in percent; everything else is shown as a plain number with this unit. */
  readonly unit: 'share' | 'perplexity' | 'bits' | 'nats' | 'seconds' | 'tokens' | 'money' | 'coefficient';
  /** What an item adds, always as many numbers; undefined where the metric does not apply to it. */
  terms(item: ScoredItem): readonly number[] | undefined;
  /** The figure from the terms' sums; NaN where these do not determine it (no item, no positive). */
  value(sums: ArrayLike<number>): number;
}

/** Mean of a scorer's scores over the items that have one. */
export function meanOf(scorer: string): Metric {
  return {
    name: scorer,
    higherIsBetter: true,
    unit: 'share',
    terms: ({ scores }) => (scores[scorer] === undefined ? undefined : [scores[scorer], 1]),
    value: (sums) => sums[0]! / sums[1]!,
  };
}

/** The metric over some items; NaN where it applies to none of them. */
export function figureOf(metric: Metric, items: readonly ScoredItem[]): number {
  const sums: number[] = [];
  for (const item of items) {
    for (const [index, term] of (metric.terms(item) ?? []).entries()) sums[index] = (sums[index] ?? 0) + term;
  }
  return sums.length > 0 ? metric.value(sums) : Number.NaN;
}
