/**
 * Evaluation, verdict and report of a recipe.
 * @module
 */
import { join } from 'node:path';
import { createOnnxSystem } from '../../engine/onnx/system.js';
import { heldOutBenchmark, itemOfExample } from '../../evaluate/benchmarks/held-out.js';
import type { Comparison } from '../../evaluate/comparison.js';
import { benchmarkItems } from '../../evaluate/items.js';
import { writeReport } from '../../evaluate/report/write-report.js';
import { evaluateSystem } from '../../evaluate/runner.js';
import type { System } from '../../evaluate/system.js';
import { generationSettings, systemName, writeVerdict } from '../../evaluate/verdict.js';
import { chooseWorkedExamples } from '../../evaluate/worked-examples.js';
import { openModel } from '../../model/open.js';
import type { EvaluationSettings } from '../../recipe/evaluation.js';
import type { Inputs } from './inputs.js';
import { type Job, shownPath, stageLine } from './job.js';
import { engineSettings } from './settings.js';

type SystemKind = EvaluationSettings['systems'][number];

/**
 * Lets the systems of `kinds` that the recipe names answer its benchmarks. Answers that are there already and still
 * hold are kept.
 *
 * @param runDirectory run folder that receives the answers, and holds the tuned model
 */
export async function evaluateSystems(
  job: Job,
  inputs: Inputs,
  runDirectory: string,
  kinds: readonly SystemKind[],
): Promise<void> {
  for (const kind of kinds) {
    if (!job.recipe.evaluation.systems.includes(kind)) continue;
    const system = await openSystem(job, inputs, runDirectory, kind);
    try {
      await askBenchmarks(job, inputs, runDirectory, kind, system);
    } finally {
      await system.close();
    }
  }
}

/** The base is asked in the precision that the tuned model has, so that only the tuning differs. */
async function openSystem(
  job: Job,
  { model, format }: Inputs,
  runDirectory: string,
  kind: SystemKind,
): Promise<System> {
  const { recipe } = job;
  const { method, precision } = engineSettings(recipe);
  const common = {
    name: systemName(kind, recipe.evaluation),
    precision,
    batchSize: recipe.evaluation.batch_size,
    format,
  };
  if (kind !== 'tuned') return createOnnxSystem({ ...common, model });
  if (method === 'full') {
    return createOnnxSystem({ ...common, model: await openModel(join(runDirectory, 'model'), {}) });
  }
  return createOnnxSystem({ ...common, model, adapterDirectory: join(runDirectory, 'adapter') });
}

async function askBenchmarks(
  job: Job,
  { dataset }: Inputs,
  runDirectory: string,
  kind: SystemKind,
  system: System,
): Promise<void> {
  const { evaluation, seed } = job.recipe;
  const fewShot =
    kind === 'base_few_shot'
      ? chooseWorkedExamples(await dataset.examples('train'), evaluation.few_shot_examples).map(itemOfExample)
      : undefined;
  for (const benchmark of evaluation.benchmarks) {
    const { items, asked } = await evaluateSystem({
      system,
      benchmark: heldOutBenchmark(
        benchmark.name,
        benchmarkItems(await dataset.examples(benchmark.split), benchmark.max_items),
      ),
      settings: generationSettings(evaluation, seed),
      directory: runDirectory,
      fewShot,
      onProgress: job.onProgress,
      signal: job.signal,
    });
    const mean = items.reduce((sum, { scores }) => sum + (scores[evaluation.metric] ?? 0), 0) / items.length;
    job.note(
      stageLine(
        'evaluate',
        `${system.name} on ${benchmark.name}: ${evaluation.metric} ${(100 * mean).toFixed(1)} % of ${items.length} items`,
        asked === 0,
      ),
    );
  }
}

/** Compares the systems and writes `verdict.json` and `report.html`. */
export async function concludeRun(
  job: Job,
  runDirectory: string,
): Promise<{ comparisons: Comparison[]; report: string }> {
  const { evaluation, seed } = job.recipe;
  const comparisons = await writeVerdict(runDirectory, evaluation, seed);
  const report = await writeReport(runDirectory);
  job.note(stageLine('report', shownPath(report)));
  return { comparisons, report };
}
