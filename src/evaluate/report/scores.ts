/**
 * Scores of the systems with their intervals, in all and by task.
 * @module
 */
import type { ScoredItem } from '../answers-file.js';
import { groupBy } from '../group-by.js';
import { type Metric, meanOf } from '../metrics/metric.js';
import { estimateMetric, type MetricEstimate } from '../statistics/metric-statistics.js';
import type { BenchmarkAnswers } from './input.js';
import { scoreResampling } from './resampling.js';

/** A metric over some items; undefined where it applies to none. */
export function estimate(
  items: readonly ScoredItem[],
  metric: Metric,
  confidence: number,
): MetricEstimate | undefined {
  const estimated = estimateMetric(metric, items, scoreResampling(confidence));
  return estimated.n > 0 && !Number.isNaN(estimated.value) ? estimated : undefined;
}

/** The metric that the page shows of a benchmark by system and task. */
export function mainMetric({ metrics, card }: BenchmarkAnswers, name: string = card.metric): Metric {
  return metrics.find((metric) => metric.name === name) ?? meanOf(name);
}

/** A metric of every system by task, tasks in the order of their names. */
export function scoresByTask(
  { systems }: BenchmarkAnswers,
  metric: Metric,
  confidence: number,
): { task: string; scores: (MetricEstimate | undefined)[] }[] {
  const parts = systems.map(({ items }) => groupBy(items, ({ task }) => task));
  const tasks = [...new Set(parts.flatMap((part) => [...part.keys()]))].sort();
  return tasks.map((task) => ({
    task,
    scores: parts.map((part) => estimate(part.get(task) ?? [], metric, confidence)),
  }));
}

/** Name of the scorer by which single answers are right or wrong: the main metric's own, or the benchmark's first. */
export function metricOfAnswers({ card }: BenchmarkAnswers, main: Metric): string | undefined {
  return card.scorers.includes(main.name) ? main.name : card.scorers[0];
}
