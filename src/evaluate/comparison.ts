/**
 * Is one system better than another? A figure with its uncertainty, and a rule that may say "cannot tell".
 * @module
 */
import { AttuneError } from '../errors.js';
import type { ScoredItem } from './answers-file.js';
import { groupBy } from './group-by.js';
import type { ResamplingSettings } from './statistics/bootstrap.js';
import { comparePaired, type PairedComparison } from './statistics/paired.js';
import { holm } from './statistics/permutation.js';

/** What the figures allow to say about the candidate. */
export type Judgement = 'better' | 'worse' | 'cannot tell';

/** The figures of one comparison, on all items or on those of one task. */
export interface ComparisonFigures {
  /** Items that both systems answered. */
  n: number;
  /** Groups of these items; statistics draw whole groups. */
  groups: number;
  /** Mean score by system. */
  scores: Record<string, number>;
  /** Candidate minus baseline. */
  difference: number;
  /** Of the difference, at the level `confidence`. */
  confidence_interval: [number, number];
  /** Permutation test, two-sided; of tasks adjusted for their number (Holm). */
  p_value: number;
  verdict: Judgement;
}

/** A comparison of two systems: one entry of `verdict.json`. */
export interface Comparison extends ComparisonFigures {
  benchmark: string;
  /** Candidate first, baseline second. */
  systems: [string, string];
  metric: string;
  confidence: number;
  resamples: number;
  seed: number;
  /** Items that the candidate has right (score 1) and the baseline wrong. */
  fixed: number;
  /** Items that the candidate has wrong and the baseline right. */
  broken: number;
  tasks: (ComparisonFigures & { task: string })[];
}

/** What is compared, and how sure the answer has to be. */
export interface CompareOptions {
  benchmark: string;
  /** Names of candidate and baseline. */
  systems: [string, string];
  metric: string;
  resampling: ResamplingSettings;
}

/**
 * The stated rule: `better` or `worse` only where the interval of the difference excludes zero and the permutation
 * test gives p below 1 - confidence. Two different methods have to agree; otherwise `cannot tell`.
 */
export function judge({ interval, pValue }: PairedComparison, confidence: number): Judgement {
  // 1 - 0.95 is a little more than 0.05 in binary.
  if (pValue >= 1 - confidence - 1e-12) return 'cannot tell';
  if (interval.low > 0) return 'better';
  return interval.high < 0 ? 'worse' : 'cannot tell';
}

/**
 * Compares two systems on the items that both answered, in all and task by task.
 *
 * @throws AttuneError when they share no item, when an item has two references, or for an unknown metric
 */
export function compareSystems(
  candidate: readonly ScoredItem[],
  baseline: readonly ScoredItem[],
  options: CompareOptions,
): Comparison {
  const { confidence, resamples, seed } = options.resampling;
  const pairs = pairItems(candidate, baseline, options);
  const byTask = [...groupBy(pairs, ({ task }) => task)].sort(([a], [b]) => (a < b ? -1 : 1));
  const compared = byTask.map(([, selected]) => comparePairs(selected, options.resampling));
  const adjusted = holm(compared.map(({ pValue }) => pValue));
  return {
    benchmark: options.benchmark,
    systems: options.systems,
    metric: options.metric,
    ...figures(comparePairs(pairs, options.resampling), options),
    confidence,
    resamples,
    seed,
    fixed: pairs.filter((pair) => pair.candidate === 1 && pair.baseline < 1).length,
    broken: pairs.filter((pair) => pair.candidate < 1 && pair.baseline === 1).length,
    tasks: byTask.map(([task], index) => ({
      task,
      ...figures({ ...compared[index]!, pValue: adjusted[index]! }, options),
    })),
  };
}

/** The two scores of one item. */
interface Pair {
  task: string;
  group: string;
  candidate: number;
  baseline: number;
}

function pairItems(
  candidate: readonly ScoredItem[],
  baseline: readonly ScoredItem[],
  { systems, metric, benchmark }: CompareOptions,
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
    const scores = [item.scores[metric], other.scores[metric]];
    if (scores[0] === undefined || scores[1] === undefined) {
      throw new AttuneError(`the item ${item.id} has no score "${metric}"`, {
        field: 'evaluation.metric',
        fix: `choose one of ${Object.keys(item.scores).join(', ')}`,
      });
    }
    pairs.push({ task: item.task, group: item.group, candidate: scores[0], baseline: scores[1] });
  }
  if (pairs.length === 0) {
    throw new AttuneError(`${systems.join(' and ')} have no item of ${benchmark} in common`, {
      fix: 'evaluate both on the same data set',
    });
  }
  return pairs;
}

function comparePairs(pairs: readonly Pair[], resampling: ResamplingSettings): PairedComparison {
  return comparePaired(
    pairs.map((pair) => pair.candidate),
    pairs.map((pair) => pair.baseline),
    pairs.map((pair) => pair.group),
    resampling,
  );
}

function figures(comparison: PairedComparison, { systems, resampling }: CompareOptions): ComparisonFigures {
  return {
    n: comparison.n,
    groups: comparison.groups,
    scores: { [systems[0]]: comparison.candidate, [systems[1]]: comparison.baseline },
    difference: comparison.difference,
    confidence_interval: [comparison.interval.low, comparison.interval.high],
    p_value: comparison.pValue,
    verdict: judge(comparison, resampling.confidence),
  };
}
