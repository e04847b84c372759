/**
 * Asks the systems of an evaluation, compares them and reports.
 * @module
 */
import type { Message } from '../../../data/example.js';
import type { Benchmark } from '../../../evaluate/benchmarks/benchmark.js';
import { itemOfExample } from '../../../evaluate/benchmarks/held-out.js';
import type { Comparison } from '../../../evaluate/comparison.js';
import { figureOf } from '../../../evaluate/metrics/metric.js';
import { type Participants, writeParticipants } from '../../../evaluate/participants.js';
import { writeReport } from '../../../evaluate/report/write-report.js';
import { evaluateSystem, type SystemEvaluation } from '../../../evaluate/runner.js';
import type { System } from '../../../evaluate/system.js';
import { writeVerdict } from '../../../evaluate/verdict.js';
import { chooseWorkedExamples } from '../../../evaluate/worked-examples.js';
import { systemName } from '../../../recipe/evaluation/systems.js';
import type { EvaluationSettings } from '../../../recipe/evaluation.js';
import { shownPath, stageLine } from '../job.js';
import { forgettingName, type OpenedBenchmark } from './benchmarks.js';
import type { EvaluationSetting } from './setting.js';
import { candidateOf, describeSystem, openSystem, type SystemEntry, systemType } from './systems.js';

/** What a system reached on a benchmark. */
export interface SystemScores {
  benchmark: string;
  system: string;
  items: number;
  /** The metrics that apply, by name. */
  metrics: Record<string, number>;
}

/**
 * Lets systems answer benchmarks. Answers that are there already and still hold are kept.
 *
 * @param entries of the evaluation's systems, those to be asked now
 */
export async function evaluateSystems(
  setting: EvaluationSetting,
  benchmarks: readonly OpenedBenchmark[],
  entries: readonly SystemEntry[],
): Promise<SystemScores[]> {
  const scores: SystemScores[] = [];
  for (const entry of entries) {
    const asked = benchmarks.filter((benchmark) => answers(entry, benchmark, setting.evaluation));
    if (asked.length === 0) continue;
    const system = await openSystem(entry, setting, firstConversations(asked));
    try {
      for (const { benchmark } of asked) {
        const evaluation = await evaluateSystem({
          system,
          benchmark,
          settings: generationSettings(setting),
          directory: setting.runDirectory,
          fewShot: entry === 'base_few_shot' ? await workedExamples(setting, benchmark) : undefined,
          onProgress: setting.onProgress,
          signal: setting.signal,
        });
        scores.push(scoresOf(evaluation, benchmark));
        noteGaps(setting, system, evaluation.items.length, benchmark);
        setting.note(
          stageLine('evaluate', describeEvaluation(evaluation, benchmark), evaluation.asked === 0),
        );
      }
    } finally {
      await system.close();
    }
  }
  return scores;
}

/** Conversations of each benchmark that are compared byte by byte where a system has a template of its own. */
const comparedConversations = 8;

function firstConversations(benchmarks: readonly OpenedBenchmark[]): Message[][] {
  return benchmarks.flatMap(({ benchmark }) =>
    benchmark.items
      .slice(0, comparedConversations)
      .flatMap(({ prompt }) => (prompt.messages ? [prompt.messages] : [])),
  );
}

function noteGaps({ note }: EvaluationSetting, system: System, answered: number, asked: Benchmark): void {
  if (answered === asked.items.length) return;
  note(
    `note: ${system.name} answered ${answered} of ${asked.items.length} items of ${asked.name}; its figures are of these`,
  );
  const wanted = new Set(asked.items.map(({ id }) => id));
  const strays = [...(system.ids ?? [])].filter((id) => !wanted.has(id));
  if (strays.length === 0) return;
  note(
    `note: ${strays.length} of its answers belong to no item that is asked, ${JSON.stringify(strays[0])} for one`,
  );
}

function scoresOf({ system, items }: SystemEvaluation, { name, metrics }: Benchmark): SystemScores {
  const values = metrics.map((metric): [string, number] => [metric.name, figureOf(metric, items)]);
  return {
    benchmark: name,
    system,
    items: items.length,
    metrics: Object.fromEntries(values.filter(([, value]) => Number.isFinite(value))),
  };
}

/** Whether a system is asked a benchmark's items. */
function answers(entry: SystemEntry, opened: OpenedBenchmark, evaluation: EvaluationSettings): boolean {
  if (opened.isProbe) return entry === 'base' || systemName(entry, evaluation) === candidateOf(evaluation);
  if (entry === 'base_few_shot') return opened.ownData;
  return typeof entry === 'string' || (entry.benchmarks?.includes(opened.entry.name) ?? true);
}

/** From tasks that the benchmark asks: the data may hold others, definitions for example, which would mislead. */
async function workedExamples({ examples, evaluation }: EvaluationSetting, { items }: Benchmark) {
  const asked = new Set(items.map(({ task }) => task));
  const training = await examples('train');
  const fitting = training.filter(({ task }) => asked.has(task));
  const chosen = chooseWorkedExamples(fitting.length > 0 ? fitting : training, evaluation.few_shot_examples);
  return chosen.map(itemOfExample);
}

function generationSettings({ evaluation, seed }: EvaluationSetting) {
  const { max_new_tokens, temperature, top_p, top_k } = evaluation;
  return { max_new_tokens, temperature, top_p, top_k, seed };
}

function describeEvaluation({ system, items }: SystemEvaluation, benchmark: Benchmark): string {
  const metric = benchmark.metrics.find(({ name }) => name === benchmark.metric);
  const value = metric ? figureOf(metric, items) : Number.NaN;
  const shown = metric?.unit === 'share' ? `${(100 * value).toFixed(1)} %` : value.toPrecision(4);
  return `${system} on ${benchmark.name}: ${benchmark.metric} ${shown} of ${items.length} items`;
}

/** Compares the systems and writes `verdict.json` and `report.html`. */
export async function concludeEvaluation(
  setting: EvaluationSetting,
  benchmarks: readonly OpenedBenchmark[],
): Promise<{ comparisons: Comparison[]; report: string }> {
  const { evaluation, runDirectory, seed } = setting;
  const participants = participantsOf(setting);
  await writeParticipants(runDirectory, participants);
  const comparisons = await writeVerdict(runDirectory, {
    participants,
    benchmarks: benchmarks.map(({ benchmark }) => benchmark.name),
    metrics: new Map(benchmarks.map(({ benchmark }) => [benchmark.name, benchmark.metric])),
    forgetting: evaluation.forgetting
      ? { benchmark: forgettingName, max_loss: evaluation.forgetting.max_loss }
      : undefined,
    wantedDifference: evaluation.wanted_difference,
    resampling: { confidence: evaluation.confidence, resamples: evaluation.bootstrap_resamples, seed },
  });
  const report = await writeReport(runDirectory);
  setting.note(stageLine('report', shownPath(report)));
  return { comparisons, report };
}

function participantsOf({ evaluation, stageSystems }: EvaluationSetting): Participants {
  const systems = evaluation.systems.map((system) => ({
    name: systemName(system, evaluation),
    type: systemType(system),
    description: describeSystem(system),
  }));
  const stages = stageSystems.map((name) => ({ name, type: 'stage' }));
  return { candidate: candidateOf(evaluation), systems: [...systems, ...stages] };
}
