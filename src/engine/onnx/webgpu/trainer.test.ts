import { describe, expect, it } from 'vitest';
import { engineSettings } from '../../../train/settings.fixture.js';
import type { EngineSettings } from '../../../train/settings.js';
import { layOut, shardsOf, tinyBase, tokens } from '../tiny-training.fixture.js';
import { Trainer } from '../trainer.js';
import { noSwiftShader, swiftShaderNote, useSwiftShader } from './swiftshader.fixture.js';

/** Rows of different lengths, one of them with two answers after one beginning. */
const shards = shardsOf(
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
    train: shards,
    evaluation: shards,
    threads: 1,
  });
  const figures: number[] = [];
  for (let step = 1; step <= 5; step++) {
    const microBatches = [[0, 1], [2], [3, step % 4]];
    const request = { step, optimizerStep: step, microBatches, learningRate: 0.01, normaliser: 150 };
    const { loss, gradNorm } = await trainer.step(request);
    figures.push(loss, gradNorm);
  }
  const { lossSum, supervisedTokens } = await trainer.evaluate([0, 1, 2, 3], 2);
  await trainer.close();
  return [...figures, lossSum / supervisedTokens];
}

describe.skipIf(noSwiftShader)(`training on WebGPU${swiftShaderNote}`, () => {
  it('gives the losses of the CPU, step by step', async () => {
    useSwiftShader();
    const onCpu = await train(undefined);
    const onDevice = await train('webgpu');
    expect(onCpu[0]! - onCpu.at(-1)!).toBeGreaterThan(0.5);
    expect(onDevice.length).toBe(onCpu.length);
    for (const [i, figure] of onCpu.entries()) expect(Math.abs(onDevice[i]! - figure)).toBeLessThan(1e-4);
  });
});
