import { describe, expect, it } from 'vitest';
import { engineSettings } from '../../../train/settings.fixture.js';
import type { EngineSettings } from '../../../train/settings.js';
import { layOut, shardsOf, tinyBase, tokens } from '../tiny-training.fixture.js';
import { Trainer } from '../trainer.js';
import { noSwiftShader, swiftShaderNote, useSwiftShader } from './swiftshader.fixture.js';

const plain = shardsOf(
  [30, 17, 90, 41].map((length, i) =>
    layOut(96, [
      { parent: 0, ids: tokens(8, 'context', i), supervised: false },
      { parent: 1, ids: tokens(length - 8, 'answer', i), supervised: true },
      ...(i === 1 ? [{ parent: 1, ids: tokens(9, 'second', i), supervised: true }] : []),
    ]),
  ),
);

async function losses(device: EngineSettings['device'], changes: Partial<EngineSettings>) {
  const { config, base } = await tinyBase();
  const trainer = await Trainer.create({
    config,
    base,
    settings: engineSettings({ ...changes, device }),
    train: plain,
    evaluation: plain,
    threads: 1,
  });
  const made: number[] = [];
  for (let step = 1; step <= 5; step++) {
    const { loss, gradNorm } = await trainer.step({
      step,
      optimizerStep: step,
      microBatches: [[0, 1], [2], [3, step % 4]],
      learningRate: 0.01,
      normaliser: 150,
    });
    made.push(loss, gradNorm);
  }
  const evaluated = await trainer.evaluate([0, 1, 2, 3], 2);
  await trainer.close();
  return { made, evaluated };
}

describe.skipIf(noSwiftShader)(`training on WebGPU${swiftShaderNote}`, () => {
  it.each([
    { name: 'LoRA', changes: {} },
    {
      name: 'LoRA with dropout and checkpoints',
      changes: { gradient_checkpointing: true, lora: { ...engineSettings().lora!, lora_dropout: 0.2 } },
    },
  ])('gives the losses of the CPU: $name', async ({ changes }) => {
    useSwiftShader();
    const onCpu = await losses(undefined, changes);
    const onDevice = await losses('webgpu', changes);
    console.log(onCpu, onDevice);
    for (const [i, value] of onCpu.made.entries()) expect(onDevice.made[i]).toBeCloseTo(value, 4);
    expect(onDevice.evaluated.lossSum).toBeCloseTo(onCpu.evaluated.lossSum, 2);
  });
});
