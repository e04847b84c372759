import { beforeAll, describe, expect, it } from 'vitest';
import type { InputSpec } from '../../../graph/interpreter/random.fixture.js';
import { sizeOf, value } from '../../../graph/interpreter/value.fixture.js';
import { expectDeviceAgrees, expectLoweringKeepsResults } from '../../../graph/webgpu/lowered.fixture.js';
import { randomStream } from '../../../random.js';
import { engineSettings } from '../../../train/settings.fixture.js';
import type { EngineSettings } from '../../../train/settings.js';
import { checkpointedLayers } from '../memory-level.js';
import { microBatch } from '../micro-batch.js';
import { adapterShape, trainedParameters } from '../parameters.js';
import { layOut, shardsOf, tinyBase, tokens } from '../tiny-training.fixture.js';
import { buildTrainGraph } from '../train-graph.js';
import { Trainer } from '../trainer.js';
import { noSwiftShader, swiftShaderNote, useSwiftShader } from './swiftshader.fixture.js';

/** Two answers after one beginning, whose last token predicts both; and a short row. */
const shards = shardsOf([
  layOut(80, [
    { parent: 0, ids: tokens(6, 'a'), supervised: false },
    { parent: 1, ids: tokens(35, 'b'), supervised: true },
    { parent: 1, ids: tokens(30, 'c'), supervised: true },
  ]),
  layOut(80, [
    { parent: 0, ids: tokens(12, 'd'), supervised: [...Array(6).fill(false), ...Array(6).fill(true)] },
  ]),
]);

const { lora } = engineSettings();
const situations: {
  name: string;
  rows: number[];
  tied?: boolean;
  merged?: number;
  settings?: Partial<EngineSettings>;
}[] = [
  { name: 'LoRA', rows: [0, 1] },
  { name: 'LoRA on tied embeddings, of a row shorter than a block', rows: [1], tied: true },
  {
    name: 'LoRA with dropout and checkpoints beside a merged adapter',
    rows: [1],
    merged: 3,
    settings: { gradient_checkpointing: true, lora: { ...lora!, lora_dropout: 0.3 } },
  },
];

/** A training graph as the trainer makes it for the device, and random values for its inputs. */
async function prepare({ rows, tied, merged, settings: changes }: (typeof situations)[0]) {
  const { config, base } = await tinyBase({ tie_word_embeddings: tied ?? false });
  const settings = engineSettings(changes);
  const parameters = trainedParameters(config, settings, base.tensors);
  const adapter = adapterShape(config, settings);
  const { graph } = buildTrainGraph(
    {
      config,
      base,
      parameters,
      adapter,
      mergedRank: merged,
      checkpointedLayers: checkpointedLayers(settings, config),
      length: shards.length,
      attendInOneBlock: true,
      lossChunks: 3,
    },
    true,
  );
  const batch = microBatch(shards, rows, 1 / 8);
  const random = randomStream(8, 'inputs');
  const specs = graph.inputs.map(({ name, dtype, shape }): [string, InputSpec] => {
    const given = batch.inputs[name];
    if (given) {
      const data = Array.from(given.data as unknown as ArrayLike<number | bigint>, Number);
      return [name, { value: value(given.dims, data), dtype, dims: shape }];
    }
    if (name === 'dropout_offsets') {
      const offsets = adapter!.modules.map(() => random.integer(50));
      return [name, { value: value([offsets.length], offsets), dtype, dims: shape }];
    }
    const size = shape.map((dim) =>
      typeof dim === 'number' ? dim : 2 * batch.positions * config.intermediateSize,
    );
    const data = Float64Array.from({ length: sizeOf(size) }, () => Math.fround(0.3 * random.normal()));
    return [name, { value: value(size, data), dtype, dims: shape }];
  });
  return { graph, inputs: Object.fromEntries(specs) };
}

describe('a training graph rewritten for WebGPU', () => {
  it.each(situations)('gives the same loss and gradients: $name', async (situation) => {
    const { graph, inputs } = await prepare(situation);
    await expectLoweringKeepsResults(graph, inputs);
    // 40 rows of 64 bytes: the embeddings and the output head in pieces.
    const { graph: cut } = await expectLoweringKeepsResults(graph, inputs, 1000);
    expect(cut.nodes.filter(({ opType }) => opType === 'Equal').length).toBe(3);
  });
});

/** Rows of different lengths, one of them with two answers after one beginning. */
const trained = shardsOf(
  [30, 17, 90, 41].map((length, i) =>
    layOut(96, [
      { parent: 0, ids: tokens(8, 'context', i), supervised: false },
      { parent: 1, ids: tokens(length - 8, 'answer', i), supervised: true },
      ...(i === 1 ? [{ parent: 1, ids: tokens(9, 'second', i), supervised: true }] : []),
    ]),
  ),
);

/** Losses and gradient norms of five steps, and the loss over all rows afterwards. */
async function train(device: EngineSettings['device']): Promise<number[]> {
  const { config, base } = await tinyBase();
  const settings = engineSettings({ device });
  const trainer = await Trainer.create({
    config,
    base,
    settings,
    train: trained,
    evaluation: trained,
    threads: 1,
  });
  const figures: number[] = [];
  for (let step = 1; step <= 5; step++) {
    const microBatches = [
      [0, 1],
      [2, 3],
    ];
    const request = { step, optimizerStep: step, microBatches, learningRate: 0.01, normaliser: 150 };
    const { loss, gradNorm } = await trainer.step(request);
    figures.push(loss, gradNorm);
  }
  const { lossSum, supervisedTokens } = await trainer.evaluate([0, 1, 2, 3], 2);
  await trainer.close();
  return [...figures, lossSum / supervisedTokens];
}

describe.skipIf(noSwiftShader)(`training on the device${swiftShaderNote}`, () => {
  beforeAll(useSwiftShader);

  it('gives the loss and gradients of the interpreter, with dropout, checkpoints and a merged adapter', async () => {
    const { graph, inputs } = await prepare(situations.at(-1)!);
    await expectDeviceAgrees(graph, inputs, 1e-4);
  });

  it('gives the losses of the CPU, step by step', async () => {
    const onCpu = await train(undefined);
    const onDevice = await train('webgpu');
    expect(onCpu[0]! - onCpu.at(-1)!).toBeGreaterThan(0.5);
    expect(onDevice.length).toBe(onCpu.length);
    for (const [i, figure] of onCpu.entries()) expect(Math.abs(onDevice[i]! - figure)).toBeLessThan(1e-4);
  });
});
