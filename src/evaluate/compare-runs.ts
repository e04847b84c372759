/**
 * One run against another, or several seeds of one recipe against several of another.
 * @module
 */
import { basename, resolve } from 'node:path';
import { AttuneError } from '../errors.js';
import { answersFile, listAnswers, readAnswers, type ScoredItem } from './answers-file.js';
import { metricsOfCard, readBenchmarkCard } from './benchmarks/card.js';
import { type Comparison, compareSystems, type Judgement, judge } from './comparison.js';
import type { ResamplingSettings } from './statistics/bootstrap.js';
import { compareSeeds, type SeedComparison } from './statistics/seeds.js';

/** What {@link compareRuns} needs. */
export interface CompareRunsOptions {
  /** Run folder of the candidate and of the baseline; the same folder where two of its systems are compared. */
  runs: [string, string];
  /** System of each run. */
  systems: [string, string];
  /** Default: the main metric of each benchmark. */
  metric?: string;
  wantedDifference: number;
  resampling: ResamplingSettings;
}

/**
 * Compares two runs on the items that both answered, benchmark by benchmark. In the result the systems carry the runs'
 * folder names, or their paths where these are equal; two systems of one run keep their names.
 *
 * @throws AttuneError when the runs share no benchmark or an item has different references
 */
export async function compareRuns(options: CompareRunsOptions): Promise<Comparison[]> {
  const { runs, systems, metric, wantedDifference, resampling } = options;
  const comparisons: Comparison[] = [];
  for (const benchmark of await sharedBenchmarks(runs, systems)) {
    const card = await readBenchmarkCard(runs[0], benchmark);
    const [candidate, baseline] = await Promise.all(
      runs.map((run, side) => readAnswers(answersFile(run, benchmark, systems[side]!))),
    );
    comparisons.push(
      compareSystems(candidate!, baseline!, {
        benchmark,
        systems: labelsOf(runs, systems),
        metric: metric ?? card.metric,
        metrics: metricsOfCard(card),
        wantedDifference,
        resampling,
      }),
    );
  }
  return comparisons;
}

async function sharedBenchmarks(runs: readonly string[], systems: readonly string[]): Promise<string[]> {
  const answered = await Promise.all(runs.map(listAnswers));
  const shared = [...answered[0]!.keys()].filter((benchmark) =>
    answered.every((one, side) => one.get(benchmark)?.includes(systems[side]!)),
  );
  if (shared.length > 0) return shared;
  for (const [side, run] of runs.entries()) {
    const known = [...new Set([...answered[side]!.values()].flat())];
    if (known.includes(systems[side]!)) continue;
    throw new AttuneError(`the run has no answers of ${systems[side]}`, {
      file: run,
      field: '--system',
      fix:
        known.length > 0
          ? `name another system with --system or --baseline-system: ${known.sort().join(', ')}`
          : 'name the folder of a run that was evaluated',
    });
  }
  throw new AttuneError('the runs have no benchmark in common', {
    file: runs.at(-1),
    fix: 'run `attune evaluate` for all of them with the same benchmarks',
  });
}

function labelsOf(runs: readonly [string, string], systems: readonly [string, string]): [string, string] {
  const names = runs.map((run) => basename(resolve(run)));
  if (resolve(runs[0]) === resolve(runs[1]) && systems[0] !== systems[1]) return [...systems];
  const labels: [string, string] = names[0] === names[1] ? [...runs] : [names[0]!, names[1]!];
  return systems[0] === systems[1] ? labels : [`${labels[0]} ${systems[0]}`, `${labels[1]} ${systems[1]}`];
}

/** Several runs of one recipe, each with a seed of its own, against several of another. */
export interface SeedsResult extends SeedComparison {
  benchmark: string;
  metric: string;
  /** Folder names of the runs. */
  candidates: string[];
  baselines: string[];
  /** Mean score of each run. */
  candidateMeans: number[];
  baselineMeans: number[];
  confidence: number;
  /** As of two runs, and besides the interval over the seeds' means has to lie on the same side of zero. */
  verdict: Judgement;
}

/** What {@link compareSeedRuns} needs. */
export interface CompareSeedsOptions {
  candidates: readonly string[];
  baselines: readonly string[];
  system: string;
  metric?: string;
  resampling: ResamplingSettings;
}

/**
 * Compares the means over seeds: what is left of a difference when both were trained again.
 *
 * @throws AttuneError when the runs share no benchmark, or the metric is no mean of single scores
 */
export async function compareSeedRuns(options: CompareSeedsOptions): Promise<SeedsResult[]> {
  const { candidates, baselines, system, resampling } = options;
  const runs = [...candidates, ...baselines];
  const results: SeedsResult[] = [];
  for (const benchmark of await sharedBenchmarks(
    runs,
    runs.map(() => system),
  )) {
    const card = await readBenchmarkCard(runs[0]!, benchmark);
    const metric = options.metric ?? card.metric;
    const answers = await Promise.all(runs.map((run) => readAnswers(answersFile(run, benchmark, system))));
    const { scores, groups } = alignScores(answers, runs, metric);
    const comparison = compareSeeds(
      scores.slice(0, candidates.length),
      scores.slice(candidates.length),
      groups,
      resampling,
    );
    const { interval, pValue } = comparison.items;
    const verdict = comparison.agrees ? judge({ interval, pValue }, resampling.confidence) : 'cannot tell';
    results.push({
      ...comparison,
      benchmark,
      metric,
      candidates: candidates.map((run) => basename(resolve(run))),
      baselines: baselines.map((run) => basename(resolve(run))),
      candidateMeans: scores.slice(0, candidates.length).map(mean),
      baselineMeans: scores.slice(candidates.length).map(mean),
      confidence: resampling.confidence,
      verdict,
    });
  }
  return results;
}

/** Scores by run and item, of the items that all runs answered. */
function alignScores(
  answers: readonly ScoredItem[][],
  runs: readonly string[],
  metric: string,
): { scores: number[][]; groups: string[] } {
  const byId = answers.map((items) => new Map(items.map((item) => [item.id, item])));
  const shared = answers[0]!.filter(({ id }) => byId.every((items) => items.has(id)));
  if (shared.length === 0) {
    throw new AttuneError('the runs have no item in common', { fix: 'evaluate them on the same data set' });
  }
  const scores = byId.map((items, run) =>
    shared.map(({ id, reference }) => {
      const item = items.get(id)!;
      if (item.reference !== reference) {
        throw new AttuneError(`the item ${id} has another reference in ${runs[run]} than in ${runs[0]}`, {
          fix: 'evaluate them on the same data set',
        });
      }
      const score = item.scores[metric];
      if (score === undefined) {
        throw new AttuneError(`the item ${id} has no score "${metric}"`, {
          field: '--metric',
          fix: `seeds are compared by the score of each item: choose one of ${Object.keys(item.scores).join(', ')}`,
        });
      }
      return score;
    }),
  );
  return { scores, groups: shared.map(({ group }) => group) };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
