/**
 * The benchmarks of an evaluation.
 * @module
 */

import { spreadOverTasks } from '../../../data/spread-over-tasks.js';
import { AttuneError } from '../../../errors.js';
import type { Benchmark } from '../../../evaluate/benchmarks/benchmark.js';
import { benchmarkFile } from '../../../evaluate/benchmarks/builtin.js';
import { heldOutBenchmark } from '../../../evaluate/benchmarks/held-out.js';
import { loadBenchmark } from '../../../evaluate/benchmarks/load-benchmark.js';
import { recallBenchmark, untrainedFacts } from '../../../evaluate/benchmarks/recall.js';
import { resolveScorers } from '../../../evaluate/benchmarks/resolve-scorers.js';
import { type ResolvedScorers, scorerSpecs } from '../../../evaluate/benchmarks/scorer-specs.js';
import type { BenchmarkEntry } from '../../../recipe/evaluation/benchmarks.js';
import { nearestName } from '../../../recipe/nearest.js';
import type { EvaluationSetting } from './setting.js';
import { mayHaveForgotten } from './systems.js';

/** Name of the benchmark of forgetting in the run folder. */
export const forgettingName = 'general-probe';

/** A benchmark and who does not answer it. */
export interface OpenedBenchmark {
  entry: BenchmarkEntry;
  benchmark: Benchmark;
  /** Whether the items are a split of the recipe's data set, from which worked examples come too. */
  ownData: boolean;
  /** Whether it measures forgetting: then only the base and the candidate are asked. */
  isProbe: boolean;
}

/** Reads every benchmark that the evaluation names, the one of forgetting last. */
export async function openBenchmarks(setting: EvaluationSetting): Promise<OpenedBenchmark[]> {
  const { evaluation } = setting;
  const opened: OpenedBenchmark[] = [];
  for (const entry of evaluation.benchmarks) {
    const { benchmark: named, facts } = entry;
    const ownData = named === undefined && facts === undefined;
    const read = ownData ? readSplit : named === undefined ? readRecall : readBenchmark;
    opened.push({ entry, benchmark: await read(entry, setting), ownData, isProbe: false });
  }
  const { forgetting } = evaluation;
  if (forgetting && mayHaveForgotten(evaluation)) {
    const { benchmark: source, max_items } = forgetting;
    const entry: BenchmarkEntry = { name: forgettingName, benchmark: source, split: 'test', max_items };
    opened.push({ entry, benchmark: await readBenchmark(entry, setting), ownData: false, isProbe: true });
  }
  return opened;
}

async function readSplit(entry: BenchmarkEntry, setting: EvaluationSetting): Promise<Benchmark> {
  const { evaluation } = setting;
  const metric = entry.metric ?? evaluation.metric;
  const examples = (await setting.examples(entry.split)).filter(({ messages }) => messages);
  const benchmark = heldOutBenchmark(entry.name, spreadOverTasks(examples, entry.max_items));
  if (!entry.scorers) return measuredBy(benchmark, metric);
  return measuredBy({ ...benchmark, ...(await scorersOf(entry)) }, metric);
}

/** Recall of facts, asked as the source of the recipe with their path trains them. */
async function readRecall(entry: BenchmarkEntry, setting: EvaluationSetting): Promise<Benchmark> {
  const path = entry.facts!;
  const measures = await scorersOf(entry);
  const metric = entry.metric ?? measures.metrics[0]!.name;
  const benchmark = await recallBenchmark(entry.name, setting.factsSource(path) ?? untrainedFacts(path), {
    ...measures,
    metric,
    maxItems: entry.max_items,
    signal: setting.signal,
  });
  return measuredBy(benchmark, metric);
}

function scorersOf({ scorers }: BenchmarkEntry): Promise<ResolvedScorers> {
  const file = './recipe.yaml';
  return resolveScorers(scorerSpecs(scorers, 'generate', file), { output: 'generate', file });
}

/** @throws AttuneError where the metric is not measured, before anybody is asked */
function measuredBy(benchmark: Benchmark, metric: string): Benchmark {
  const names = benchmark.metrics.map(({ name }) => name);
  if (names.includes(metric)) return { ...benchmark, metric };
  const nearest = nearestName(metric, names);
  throw new AttuneError(`${benchmark.name} has no metric "${metric}"`, {
    field: 'evaluation.metric',
    fix: nearest ? `did you mean \`${nearest}\`?` : `choose one of ${names.join(', ')}`,
  });
}

async function readBenchmark(entry: BenchmarkEntry, setting: EvaluationSetting): Promise<Benchmark> {
  const { onProgress, signal } = setting;
  const loaded = await loadBenchmark(benchmarkFile(entry.benchmark!, entry.items), {
    itemsPath: entry.items,
    maxItems: entry.max_items ?? undefined,
    resolveScorers,
    onNotice: (text) => setting.note(`note: ${text}`),
    onProgress,
    signal,
  });
  return measuredBy({ ...loaded, name: entry.name }, entry.metric ?? loaded.metric);
}
