import type * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { linearModules } from '../../adapter/lora.js';
import { quantizeWeights } from '../../adapter/quantized-weights.js';
import { readInputs } from '../../graph/encode.js';
import type { Graph } from '../../graph/graph.js';
import { interpreter } from '../../graph/interpreter/interpreter.fixture.js';
import { expectRuntimeAgrees } from '../../graph/interpreter/runtime.fixture.js';
import { type Value, value } from '../../graph/interpreter/value.fixture.js';
import { peakBytes } from '../../graph/peak-bytes.fixture.js';
import { liveNodes } from '../../graph/schedule.js';
import { float32FromBfloat16 } from '../../model/floats.js';
import { readSafetensors } from '../../model/safetensors.js';
import type { TinyModelSettings } from '../../model/tiny-model.fixture.js';
import { randomStream } from '../../random.js';
import { engineSettings } from '../../train/settings.fixture.js';
import type { EngineSettings } from '../../train/settings.js';
import { int8Base } from './int8-base.fixture.js';
import { mergedName } from './linear.js';
import { microBatch } from './micro-batch.js';
import { adapterShape, trainedParameters } from './parameters.js';
import { layOut, shardsOf, tinyBase, tokens } from './tiny-training.fixture.js';
import { buildTrainGraph, type TrainGraphOptions } from './train-graph.js';
import type { BaseWeights } from './weights.js';

/** One row with a shared beginning, one with two packed examples; some tokens supervised. */
const shards = shardsOf([
  layOut(24, [
    { parent: 0, ids: tokens(6, 'a'), supervised: false },
    { parent: 1, ids: tokens(5, 'b'), supervised: true },
    { parent: 1, ids: tokens(7, 'c'), supervised: [false, true, true, false, true, true, true] },
  ]),
  layOut(24, [
    { parent: 0, ids: tokens(8, 'd'), supervised: [false, false, false, true, true, true, false, true] },
    { parent: 0, ids: tokens(4, 'e'), supervised: [false, false, true, true] },
  ]),
]);

const { lora } = engineSettings();
const full = { method: 'full' as const, lora: undefined };

interface Situation {
  name: string;
  model?: TinyModelSettings;
  settings?: Partial<EngineSettings>;
  mergedRank?: number;
}

const situations: Situation[] = [
  { name: 'LoRA' },
  {
    name: 'LoRA of some modules with √r on a bfloat16 base with tied embeddings',
    model: { torch_dtype: 'bfloat16', tie_word_embeddings: true },
    settings: { lora: { ...lora!, use_rslora: true, target_modules: ['v_proj', 'o_proj', 'up_proj'] } },
  },
  {
    name: 'LoRA with dropout and checkpoints',
    settings: {
      lora: { ...lora!, lora_dropout: 0.3, target_modules: ['q_proj', 'k_proj', 'down_proj'] },
      gradient_checkpointing: true,
    },
  },
  {
    name: 'QLoRA',
    settings: {
      method: 'qlora',
      precision: 'nf4',
      lora: { ...lora!, target_modules: ['q_proj', 'gate_proj'] },
    },
  },
  {
    name: 'QLoRA with dropout and checkpoints beside two merged adapters',
    settings: {
      method: 'qlora',
      precision: 'nf4',
      lora: { ...lora!, lora_dropout: 0.3, target_modules: ['q_proj', 'v_proj', 'up_proj'] },
      gradient_checkpointing: true,
    },
    mergedRank: 8,
  },
  { name: 'LoRA beside a merged adapter', mergedRank: 4 },
  { name: 'LoRA over a base in 8 bits', settings: { precision: 'int8' } },
  { name: 'all weights', settings: full },
  {
    name: 'all weights with tied embeddings and checkpoints',
    model: { tie_word_embeddings: true },
    settings: { ...full, gradient_checkpointing: true },
  },
];

/** What a situation trains, and values for every input of its graph. */
async function prepare({ model, settings: changes, mergedRank }: Situation) {
  const tiny = await tinyBase(model);
  const settings = engineSettings(changes);
  const { config } = tiny;
  const base: BaseWeights = { ...tiny.base };
  if (settings.precision === 'nf4') base.quantized = await quantize(tiny);
  if (settings.precision === 'int8') Object.assign(base, await int8Base(tiny, 'float32'));
  if (settings.precision === 'int8_compute') Object.assign(base, await int8Base(tiny, 'int8'));
  const parameters = trainedParameters(config, settings, base.tensors);
  const adapter = adapterShape(config, settings);
  const options: TrainGraphOptions = {
    config,
    base,
    parameters,
    adapter,
    mergedRank,
    checkpointedLayers: settings.gradient_checkpointing ? config.numHiddenLayers : 0,
    length: shards.length,
    lossChunks: 1,
  };
  const batch = microBatch(shards, [0, 1], 1 / 8);
  const feeds: Record<string, Value> = Object.fromEntries(
    Object.entries(batch.inputs).map(([name, tensor]) => [name, fromRuntime(tensor)]),
  );
  for (const { name, shape } of parameters) {
    const random = randomStream(8, name);
    const draw = (centre: number): Value => {
      const at = value(shape);
      return { shape: at.shape, data: at.data.map(() => centre + 0.3 * random.normal()) };
    };
    feeds[name] = draw(name.endsWith('norm.weight') ? 1 : 0);
    feeds[`gradient:${name}`] = draw(0);
  }
  if (mergedRank) {
    for (const { name, inFeatures, outFeatures } of linearModules(config)) {
      const random = randomStream(8, 'merged', name);
      const draw = (shape: number[]): Value => {
        const at = value(shape);
        return { shape: at.shape, data: at.data.map(() => 0.3 * random.normal()) };
      };
      feeds[mergedName(name, 'A')] = draw([mergedRank, inFeatures]);
      feeds[mergedName(name, 'B')] = draw([outFeatures, mergedRank]);
    }
  }
  if (adapter && adapter.dropout > 0) {
    const random = randomStream(8, 'dropout');
    const kept = 1 / (1 - adapter.dropout);
    const window = batch.positions * config.intermediateSize;
    const pool = Float64Array.from({ length: 2 * window }, () =>
      random.next() < adapter.dropout ? 0 : kept,
    );
    feeds.dropout_pool = value([pool.length], pool);
    const offsets = adapter.modules.map(() => random.integer(window));
    feeds.dropout_offsets = value([offsets.length], offsets);
  }
  return { options, feeds, scale: 1 / 8 };
}

function fromRuntime({ dims, data }: ort.Tensor): Value {
  return value(dims, Float64Array.from(data as unknown as ArrayLike<number>, Number));
}

async function quantize({ directory, config, base }: Awaited<ReturnType<typeof tinyBase>>) {
  const { tensors } = await readSafetensors(`${directory}/model.safetensors`);
  const readFloat32 = async (name: string): Promise<Float32Array> => {
    const { data } = tensors.get(name)!;
    return data instanceof Uint16Array ? float32FromBfloat16(data) : (data as Float32Array);
  };
  const weights = { tensors: base.tensors, readFloat32 };
  const names = linearModules(config).map(({ name }) => `${name}.weight`);
  return quantizeWeights({ hash: directory, path: directory, weights }, names, { cacheDirectory: directory });
}

/** The part of a training graph that the loss depends on. */
function lossOnly(options: TrainGraphOptions): Graph {
  const { graph } = buildTrainGraph(options, true);
  graph.outputs.splice(1);
  return graph;
}

describe('the gradients of a whole micro-batch', () => {
  it.each(situations)('are those of central differences: $name', async (situation) => {
    const { options, feeds, scale } = await prepare(situation);
    const run = interpreter(lossOnly(options));
    const { graph, gradients, loss } = buildTrainGraph(options, true);
    const computed = interpreter(graph)(feeds);
    expect([...gradients.keys()].sort()).toEqual(options.parameters.map(({ name }) => name).sort());
    expect(computed.get(loss)!.data[0]).toBeGreaterThan(20);

    for (const { name, size } of options.parameters) {
      const at = feeds[name]!;
      const accumulated = feeds[`gradient:${name}`]!.data;
      const random = randomStream(9, name);
      const direction = Float64Array.from({ length: size }, () => random.normal() / Math.sqrt(size));
      const along = computed
        .get(gradients.get(name)!)!
        .data.reduce((sum, g, i) => sum + (g - accumulated[i]!) * direction[i]!, 0);
      const lossAt = (h: number): number => {
        const moved = value(
          at.shape,
          at.data.map((x, i) => x + h * direction[i]!),
        );
        return [...run({ ...feeds, [name]: moved }).values()][0]!.data[0]!;
      };
      const h = 1e-4;
      const wanted = (scale * (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h)))) / (12 * h);
      expect(Math.abs(wanted)).toBeGreaterThan(1e-4);
      expect(Math.abs(along - wanted) / Math.abs(wanted), `${name}: ${along}, ${wanted}`).toBeLessThan(1e-6);
    }
  });

  it.each(situations)('are those of the runtime: $name', async (situation) => {
    const { options, feeds } = await prepare(situation);
    const { graph } = buildTrainGraph(options, true);
    const read = readInputs(graph);
    const inputs = graph.inputs
      .filter(({ name }) => read.has(name))
      .map(({ name, dtype, shape }) => [name, { value: feeds[name]!, dtype, dims: shape }]);
    await expectRuntimeAgrees(graph, Object.fromEntries(inputs), 1e-4);
  });

  it('leave the loss as it is without gradients, and with checkpoints the gradients to the last bit', async () => {
    const { options, feeds } = await prepare({ name: 'LoRA' });
    const run = (checkpointedLayers: number, withGradients: boolean) => {
      const { graph, gradients, loss } = buildTrainGraph({ ...options, checkpointedLayers }, withGradients);
      const results = interpreter(graph)(feeds);
      return { loss: results.get(loss), gradients: [...gradients.values()].map((name) => results.get(name)) };
    };
    const stored = run(0, true);
    expect(run(options.config.numHiddenLayers, true)).toEqual(stored);
    expect(run(1, true)).toEqual(stored);
    expect(run(0, false)).toEqual({ loss: stored.loss, gradients: [] });
  });
});

describe('a micro-batch that multiplies in 8 bits', () => {
  const rounded: Situation = { name: 'rounded', settings: { precision: 'int8_compute' } };
  const gradientsOf = async (situation: Situation, checkpoints = false) => {
    const { options, feeds } = await prepare(situation);
    const { graph, gradients, loss } = buildTrainGraph(
      { ...options, checkpointedLayers: checkpoints ? options.config.numHiddenLayers : 0 },
      true,
    );
    const results = interpreter(graph)(feeds);
    const vector = [...gradients].flatMap(([name, output]) => {
      const before = feeds[`gradient:${name}`]!.data;
      return [...results.get(output)!.data.map((g, i) => g - before[i]!)];
    });
    return { loss: results.get(loss)!.data[0]!, vector };
  };

  it('has the loss and the gradients of float32 but for the rounding', async () => {
    const [exact, actual] = [await gradientsOf({ name: 'exact' }), await gradientsOf(rounded)];
    expect(Math.abs(actual.loss / exact.loss - 1)).toBeLessThan(0.02);
    expect(actual.loss).not.toBeCloseTo(exact.loss, 6);
    const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const cosine =
      dot(actual.vector, exact.vector) /
      Math.sqrt(dot(actual.vector, actual.vector) * dot(exact.vector, exact.vector));
    expect(cosine).toBeGreaterThan(0.99);
    expect(await gradientsOf(rounded, true)).toEqual(actual);
  });

  it('is computed by the runtime as by the interpreter, but for single numbers that round the other way', async () => {
    const { options, feeds } = await prepare(rounded);
    const { graph } = buildTrainGraph(options, true);
    const read = readInputs(graph);
    const inputs = graph.inputs
      .filter(({ name }) => read.has(name))
      .map(({ name, dtype, shape }) => [name, { value: feeds[name]!, dtype, dims: shape }]);
    await expectRuntimeAgrees(graph, Object.fromEntries(inputs), 0.01);
  });

  it('derives no gradient of an input before which nothing is trained', async () => {
    const { options } = await prepare(rounded);
    const { graph } = buildTrainGraph(options, true);
    const products = liveNodes(graph).filter(({ opType }) => opType === 'MatMulIntegerToFloat').length;
    // Forward all but down_proj; backward all, but q, k and v of the first layer only without an input gradient.
    expect(products).toBe(2 * 6 + 7 + 4);
  });
});

describe('the memory of a micro-batch', () => {
  const hidden = 16;
  const positions = 48;

  it.each([
    { name: 'an adapter', settings: {} },
    { name: 'all weights', settings: full },
  ])('with checkpoints holds one layer at a time, whatever is trained: $name', async (situation) => {
    const peaks = async (layers: number) => {
      const { options, feeds } = await prepare({ ...situation, model: { num_hidden_layers: layers } });
      const [checkpointed, stored] = [layers, 0].map((checkpointedLayers) =>
        peakBytes(buildTrainGraph({ ...options, checkpointedLayers }, true).graph, feeds),
      );
      const trained = options.parameters
        .filter(({ name }) => name.startsWith('model.layers.0.'))
        .reduce((sum, { size }) => sum + 4 * size, 0);
      return { checkpointed: checkpointed!, stored: stored!, trained };
    };
    const [few, many] = [await peaks(3), await peaks(9)];
    // One layer more costs its input, and its gradients where the end of the backward pass is the widest place.
    const growth = (many.checkpointed - few.checkpointed) / 6;
    expect(growth).toBeGreaterThanOrEqual(4 * positions * hidden);
    expect(growth).toBeLessThanOrEqual(4 * positions * hidden + few.trained);
    expect(growth).toBeLessThan((many.stored - few.stored) / 6 / 5);
  });
});
