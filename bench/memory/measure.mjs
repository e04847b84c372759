/**
 * `node measure.mjs <model> <setting as JSON> <folder>` predicts the memory of a training, trains two steps, evaluates
 * once, and prints both as one line of JSON. A process of its own for each setting: the kernel keeps one maximum.
 */
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { openShards } from '../../dist/chat/open-shards.js';
import { writeSplitIndex } from '../../dist/chat/shard-index.js';
import { predictTraining } from '../../dist/engine/onnx/memory/train-memory.js';
import { createOnnxEngine } from '../../dist/engine/onnx/train-engine.js';
import { openModel } from '../../dist/model/open.js';
import { writeSafetensors } from '../../dist/model/safetensors.js';
import { peakMemoryBytes } from '../harness/memory.mjs';

const [name, text, folder] = process.argv.slice(2);
/** @type {import('./settings.mjs').Setting} */
const setting = JSON.parse(text);
const { method, precision, rows, length, supervised, optim, checkpointing, memory } = setting;

const model = await openModel(name);
const settings = {
  method,
  precision,
  ...(method !== 'full' && {
    lora: {
      r: 16,
      lora_alpha: 32,
      target_modules: 'all-linear',
      lora_dropout: 0,
      bias: 'none',
      use_rslora: false,
      loraplus_lr_ratio: 1,
    },
  }),
  optimizer: {
    ...(optim && { optim }),
    adam_beta1: 0.9,
    adam_beta2: 0.999,
    adam_epsilon: 1e-8,
    weight_decay: 0,
    max_grad_norm: 1,
  },
  gradient_checkpointing: checkpointing,
  ...(memory && { memory }),
  seed: 0,
};

const batch = Array.from({ length: rows }, (_, row) => row);
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const split of ['train', 'validation']) await writeRows(split);
const train = await openShards(folder, 'train');
const phases = predictTraining({
  config: model.config,
  tensors: model.weights.tensors,
  settings,
  train,
  batches: [batch],
  evaluation: { shards: train, rows, batchSize: 1 },
});

const engine = await createOnnxEngine({
  model,
  settings,
  directory: folder,
  hasEvaluation: true,
  threads: availableParallelism(),
});
const before = peakMemoryBytes();
for (let step = 1; step <= 2; step++) {
  await engine.step({
    step,
    optimizerStep: step,
    microBatches: [batch, batch],
    learningRate: 1e-4,
    normaliser: 2 * rows * supervisedTokens(),
  });
}
const trained = peakMemoryBytes();
await engine.evaluate(batch, 1);
const evaluated = peakMemoryBytes();
await engine.close();
await rm(folder, { recursive: true, force: true });
process.stdout.write(
  `${JSON.stringify({ phases, measured: { before, train: trained, evaluate: evaluated } })}\n`,
);

function supervisedTokens() {
  return Math.max(1, Math.round(length * supervised));
}

/** Rows of one segment each, full to the end, with the last tokens supervised. */
async function writeRows(split) {
  const size = rows * length;
  const within = (value) => Int32Array.from({ length: size }, (_, i) => value(i % length));
  const arrays = {
    input_ids: within((i) => (i * 7919) % model.config.vocabSize),
    loss_mask: Uint8Array.from(within((i) => (i >= length - supervisedTokens() ? 1 : 0))),
    position_ids: within((i) => i),
    segment_ids: within(() => 1),
    parent_ids: within(() => 0),
  };
  await writeSafetensors(
    join(folder, `${split}-0.safetensors`),
    Object.entries(arrays).map(([array, data]) => ({
      name: array,
      dtype: array === 'loss_mask' ? 'U8' : 'I32',
      shape: [rows, length],
      data,
    })),
  );
  await writeSplitIndex(folder, split, {
    hash: 'memory',
    input_hash: 'memory',
    tokenizer_hash: '',
    template_hash: '',
    settings: {},
    packing: 'none',
    files: [`${split}-0.safetensors`],
    rows,
    length,
    tokens: size,
    supervised_tokens: rows * supervisedTokens(),
    padding_tokens: 0,
    example_tokens: size,
    saved_share: 0,
    example_lengths: { shortest: length, median: length, longest: length },
    overlong: { setting: 'error', examples: 0 },
    examples: batch.map((row) => ({ id: `${split}-${row}`, row, segment: 1, tokens: length })),
    contexts: batch.map(() => []),
  });
}
