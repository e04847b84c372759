/**
 * The embedded engine against PyTorch, Transformers, PEFT and bitsandbytes: `golden/make.py` made the files.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAdapter } from '../src/adapter/peft.js';
import { loadBaseWeights } from '../src/engine/onnx/base-weights.js';
import { fillFromBase } from '../src/engine/onnx/checkpoint.js';
import { buildGenerateGraph } from '../src/engine/onnx/generate-graph.js';
import { adapterShape, trainedParameters } from '../src/engine/onnx/parameters.js';
import { createSession } from '../src/engine/onnx/session.js';
import { Trainer } from '../src/engine/onnx/trainer.js';
import { readJson } from '../src/files.js';
import { openModel } from '../src/model/open.js';
import { type LoadedTensor, readSafetensors } from '../src/model/safetensors.js';
import { plainAdamw } from '../src/train/settings.fixture.js';
import type { EngineSettings } from '../src/train/settings.js';
import { goldenShards } from './golden-shards.fixture.js';

interface GoldenRun {
  name: string;
  lora: { use_rslora?: boolean; target_modules?: string[] } | null;
  quantized: boolean;
  accumulation: number;
  loraplus_lr_ratio: number;
  /** Step (from 0) that begins with the adapter merged, a fresh one and a fresh optimizer. */
  merged_before: number | null;
  losses: number[];
  grad_norms: number[];
  learning_rates: number[];
}

interface GoldenTraining {
  seed: number;
  steps: { rows: number[]; normaliser: number }[];
  runs: GoldenRun[];
}

const golden = (path: string) => fileURLToPath(new URL(`golden/${path}`, import.meta.url));
const training = await readJson<GoldenTraining>(golden('training.json'));
const run = (name: string) => training.runs.find((candidate) => candidate.name === name)!;

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'attune-golden-'));
  process.env.ATTUNE_CACHE = cache;
});
afterAll(async () => {
  delete process.env.ATTUNE_CACHE;
  await rm(cache, { recursive: true, force: true });
});

function settingsOf({ lora, quantized, loraplus_lr_ratio }: GoldenRun): EngineSettings {
  return {
    method: lora ? (quantized ? 'qlora' : 'lora') : 'full',
    precision: quantized ? 'nf4' : 'float32',
    ...(lora && {
      lora: {
        r: 4,
        lora_alpha: 8,
        target_modules: lora.target_modules ?? 'all-linear',
        lora_dropout: 0,
        bias: 'none',
        use_rslora: lora.use_rslora ?? false,
        loraplus_lr_ratio,
      },
    }),
    optimizer: { ...plainAdamw, weight_decay: 0.01, max_grad_norm: 1 },
    gradient_checkpointing: false,
    seed: training.seed,
  };
}

async function createTrainer(settings: EngineSettings): Promise<Trainer> {
  const model = await openModel(golden('tiny'));
  const base = await loadBaseWeights(model, settings.precision);
  const train = await goldenShards(golden('rows.safetensors'));
  const trainer = await Trainer.create({ config: model.config, base, settings, train, threads: 1 });
  if (settings.method === 'full') await fillFromBase(trainer.state, base.tensors);
  return trainer;
}

function stepOf({ accumulation, learning_rates, merged_before }: GoldenRun, index: number) {
  const { rows, normaliser } = training.steps[index]!;
  const size = rows.length / accumulation;
  const microBatches = Array.from({ length: accumulation }, (_, i) => rows.slice(i * size, (i + 1) * size));
  return {
    step: index + 1,
    optimizerStep: index + 1 - (merged_before !== null && index >= merged_before ? merged_before : 0),
    microBatches,
    learningRate: learning_rates[index]!,
    normaliser,
  };
}

/** The largest difference between two lists, as a part of the largest value of the second. */
function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < actual.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return difference / scale;
}

/** The logits after every token of `ids` [rows, length]: each beginning of a row is a sequence of its own. */
async function logitsOf(folder: string, ids: LoadedTensor, adapterDirectory?: string): Promise<Float32Array> {
  const model = await openModel(folder);
  const base = await loadBaseWeights(model, 'float32');
  const adapter = adapterDirectory ? await readAdapter(adapterDirectory, model.config) : undefined;
  const settings = { lora: adapter && { ...adapter.settings, loraplus_lr_ratio: 1 } } as EngineSettings;
  const parameters = adapter ? trainedParameters(model.config, settings, base.tensors) : [];
  const { graph, logits } = buildGenerateGraph({
    config: model.config,
    base,
    parameters,
    adapter: adapterShape(model.config, settings),
    kind: 'read',
    hasPrefix: false,
    hasPast: false,
    blocks: 1,
  });
  const session = await createSession(graph, { threads: 1 });
  const [rows, length] = ids.shape as [number, number];
  const batch = rows * length;
  const integers = (dims: number[], value: (i: number) => number) =>
    new ort.Tensor(
      'int64',
      BigInt64Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => BigInt(value(i))),
      dims,
    );
  const causal = Float32Array.from({ length: length * length }, (_, i) =>
    i % length <= Math.floor(i / length) ? 0 : -1e9,
  );
  const inputs: Record<string, ort.Tensor> = {
    input_ids: integers([batch * length], (i) => {
      const row = Math.floor(i / (length * length));
      return (ids.data as Int32Array)[row * length + (i % length)]!;
    }),
    position_ids: integers([batch, length], (i) => i % length),
    mask: new ort.Tensor('float32', causal, [length, length]),
    last: integers([batch], (i) => i * length + (i % length)),
  };
  for (const { name, shape } of parameters) {
    const [, module, which] = /^(.*)\.lora_([AB])\.weight$/.exec(name) as unknown as [
      string,
      string,
      'A' | 'B',
    ];
    inputs[name] = new ort.Tensor('float32', adapter!.tensors.get(module)![which], shape);
  }
  try {
    return (await session.run(inputs))[logits]!.data as Float32Array;
  } finally {
    await session.close();
  }
}

describe('logits within 1e-5 of the largest', () => {
  it.each(['tiny', 'untied'])('%s', async (name) => {
    const { tensors } = await readSafetensors(golden('logits.safetensors'));
    const actual = await logitsOf(golden(name), tensors.get('input_ids')!);
    const expected = tensors.get(`${name}.logits`)!.data as Float32Array;
    expect(relativeDifference(actual, expected)).toBeLessThan(1e-5);
  });

  it('tiny with an adapter that PEFT wrote', async () => {
    const { tensors } = await readSafetensors(golden('adapter/logits.safetensors'));
    const ids = tensors.get('input_ids')!;
    const expected = tensors.get('logits')!.data as Float32Array;
    const adapted = await logitsOf(golden('tiny'), ids, golden('adapter'));
    expect(relativeDifference(adapted, expected)).toBeLessThan(1e-5);
    expect(relativeDifference(await logitsOf(golden('tiny'), ids), expected)).toBeGreaterThan(0.1);
  });
});

describe('each of 50 optimizer steps', () => {
  it.each(training.runs.map(({ name }) => name))('%s', async (name) => {
    const expected = run(name);
    const trainer = await createTrainer(settingsOf(expected));
    try {
      for (let index = 0; index < expected.losses.length; index++) {
        if (index === expected.merged_before)
          await trainer.beginStage({ carry: 'merged', optimizer: 'fresh', stage: 1 });
        const { loss, gradNorm } = await trainer.step(stepOf(expected, index));
        const step = `step ${index + 1}`;
        expect(Math.abs(loss - expected.losses[index]!), `loss of ${step}`).toBeLessThan(1e-4);
        const norm = expected.grad_norms[index]!;
        expect(Math.abs(gradNorm - norm) / norm, `gradient norm of ${step}`).toBeLessThan(1e-3);
      }
    } finally {
      await trainer.close();
    }
  });

  it('learns what there is to learn, so that equal losses mean something', () => {
    for (const { losses } of training.runs) expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
  });
});

describe('each gradient of the first step', () => {
  it.each(['full', 'lora'])('%s', async (name) => {
    const expected = (await readSafetensors(golden('gradients.safetensors'))).tensors;
    const trainer = await createTrainer(settingsOf(run(name)));
    try {
      await trainer.step(stepOf(run(name), 0));
      const { state } = trainer;
      for (const parameter of state.parameters) {
        const gradient = state.view(state.gradients, parameter.name);
        const key =
          name === 'lora'
            ? `lora/base_model.model.${parameter.name.replace(/lora_[AB]/, '$&.default')}`
            : `full/${parameter.name}`;
        const reference = expected.get(key);
        // B begins at zero, so nothing reaches A in the first step; such gradients are not stored.
        if (!reference)
          expect(
            gradient.every((value) => value === 0),
            parameter.name,
          ).toBe(true);
        else {
          const difference = relativeDifference(gradient, reference.data as Float32Array);
          expect(difference, parameter.name).toBeLessThan(1e-5);
        }
      }
    } finally {
      await trainer.close();
    }
  });
});
