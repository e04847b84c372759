/**
 * A tiny random model with token shards of conversations about shared tables, and the embedded engine over them.
 * @module
 */
import { join } from 'node:path';
import { buildShards } from '../../src/chat/build-shards.js';
import { type OpenedShards, openShards } from '../../src/chat/open-shards.js';
import { createChatFormat } from '../../src/chat/template.js';
import type { Example } from '../../src/data/example.js';
import { loadBaseWeights } from '../../src/engine/onnx/base-weights.js';
import { fillFromBase } from '../../src/engine/onnx/checkpoint.js';
import { Trainer } from '../../src/engine/onnx/trainer.js';
import type { Model } from '../../src/model/model.js';
import { openModel } from '../../src/model/open.js';
import { writeTinyModel } from '../../src/model/tiny-model.fixture.js';
import { randomStream } from '../../src/random.js';
import { engineSettings, plainAdamw } from '../../src/train/settings.fixture.js';
import type { EngineSettings } from '../../src/train/settings.js';

/** Three tables with four questions each, answers of different length. */
export function tableExamples(split: Example['split'] = 'train'): Example[] {
  const random = randomStream(3, 'examples', split);
  const rows = ['Revenue', 'Costs', 'Profit', 'Cash'];
  return [0, 1, 2].flatMap((table) => {
    const figures = rows.map((row) => `${row} ${random.integer(900)}`).join('\n');
    return rows.map((row, question) => ({
      id: `${split}-${table}-${question}`,
      messages: [
        { role: 'system' as const, content: 'Answer from the table of the year.' },
        { role: 'user' as const, content: `${figures}\nWhat is the ${row}?` },
        { role: 'assistant' as const, content: 'It is '.repeat(question) + random.integer(99_999) },
      ],
      task: 'look_up',
      group: `table-${table}`,
      split,
      source: 'made up',
      licence: 'CC0-1.0',
    }));
  });
}

/** Writes and opens the tiny model in `directory`. */
export async function tinyModel(directory: string): Promise<Model> {
  await writeTinyModel(join(directory, 'model'));
  return openModel(join(directory, 'model'));
}

/** Builds and opens the shards of `examples`. */
export async function tinyShards(
  model: Model,
  directory: string,
  packing: 'none' | 'best_fit' | 'shared_prefix',
  examples: Example[],
): Promise<OpenedShards> {
  const { split } = examples[0]!;
  await buildShards({
    examples,
    split,
    format: createChatFormat(model),
    tokenizer: model.tokenizer,
    directory,
    packing,
    max_length: 256,
    overlong: 'error',
    train_on: 'all_answers',
    max_examples_per_context: 8,
  });
  return openShards(directory, split);
}

/** Settings of a small run with decay and clipping; dropout is off, as most equalities do not hold with it. */
export function methodSettings(
  method: EngineSettings['method'],
  change: Partial<EngineSettings> = {},
): EngineSettings {
  const optimizer = { ...plainAdamw, weight_decay: 0.01, max_grad_norm: 1 };
  return engineSettings({ method, optimizer, seed: 11, ...change });
}

/** An engine in this thread whose adapter is away from its initial values, where half of the gradients are 0. */
async function startTrainer(model: Model, settings: EngineSettings, train: OpenedShards): Promise<Trainer> {
  const base = await loadBaseWeights(model, settings.precision);
  const trainer = await Trainer.create({ config: model.config, base, settings, train, threads: 1 });
  const { state } = trainer;
  if (settings.method === 'full') await fillFromBase(state, base.tensors);
  for (const { name } of state.parameters) {
    if (!name.includes('.lora_')) continue;
    const random = randomStream(5, name);
    const values = state.view(state.values, name);
    for (let i = 0; i < values.length; i++) values[i] = 0.1 * random.normal();
  }
  return trainer;
}

/** Loss and gradients of one step over all `microBatches`. */
export async function lossAndGradients(
  model: Model,
  settings: EngineSettings,
  shards: OpenedShards,
  microBatches: number[][],
): Promise<{ loss: number; gradients: Map<string, Float32Array> }> {
  const trainer = await startTrainer(model, settings, shards);
  try {
    const normaliser = microBatches.flat().reduce((sum, row) => sum + shards.supervisedPerRow[row]!, 0);
    const { loss } = await trainer.step({
      step: 1,
      optimizerStep: 1,
      microBatches,
      learningRate: 0,
      normaliser,
    });
    const { state } = trainer;
    const gradients = state.parameters.map(
      ({ name }) => [name, state.view(state.gradients, name).slice()] as const,
    );
    return { loss, gradients: new Map(gradients) };
  } finally {
    await trainer.close();
  }
}
