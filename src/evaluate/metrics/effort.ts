/**
 * What written answers take: time, tokens, money, and whether they end.
 * @module
 */
import type { ScoredItem } from '../answers-file.js';
import type { Metric } from './metric.js';

/** Share of the written answers that ended by themselves and not at the length limit. */
export const stopRate: Metric = mean('stop_rate', 'share', true, (item) =>
  item.likelihoods || item.text_likelihood ? undefined : Number(item.stopped),
);

/** Mean seconds from question to answer, where measured. */
export const latencyMean: Metric = mean('latency_mean', 'seconds', false, ({ seconds }) => seconds);

/** Mean tokens of an answer, where known. */
export const newTokensMean: Metric = mean('new_tokens_mean', 'tokens', false, ({ new_tokens }) => new_tokens);

/** Mean cost of an answer, where known, in the currency of the system's prices. */
export const costPerItem: Metric = mean('cost_per_item', 'money', false, ({ cost }) => cost);

/** Cost of all answers together, in the currency of the system's prices. */
export const costTotal: Metric = {
  ...costPerItem,
  name: 'cost_total',
  value: (sums) => (sums[1] === 0 ? Number.NaN : sums[0]!),
};

function mean(
  name: string,
  unit: Metric['unit'],
  higherIsBetter: boolean,
  amount: (item: ScoredItem) => number | undefined,
): Metric {
  return {
    name,
    higherIsBetter,
    unit,
    terms(item) {
      const value = amount(item);
      return value === undefined ? undefined : [value, 1];
    },
    value: (sums) => sums[0]! / sums[1]!,
  };
}

/** How long answers took, in seconds: half of them at most `p50`, 95 of 100 at most `p95`. */
export interface LatencyPercentiles {
  /** Answers whose time was measured. */
  count: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  longest: number;
}

/**
 * Percentiles of the measured latencies by the nearest rank, so each is the time of a real answer. They are no function of
 * sums and so no {@link Metric}. Undefined where nothing was measured.
 */
export function latencyPercentiles(items: readonly ScoredItem[]): LatencyPercentiles | undefined {
  const sorted = Float64Array.from(items.flatMap(({ seconds }) => seconds ?? [])).sort();
  const count = sorted.length;
  if (count === 0) return undefined;
  const percentile = (percent: number): number => sorted[Math.ceil((percent * count) / 100) - 1]!;
  return {
    count,
    p50: percentile(50),
    p90: percentile(90),
    p95: percentile(95),
    p99: percentile(99),
    longest: sorted[count - 1]!,
  };
}
