/**
 * `verdict.json`: the tuned model against every form of the base, and one run against another.
 * @module
 */
import { access } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AttuneError } from '../errors.js';
import { readJson, writeJson } from '../files.js';
import type { EvaluationSettings } from '../recipe/evaluation.js';
import { answersFile, listAnswers, readAnswers } from './answers-file.js';
import { type Comparison, compareSystems } from './comparison.js';
import type { ResamplingSettings } from './statistics/bootstrap.js';
import type { GenerationSettings } from './system.js';

/** A system's short name, which is also its file name: `base`, `base-3-shot`, `tuned`. */
export function systemName(
  system: EvaluationSettings['systems'][number],
  { few_shot_examples }: Pick<EvaluationSettings, 'few_shot_examples'>,
): string {
  return system === 'base_few_shot' ? `base-${few_shot_examples}-shot` : system;
}

/** The part of the settings that generation needs. */
export function generationSettings(settings: EvaluationSettings, seed: number): GenerationSettings {
  const { max_new_tokens, temperature, top_p, top_k } = settings;
  return { max_new_tokens, temperature, top_p, top_k, seed };
}

/** What a verdict needs of the recipe. */
export type VerdictSettings = Pick<
  EvaluationSettings,
  'systems' | 'few_shot_examples' | 'benchmarks' | 'metric' | 'confidence' | 'bootstrap_resamples'
>;

/**
 * Compares `tuned` with every other system of the recipe on every benchmark, from the answers in the run folder,
 * and writes `verdict.json`, one entry a comparison. A recipe without `tuned`, or with nothing else, gives no entry.
 *
 * @throws AttuneError when a file of answers is missing or broken
 */
export async function writeVerdict(
  runDirectory: string,
  settings: VerdictSettings,
  seed: number,
): Promise<Comparison[]> {
  const names = settings.systems.map((system) => systemName(system, settings));
  const comparisons: Comparison[] = [];
  for (const { name: benchmark } of names.includes('tuned') ? settings.benchmarks : []) {
    const tuned = await readAnswers(answersFile(runDirectory, benchmark, 'tuned'));
    for (const baseline of names.filter((name) => name !== 'tuned')) {
      const answers = await readAnswers(answersFile(runDirectory, benchmark, baseline));
      comparisons.push(
        compareSystems(tuned, answers, {
          benchmark,
          systems: ['tuned', baseline],
          metric: settings.metric,
          resampling: resamplingOf(settings, seed),
        }),
      );
    }
  }
  await writeJson(join(runDirectory, 'verdict.json'), comparisons);
  return comparisons;
}

/** Reads `verdict.json`; undefined when the run has none. */
export async function readVerdict(runDirectory: string): Promise<Comparison[] | undefined> {
  const file = join(runDirectory, 'verdict.json');
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const entries = await readJson<Comparison[]>(file);
  if (!Array.isArray(entries) || entries.some((entry) => !entry?.scores || !Array.isArray(entry.tasks))) {
    throw new AttuneError('is not a list of comparisons', { file, fix: 'run `attune evaluate` again' });
  }
  return entries;
}

/** What {@link compareRuns} needs. */
export interface CompareRunsOptions {
  /** Run folders; the first is the candidate. */
  runs: [string, string];
  /** System of each run, by default `tuned`. */
  system?: string;
  metric: string;
  confidence: number;
  resamples: number;
  seed: number;
}

/**
 * Compares the same system of two runs on the items that both answered, benchmark by benchmark. In the result
 * the systems carry the runs' folder names, or their paths where these are equal.
 *
 * @throws AttuneError when the runs share no benchmark or an item has different references
 */
export async function compareRuns(options: CompareRunsOptions): Promise<Comparison[]> {
  const { runs, system = 'tuned', metric, confidence, resamples, seed } = options;
  const [first, second] = await Promise.all(runs.map(listAnswers));
  const shared = [...first!]
    .filter(([benchmark, systems]) => systems.includes(system) && second!.get(benchmark)?.includes(system))
    .map(([benchmark]) => benchmark);
  if (shared.length === 0) {
    throw new AttuneError(`the runs have no benchmark in common that ${system} has answered`, {
      file: runs[1],
      fix: 'run `attune evaluate` for both runs with the same benchmarks',
    });
  }
  const comparisons: Comparison[] = [];
  for (const benchmark of shared) {
    const [candidate, baseline] = await Promise.all(
      runs.map((run) => readAnswers(answersFile(run, benchmark, system))),
    );
    comparisons.push(
      compareSystems(candidate!, baseline!, {
        benchmark,
        systems: runLabels(runs),
        metric,
        resampling: { confidence, resamples, seed },
      }),
    );
  }
  return comparisons;
}

function runLabels(runs: [string, string]): [string, string] {
  const names = runs.map((run) => basename(resolve(run)));
  return names[0] === names[1] ? runs : [names[0]!, names[1]!];
}

function resamplingOf(settings: VerdictSettings, seed: number): ResamplingSettings {
  return { confidence: settings.confidence, resamples: settings.bootstrap_resamples, seed };
}
