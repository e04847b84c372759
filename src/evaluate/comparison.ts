/**
 * Is one system better than another? Figures with their uncertainty, and a rule that may say "cannot tell".
 * @module
 */
import { AttuneError } from '../errors.js';
import type { ScoredItem } from './answers-file.js';
import { groupBy } from './group-by.js';
import type { Metric } from './metrics/metric.js';
import type { ResamplingSettings } from './statistics/bootstrap.js';
import { exactMcNemar } from './statistics/mcnemar.js';
import { compareMetric } from './statistics/metric-statistics.js';
import type { PairedComparison } from './statistics/paired.js';
import { holm } from './statistics/permutation.js';
import { minimumDetectableEffect, requiredItems } from './statistics/power.js';

/** What the figures allow to say about the candidate. */
export type Judgement = 'better' | 'worse' | 'cannot tell';

/** The figures of one comparison, by one metric, on all items or on those of one task. */
export interface ComparisonFigures {
  /** Items that both systems answered and the metric applies to. */
  n: number;
  /** Groups of these items; statistics draw whole groups. */
  groups: number;
  /** The metric by system. */
  scores: Record<string, number>;
  /** Candidate minus baseline. */
  difference: number;
  /** Of the difference, at the level `confidence`. */
  confidence_interval: [number, number];
  /** Permutation test, two-sided; of tasks, and of further metrics, adjusted for their number (Holm). */
  p_value: number;
  verdict: Judgement;
}

/** By how much the systems would have to differ, or how many items there would have to be. */
export interface Power {
  /** Smallest true difference that these items show with a probability of 80 %. */
  detectable_difference: number;
  /** The difference that is asked about, and what showing it would take at the present size of groups. */
  wanted_difference: number;
  required_items: number;
  required_groups: number;
}

/** A comparison of two systems: one entry of `verdict.json`. */
export interface Comparison extends ComparisonFigures {
  benchmark: string;
  /** Candidate first, baseline second. */
  systems: [string, string];
  metric: string;
  unit: Metric['unit'];
  higher_is_better: boolean;
  confidence: number;
  resamples: number;
  seed: number;
  /** Items that the candidate has right (score 1) and the baseline wrong. */
  fixed: number;
  /** Items that the candidate has wrong and the baseline right. */
  broken: number;
  /** Exact McNemar test of fixed against broken, which takes items for independent; where scores are 0 or 1. */
  mcnemar_p_value?: number;
  power?: Power;
  /** Whether the baseline are a person's answers. */
  expert?: boolean;
  /** On the benchmark of forgetting: the largest loss that is put up with, and whether the true loss stays below it. */
  forgetting?: { max_loss: number; outcome: 'kept' | 'lost' | 'cannot tell' };
  /** The same figures by every other metric of the benchmark. */
  metrics: (ComparisonFigures & Pick<Comparison, 'metric' | 'unit' | 'higher_is_better'>)[];
  tasks: (ComparisonFigures & { task: string })[];
}

/** What is compared, and how sure the answer has to be. */
export interface CompareOptions {
  benchmark: string;
  /** Names of candidate and baseline. */
  systems: [string, string];
  /** What the verdict rests on, by name. */
  metric: string;
  /** All metrics of the benchmark. */
  metrics: readonly Metric[];
  /** Difference that {@link Power} is asked about. */
  wantedDifference: number;
  resampling: ResamplingSettings;
}

/**
 * The stated rule: `better` or `worse` only where the interval of the difference excludes zero and the permutation
 * test gives p below 1 - confidence. Two different methods have to agree; otherwise `cannot tell`.
 */
export function judge(
  { interval, pValue }: Pick<PairedComparison, 'interval' | 'pValue'>,
  confidence: number,
  higherIsBetter = true,
): Judgement {
  // 1 - 0.95 is a little more than 0.05 in binary.
  if (!(pValue < 1 - confidence - 1e-12)) return 'cannot tell';
  if (interval.low > 0) return higherIsBetter ? 'better' : 'worse';
  if (interval.high < 0) return higherIsBetter ? 'worse' : 'better';
  return 'cannot tell';
}

/**
 * Compares two systems on the items that both answered: by the main metric in all and task by task, and by every other
 * metric.
 *
 * @throws AttuneError when they share no item, when an item has two references, or for an unknown metric
 */
export function compareSystems(
  candidate: readonly ScoredItem[],
  baseline: readonly ScoredItem[],
  options: CompareOptions,
): Comparison {
  const { confidence, resamples, seed } = options.resampling;
  const main = findMetric(options);
  const pairs = pairItems(candidate, baseline, options);
  const byTask = [...groupBy(pairs, ([item]) => item.task)].sort(([a], [b]) => (a < b ? -1 : 1));
  const tasks = adjusted(byTask.map(([, selected]) => compare(selected, main, options)));
  const others = options.metrics.filter((metric) => metric !== main);
  const metrics = adjusted(others.map((metric) => compare(pairs, metric, options)));
  const whole = compare(pairs, main, options);
  const changes = countChanges(pairs, main.name);
  return {
    benchmark: options.benchmark,
    systems: options.systems,
    ...describeMetric(main),
    ...figures(whole, main, options),
    confidence,
    resamples,
    seed,
    ...changes,
    power: main.unit === 'share' ? powerOf(whole, options) : undefined,
    metrics: others.flatMap((metric, index) =>
      // A metric that applies to no item (refusals where every question has an answer) has nothing to say.
      metrics[index]!.n > 0
        ? [{ ...describeMetric(metric), ...figures(metrics[index]!, metric, options) }]
        : [],
    ),
    tasks: byTask.map(([task], index) => ({ task, ...figures(tasks[index]!, main, options) })),
  };
}

function findMetric({ metric, metrics, benchmark }: CompareOptions): Metric {
  const found = metrics.find(({ name }) => name === metric);
  if (found) return found;
  throw new AttuneError(`${benchmark} has no metric "${metric}"`, {
    field: 'evaluation.metric',
    fix: `choose one of ${metrics.map(({ name }) => name).join(', ')}`,
  });
}

const describeMetric = ({ name, unit, higherIsBetter }: Metric) => ({
  metric: name,
  unit,
  higher_is_better: higherIsBetter,
});

type Pair = readonly [candidate: ScoredItem, baseline: ScoredItem];

function pairItems(
  candidate: readonly ScoredItem[],
  baseline: readonly ScoredItem[],
  { systems, benchmark }: CompareOptions,
): Pair[] {
  const others = new Map(baseline.map((item) => [item.id, item]));
  const pairs: Pair[] = [];
  for (const item of candidate) {
    const other = others.get(item.id);
    if (!other) continue;
    if (other.reference !== item.reference) {
      throw new AttuneError(
        `${systems.join(' and ')} were scored against different references of the item ${item.id}`,
        { fix: 'evaluate both on the same data set' },
      );
    }
    pairs.push([item, other]);
  }
  if (pairs.length === 0) {
    throw new AttuneError(`${systems.join(' and ')} have no item of ${benchmark} in common`, {
      fix: 'evaluate both on the same data set',
    });
  }
  return pairs;
}

function compare(pairs: readonly Pair[], metric: Metric, { resampling }: CompareOptions): PairedComparison {
  return compareMetric(
    metric,
    pairs.map(([item]) => item),
    pairs.map(([, item]) => item),
    resampling,
  );
}

/** The comparisons with p values adjusted for their number; those on no item are no tests. */
function adjusted(comparisons: readonly PairedComparison[]): PairedComparison[] {
  const tests = comparisons.filter(({ n }) => n > 0);
  const pValues = holm(tests.map(({ pValue }) => pValue));
  return comparisons.map((comparison) => {
    const test = tests.indexOf(comparison);
    return test < 0 ? comparison : { ...comparison, pValue: pValues[test]! };
  });
}

function figures(
  { n, groups, candidate, baseline, difference, interval, pValue }: PairedComparison,
  { higherIsBetter }: Metric,
  { systems, resampling }: CompareOptions,
): ComparisonFigures {
  return {
    n,
    groups,
    scores: { [systems[0]]: candidate, [systems[1]]: baseline },
    difference,
    confidence_interval: [interval.low, interval.high],
    p_value: pValue,
    verdict: judge({ interval, pValue }, resampling.confidence, higherIsBetter),
  };
}

function countChanges(
  pairs: readonly Pair[],
  metric: string,
): Pick<Comparison, 'fixed' | 'broken' | 'mcnemar_p_value'> {
  const scores = pairs.map(([one, other]) => [one.scores[metric], other.scores[metric]] as const);
  const fixed = scores.filter(([one, other]) => one === 1 && other !== undefined && other < 1).length;
  const broken = scores.filter(([one, other]) => other === 1 && one !== undefined && one < 1).length;
  const binary = scores.every((pair) => pair.every((score) => score === 0 || score === 1));
  return binary ? { fixed, broken, mcnemar_p_value: exactMcNemar(fixed, broken) } : { fixed, broken };
}

/** Undefined where the items say nothing about the spread of the difference, or the metric is no share. */
function powerOf(comparison: PairedComparison, options: CompareOptions): Power | undefined {
  const { wantedDifference, resampling } = options;
  const detectable = minimumDetectableEffect(comparison, resampling);
  if (!Number.isFinite(detectable) || comparison.standardError === 0) return undefined;
  const { items, groups } = requiredItems(wantedDifference, comparison, resampling);
  return {
    detectable_difference: detectable,
    wanted_difference: wantedDifference,
    required_items: items,
    required_groups: groups,
  };
}
