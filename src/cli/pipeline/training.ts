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
import type { Recipe } from '../../recipe/schema.js';
import type { StageSettings } from '../../recipe/stages.js';
import { EngineOnDemand } from '../../train/engine-on-demand.js';
import { runTraining, type TrainingOptions } from '../../train/loop.js';
import type { TrainingOutcome } from '../../train/outcome.js';
import { makePlan, type Plan, type PlanInput } from '../../train/plan.js';
import { openRun, type Run, type RunDescription } from '../../train/run-folder.js';
import { Interrupted } from '../interrupt.js';
import { plural } from '../plan-text.js';
import { describeData } from './data-facts.js';
import type { Inputs, RunShards } from './inputs.js';
import { type Job, stageLine } from './job.js';
import { checkMemory, withinBudget } from './memory.js';
import { engineSettings, planSettings, resultKind, stagePlanSettings } from './settings.js';
import type { AskStage } from './stages/ask-stage.js';
import { checkGates } from './stages/check-gates.js';
import { trainStages } from './stages/train-stages.js';

/**
 * Plans the run of a recipe; nothing is written.
 *
 * @throws AttuneError as makePlan does, on a gate that could not be measured, and where `max_memory` is too little
 */
export async function planRun(job: Job, inputs: Inputs): Promise<Plan> {
  const { recipe } = job;
  const { shards } = inputs;
  await checkGates(job, inputs);
  const made = makePlan({
    shards: shards.train,
    contextsPerRow: shards.train.contextsPerRow,
    evalShards: shards.validation,
    settings: planSettings(recipe),
    ...(recipe.stages && shards.stageParts && stagesToPlan(recipe, recipe.stages, shards)),
    engine: engineSettings(recipe),
    seed: recipe.training.seed,
    files: { train: fileNames(shards.train), evaluation: shards.validation && fileNames(shards.validation) },
  });
  const plan = withinBudget(recipe, inputs, made);
  const { steps, epochs, tokens } = plan.header.totals;
  const length = recipe.stages ? plural(recipe.stages.length, 'stage') : plural(round(epochs), 'epoch');
  job.note(stageLine('plan', `${plural(steps, 'step')}, ${length}, ${tokens} tokens`));
  return plan;
}

function stagesToPlan(
  recipe: Recipe,
  stages: readonly StageSettings[],
  { pools, stageParts }: RunShards,
): Pick<PlanInput, 'stages' | 'pools'> {
  return {
    stages: stages.map((stage, index) => ({
      name: stage.name,
      settings: stagePlanSettings(recipe, stage),
      length: stage.length,
      order: stage.order,
      parts: stageParts![index]!,
      carry: stage.carry,
      optimizer: stage.optimizer,
      ...(stage.gate?.extend && { extension: stage.gate.extend }),
    })),
    pools: pools.map(({ shards }) => ({
      hash: shards.hash,
      rows: shards.rows,
      length: shards.length,
      files: fileNames(shards),
    })),
  };
}

const fileNames = (shards: OpenedShards): string[] => shards.files.map((file) => basename(file));

/**
 * Opens the recipe's run folder for writing, new or to be gone on with. Close it.
 *
 * @param options whether work on stages that were edited since may be deleted
 */
export function openRecipeRun(
  job: Job,
  { dataset, model, shards }: Inputs,
  plan: Plan,
  { mayReplace }: Pick<RunDescription, 'mayReplace'> = {},
): Promise<Run> {
  const { recipe, command } = job;
  const directory = resolve(recipe.output_dir);
  return openRun(directory, {
    command,
    hashes: { data: dataset.hash, model: model.hash, recipe: hashJson(recipe) },
    seeds: { recipe: recipe.seed, training: recipe.training.seed },
    data: describeData(
      dataset,
      shards.pools.map(({ report }) => report),
    ),
    recipe: formatRecipe(rebaseRecipe(recipe, '.', directory)),
    plan,
    mayReplace,
  });
}

/**
 * Trains, goes on with a training, or finds it done.
 *
 * @param ask lets the model of a stage answer benchmarks, where the recipe has stages
 * @throws AttuneError where a stage's gate stopped it; Interrupted when Ctrl-C did: the state is saved then
 */
export async function trainRun(
  job: Job,
  inputs: Inputs,
  plan: Plan,
  { run, ask }: { run: Run; ask: AskStage },
): Promise<TrainingOutcome> {
  const { recipe, onProgress, signal } = job;
  const { shards, model } = inputs;
  if (run.manifest.state !== 'done') job.note(stageLine('memory', checkMemory(recipe, inputs, plan)));
  const engine = new EngineOnDemand(() =>
    createOnnxEngine({
      model,
      settings: plan.header.engine,
      directory: shards.directory,
      trainSplits: shards.pools.map(({ split }) => split),
      hasEvaluation: shards.validation !== undefined,
      onProgress,
      signal,
    }),
  );
  const options: TrainingOptions = {
    plan,
    engine,
    run,
    evalBatchSize: recipe.training.per_device_eval_batch_size,
    saveTotalLimit: recipe.training.save_total_limit,
    examplesOfRow: rowExamples(shards.train.examples),
    signal,
    onProgress,
  };
  try {
    const outcome = recipe.stages
      ? await trainStages({
          job,
          stages: recipe.stages,
          model,
          kind: resultKind(recipe),
          ask,
          options,
          releaseEngine: () => engine.close(),
        })
      : await runTraining(options);
    for (const note of outcome.notes) job.note(`note: ${note}`);
    if (outcome.state === 'interrupted') {
      throw new Interrupted(`stopped after step ${outcome.step} of ${outcome.steps}`);
    }
    job.note(stageLine('train', describeOutcome(outcome), outcome.seconds === 0));
    return outcome;
  } finally {
    await engine.close();
  }
}

/** Names the examples of a row, for messages. */
function rowExamples(examples: readonly ExampleLocation[]): (row: number) => string[] {
  return (row) => examples.filter((example) => example.row === row).map(({ id }) => id);
}

function describeOutcome({ stepsMade, loss, firstEvaluation, lastEvaluation }: TrainingOutcome): string {
  const parts = [plural(stepsMade, 'step')];
  if (loss !== undefined) parts.push(`loss ${loss.toFixed(3)}`);
  if (firstEvaluation && lastEvaluation) {
    parts.push(`eval_loss ${firstEvaluation.evalLoss.toFixed(3)} → ${lastEvaluation.evalLoss.toFixed(3)}`);
  }
  return parts.join(', ');
}

const round = (value: number): number => Math.round(value * 100) / 100;
