/**
 * The judge model of an evaluation.
 * @module
 */

import { spreadOverTasks } from '../../../data/spread-over-tasks.js';
import { answersFile, listAnswers, readAnswers, type ScoredItem } from '../../../evaluate/answers-file.js';
import { askJudge } from '../../../evaluate/judge/ask-judge.js';
import type { System } from '../../../evaluate/system.js';
import { systemName } from '../../../recipe/evaluation/systems.js';
import { stageLine } from '../job.js';
import type { OpenedBenchmark } from './benchmarks.js';
import type { EvaluationSetting } from './setting.js';
import { candidateOf, openSystem } from './systems.js';

/** Lets the judge that the evaluation names judge written answers; without one, nothing happens. */
export async function judgeAnswers(
  setting: EvaluationSetting,
  benchmarks: readonly OpenedBenchmark[],
): Promise<void> {
  const settings = setting.evaluation.judge;
  if (!settings) return;
  const judged = benchmarks.filter(
    ({ benchmark, entry, isProbe }) =>
      benchmark.output === 'generate' && !isProbe && (settings.benchmarks?.includes(entry.name) ?? true),
  );
  const judge = await openSystem(settings.system, setting);
  try {
    for (const { benchmark } of judged) await judgeBenchmark(setting, benchmark.name, judge);
  } finally {
    await judge.close();
  }
}

async function judgeBenchmark(setting: EvaluationSetting, benchmark: string, judge: System): Promise<void> {
  const { runDirectory, evaluation, seed, onProgress, signal } = setting;
  const settings = evaluation.judge!;
  const answers = await readAllAnswers(setting, benchmark, settings.max_items);
  const candidate = candidateOf(evaluation);
  const others = [...answers.keys()].filter((name) => name !== candidate);
  const judgements = await askJudge({
    judge,
    directory: runDirectory,
    benchmark,
    answers,
    pairs:
      settings.pairwise && answers.has(candidate) ? others.map((other) => [candidate, other] as const) : [],
    criteria: settings.criteria,
    votes: settings.votes,
    showReference: settings.show_reference,
    temperature: settings.temperature,
    seed,
    onProgress,
    signal,
  });
  setting.note(stageLine('judge', `${judge.name} on ${benchmark}: ${judgements.length} judgements`));
}

/** The answers of every system to the items that are judged, the same items of each. */
async function readAllAnswers(
  { evaluation, runDirectory }: EvaluationSetting,
  benchmark: string,
  most: number | null,
): Promise<Map<string, readonly ScoredItem[]>> {
  const present = (await listAnswers(runDirectory)).get(benchmark) ?? [];
  const names = evaluation.systems
    .map((system) => systemName(system, evaluation))
    .filter((name) => present.includes(name));
  const answers = new Map<string, readonly ScoredItem[]>();
  let chosen: Set<string> | undefined;
  for (const name of names) {
    const items = await readAnswers(answersFile(runDirectory, benchmark, name));
    chosen ??= new Set(spreadOverTasks(items, most).map(({ id }) => id));
    answers.set(
      name,
      items.filter(({ id }) => chosen!.has(id)),
    );
  }
  return answers;
}
