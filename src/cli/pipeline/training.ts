/**
 * Plan and training of a recipe.
 * @module
 */
import { basename, resolve } from 'node:path';
import type { OpenedShards } from '../../chat/open-shards.js';
import type { ExampleLocation } from '../../chat/shard.js';
import { createOnnxEngine } from '../../engine/onnx/train-engine.js';
import { hashJson } from '../../files.js';
import { formatRecipe } from '../../recipe/load.js';
import { rebaseRecipe } from '../../recipe/paths.js';
import type { TrainEngine } from '../../train/engine.js';
import { isFinished, runTraining } from '../../train/loop.js';
import type { TrainingOutcome } from '../../train/outcome.js';
import { makePlan, type Plan } from '../../train/plan.js';
import { openRun, type Run } from '../../train/run-folder.js';
import { Interrupted } from '../interrupt.js';
import { describeData } from './data-facts.js';
import type { Inputs } from './inputs.js';
import { type Job, stageLine } from './job.js';
import { engineSettings, planSettings } from './settings.js';

/** Plans the run of a recipe; nothing is written. */
export function planRun(job: Job, { shards }: Inputs): Plan {
  const { recipe } = job;
  const plan = makePlan({
    shards: shards.train,
    contextsPerRow: shards.train.contextsPerRow,
    evalShards: shards.validation,
    settings: planSettings(recipe),
    engine: engineSettings(recipe),
    seed: recipe.training.seed,
    files: { train: fileNames(shards.train), evaluation: shards.validation && fileNames(shards.validation) },
  });
  const { steps, epochs, tokens } = plan.header.totals;
  job.note(stageLine('plan', `${steps} steps, ${round(epochs)} epochs, ${tokens} tokens`));
  return plan;
}

const fileNames = (shards: OpenedShards): string[] => shards.files.map((file) => basename(file));

/** Opens the recipe's run folder for writing, new or to be gone on with. Close it. */
export function openRecipeRun(job: Job, { dataset, model, shards }: Inputs, plan: Plan): Promise<Run> {
  const { recipe, command } = job;
  const directory = resolve(recipe.output_dir);
  return openRun(directory, {
    command,
    hashes: { data: dataset.hash, model: model.hash, recipe: hashJson(recipe) },
    seeds: { recipe: recipe.seed, training: recipe.training.seed },
    data: describeData(dataset, shards.report),
    recipe: formatRecipe(rebaseRecipe(recipe, '.', directory)),
    plan,
  });
}

/**
 * Trains, goes on with a training, or finds it done.
 *
 * @throws Interrupted when Ctrl-C stopped it; the state is saved then
 */
export async function trainRun(job: Job, inputs: Inputs, plan: Plan, run: Run): Promise<TrainingOutcome> {
  const { recipe, onProgress, signal } = job;
  const { shards, model } = inputs;
  const finished = isFinished(run, plan);
  const engine = startOnDemand(() =>
    createOnnxEngine({
      model,
      settings: plan.header.engine,
      directory: shards.directory,
      hasEvaluation: shards.validation !== undefined,
      onProgress,
      signal,
    }),
  );
  try {
    const outcome = await runTraining({
      plan,
      engine,
      run,
      evalBatchSize: recipe.training.per_device_eval_batch_size,
      saveTotalLimit: recipe.training.save_total_limit,
      examplesOfRow: rowExamples(shards.train.examples),
      signal,
      onProgress,
    });
    for (const note of outcome.notes) job.note(`note: ${note}`);
    if (outcome.state === 'interrupted') {
      throw new Interrupted(`stopped after step ${outcome.step} of ${outcome.steps}`);
    }
    job.note(stageLine('train', describeOutcome(outcome), finished));
    return outcome;
  } finally {
    await engine.close();
  }
}

/** An engine that starts when it is first asked for something: a finished run asks for nothing. */
function startOnDemand(start: () => Promise<TrainEngine>): TrainEngine {
  let engine: Promise<TrainEngine> | undefined;
  const started = (): Promise<TrainEngine> => {
    engine ??= start();
    return engine;
  };
  return {
    step: async (request) => (await started()).step(request),
    beginStage: async (start) => (await started()).beginStage(start),
    evaluate: async (rows, batchSize) => (await started()).evaluate(rows, batchSize),
    save: async (directory) => (await started()).save(directory),
    saveResult: async (directory) => (await started()).saveResult(directory),
    restore: async (directory) => (await started()).restore(directory),
    peakMemoryBytes: async () => (await started()).peakMemoryBytes(),
    close: async () => {
      await engine?.then(
        (running) => running.close(),
        () => undefined, // it never started; whoever asked first has the error
      );
    },
  };
}

/** Names the examples of a row, for messages. */
function rowExamples(examples: readonly ExampleLocation[]): (row: number) => string[] {
  return (row) => examples.filter((example) => example.row === row).map(({ id }) => id);
}

function describeOutcome({ steps, loss, firstEvaluation, lastEvaluation }: TrainingOutcome): string {
  const parts = [`${steps} steps`];
  if (loss !== undefined) parts.push(`loss ${loss.toFixed(3)}`);
  if (firstEvaluation && lastEvaluation) {
    parts.push(`eval_loss ${firstEvaluation.evalLoss.toFixed(3)} → ${lastEvaluation.evalLoss.toFixed(3)}`);
  }
  return parts.join(', ');
}

const round = (value: number): string => String(Math.round(value * 100) / 100);
