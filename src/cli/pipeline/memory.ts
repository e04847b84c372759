/**
 * The memory of a recipe's run before it begins: what each phase takes, whether it fits, and the level that keeps
 * training within `max_memory`.
 * @module
 */
import { adviseMemory, chooseLevel, type MemoryAdvice } from '../../engine/onnx/memory/choose-level.js';
import { predictGeneration } from '../../engine/onnx/memory/generation-memory.js';
import { highestPhase, type PhaseMemory } from '../../engine/onnx/memory/terms.js';
import { predictTraining, type TrainMemoryInput } from '../../engine/onnx/memory/train-memory.js';
import { AttuneError } from '../../errors.js';
import { memorySizeBytes } from '../../recipe/memory-size.js';
import type { Recipe } from '../../recipe/schema.js';
import { type MachineMemory, machineMemory } from '../../train/machine.js';
import { microBatches, type Plan } from '../../train/plan.js';
import type { EngineSettings, MemoryLevel } from '../../train/settings.js';
import { formatBytes } from '../terminal.js';
import type { Inputs } from './inputs.js';

/** From this part of the machine's memory on, settings that free some are named. */
const NEAR = 0.8;

/** Predicted memory of a run. */
export interface MemoryForecast {
  phases: PhaseMemory[];
  /** The highest of the phases, in bytes. */
  peak_bytes: number;
  /** Of these what no file stands behind: the system cannot drop it. */
  private_bytes: number;
  /** `max_memory` of the recipe in bytes. */
  max_memory?: number;
  level?: MemoryLevel;
  machine: MachineMemory;
  /** `near`: more than is free now, or more than four fifths of what there is. */
  fits: 'yes' | 'near' | 'no';
  /** Where it does not fit or is near. */
  advice: MemoryAdvice[];
}

/** What the memory of a plan's training is predicted from. */
function memoryInput(
  { training }: Pick<Recipe, 'training'>,
  { model, shards }: Inputs,
  plan: Plan,
): TrainMemoryInput {
  const { engine, totals, stages } = plan.header;
  const merges = stages.filter(({ carry }, index) => index > 0 && carry === 'merged').length;
  return {
    config: model.config,
    tensors: model.weights.tensors,
    settings: engine,
    train: shards.train,
    batches: Array.from({ length: totals.steps }, (_, index) => microBatches(plan, index + 1)).flat(),
    ...(shards.validation && {
      evaluation: {
        shards: shards.validation,
        rows: shards.validation.rows,
        batchSize: training.per_device_eval_batch_size,
      },
    }),
    mergedRank: merges * (engine.lora?.r ?? 0),
  };
}

/**
 * The plan with the level that keeps within the recipe's `max_memory`; without one the plan as it is.
 *
 * @throws {AttuneError} where no level fits: it names the terms and which settings free how much
 */
export function withinBudget(recipe: Recipe, inputs: Inputs, plan: Plan): Plan {
  const { max_memory, gradient_checkpointing } = recipe.training;
  if (max_memory === undefined) return plan;
  const input = memoryInput(recipe, inputs, plan);
  const { level, phases, fits } = chooseLevel(
    input,
    memorySizeBytes(max_memory),
    gradient_checkpointing !== undefined,
  );
  const engine: EngineSettings = { ...plan.header.engine, memory: level };
  if (!fits) {
    const highest = highestPhase(phases);
    throw new AttuneError(
      `the run does not fit into ${max_memory}: ${highest.phase} takes about ${formatBytes(highest.bytes)} (${largestTerms(highest)})`,
      {
        field: 'training.max_memory',
        fix: describeAdvice(adviseMemory({ ...input, settings: engine }), 'raise max_memory'),
      },
    );
  }
  return { ...plan, header: { ...plan.header, engine } };
}

/** Predicts every phase of a plan's run and compares it with this machine. */
export function forecastMemory(recipe: Recipe, inputs: Inputs, plan: Plan): MemoryForecast {
  const input = memoryInput(recipe, inputs, plan);
  const longest = inputs.shards.train.lengthPerRow.reduce((most, length) => Math.max(most, length), 1);
  const { max_new_tokens, batch_size } = recipe.evaluation;
  const phases = [
    ...predictTraining(input),
    predictGeneration(input, {
      promptTokens: longest,
      newTokens: max_new_tokens,
      batchSize: batch_size,
    }),
  ];
  const privateBytes = Math.max(...phases.map(privateOf));
  const machine = machineMemory();
  const fits =
    privateBytes > machine.total
      ? 'no'
      : privateBytes > Math.min(machine.available, NEAR * machine.total)
        ? 'near'
        : 'yes';
  const { max_memory } = recipe.training;
  const { memory } = plan.header.engine;
  return {
    phases,
    peak_bytes: highestPhase(phases).bytes,
    private_bytes: privateBytes,
    ...(max_memory !== undefined && { max_memory: memorySizeBytes(max_memory) }),
    ...(memory && { level: memory }),
    machine,
    fits,
    advice: fits === 'yes' ? [] : adviseMemory(input),
  };
}

/**
 * Checks that training can be done on this machine at all.
 *
 * @returns a line about the memory, with a warning where it is short
 * @throws {AttuneError} where training needs more than the machine or its container has
 */
export function checkMemory(recipe: Recipe, inputs: Inputs, plan: Plan): string {
  const input = memoryInput(recipe, inputs, plan);
  const phases = predictTraining(input);
  const highest = highestPhase(phases);
  const needed = Math.max(...phases.map(privateOf));
  const { total, available } = machineMemory();
  if (needed > total) {
    throw new AttuneError(
      `${highest.phase} takes about ${formatBytes(highest.bytes)} (${largestTerms(highest)}), this machine has ${formatBytes(total)}`,
      { field: 'training', fix: describeAdvice(adviseMemory(input), 'use a machine with more memory') },
    );
  }
  const level = plan.header.engine.memory;
  const parts = [
    `about ${formatBytes(highest.bytes)} at most`,
    ...(level ? [`${levelText(level)} (max_memory ${recipe.training.max_memory})`] : []),
    ...(needed > available ? [`more than the ${formatBytes(available)} that are free now`] : []),
  ];
  return parts.join(', ');
}

/** A level in words. */
export function levelText({ checkpointed_layers, loss_chunk_bytes, apart }: MemoryLevel): string {
  return [
    checkpointed_layers === 0
      ? 'all activations kept'
      : `${checkpointed_layers} ${checkpointed_layers === 1 ? 'layer' : 'layers'} computed twice`,
    ...(loss_chunk_bytes === undefined ? [] : ['small pieces of the logits']),
    ...(apart ? ['training and evaluation apart'] : []),
  ].join(', ');
}

function privateOf({ terms }: PhaseMemory): number {
  return terms.reduce((sum, { bytes, mapped }) => sum + (mapped ? 0 : bytes), 0);
}

function largestTerms({ terms }: PhaseMemory): string {
  return [...terms]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 5)
    .map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`)
    .join(', ');
}

/** Changes that free memory as one line, or what else can be done. */
function describeAdvice(advice: readonly MemoryAdvice[], otherwise: string): string {
  const parts = advice.map(({ setting, frees }) => `${setting} frees ${formatBytes(frees)}`);
  return [...parts, otherwise].join('; ');
}
