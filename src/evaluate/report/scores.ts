/**
 * Scores of the systems with their intervals, in all and by task.
 * @module
 */
import type { ScoredItem } from '../answers-file.js';
import { groupBy } from '../group-by.js';
import type { Interval } from '../statistics/bootstrap.js';
import { scoreInterval } from '../statistics/wilson.js';
import type { BenchmarkAnswers } from './input.js';

/** One system's score on some items. */
export interface Score {
  n: number;
  mean: number;
  interval: Interval;
}

/** Mean of a quantity from 0 to 1 over items, with its interval; undefined where an item lacks it. */
export function scoreOf(
  items: readonly ScoredItem[],
  quantity: (item: ScoredItem) => number | undefined,
  confidence: number,
): Score | undefined {
  const values = items.map(quantity).filter((value) => value !== undefined);
  if (values.length === 0 || values.length < items.length) return undefined;
  const groups = items.map(({ group }) => group);
  return {
    n: values.length,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    interval: scoreInterval(values, groups, confidence),
  };
}

/** Scores of every system by task, tasks in the order of their names. */
export function scoresByTask(
  { systems }: BenchmarkAnswers,
  metric: string,
  confidence: number,
): { task: string; scores: (Score | undefined)[] }[] {
  const parts = systems.map(({ items }) => groupBy(items, ({ task }) => task));
  const tasks = [...new Set(parts.flatMap((part) => [...part.keys()]))].sort();
  return tasks.map((task) => ({
    task,
    scores: parts.map((part) => scoreOf(part.get(task) ?? [], ({ scores }) => scores[metric], confidence)),
  }));
}
