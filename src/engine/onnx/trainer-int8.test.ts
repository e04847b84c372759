import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineSettings } from '../../train/settings.fixture.js';
import type { EngineSettings } from '../../train/settings.js';
import { int8Base } from './int8-base.fixture.js';
import { layOut, shardsOf, tinyBase, tokens } from './tiny-training.fixture.js';
import { Trainer } from './trainer.js';
import type { BaseWeights } from './weights.js';

const rows = shardsOf(
  Array.from({ length: 8 }, (_, i) =>
    layOut(32, [
      { parent: 0, ids: tokens(6 + i, 'prompt', i), supervised: false },
      { parent: 1, ids: tokens(4 + (i % 3), 'answer', i), supervised: true },
    ]),
  ),
);
const all = [0, 1, 2, 3, 4, 5, 6, 7];

let tiny: Awaited<ReturnType<typeof tinyBase>>;
let bases: Record<'float32' | 'int8' | 'int8_compute', BaseWeights>;
const opened: Trainer[] = [];
beforeAll(async () => {
  tiny = await tinyBase();
  bases = {
    float32: tiny.base,
    int8: await int8Base(tiny, 'float32'),
    int8_compute: await int8Base(tiny, 'int8'),
  };
});
afterAll(async () => {
  for (const trainer of opened) await trainer.close();
});

async function open(precision: keyof typeof bases, changes: Partial<EngineSettings> = {}): Promise<Trainer> {
  const settings = engineSettings({ ...changes, precision });
  const trainer = await Trainer.create({
    config: tiny.config,
    base: bases[precision],
    settings,
    train: rows,
    evaluation: rows,
    threads: 1,
  });
  opened.push(trainer);
  return trainer;
}

async function train(trainer: Trainer, microBatches: number[][], steps: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const request = { step, optimizerStep: step, microBatches, learningRate: 0.02 };
    const { loss } = await trainer.step({ ...request, normaliser: rows.supervisedTokens });
    losses.push(loss);
  }
  return losses;
}

describe('training over a base in 8 bits', () => {
  it('learns as over one in float32, whatever its products are computed in', async () => {
    const exact = await train(await open('float32'), [all], 30);
    expect(exact.at(-1)).toBeLessThan(exact[0]! / 2);
    for (const precision of ['int8', 'int8_compute'] as const) {
      const trainer = await open(precision);
      const losses = await train(trainer, [all], 30);
      expect(losses).not.toEqual(exact);
      expect(Math.abs(losses[0]! / exact[0]! - 1)).toBeLessThan(0.01);
      expect(Math.abs(losses.at(-1)! - exact.at(-1)!)).toBeLessThan(0.03 * exact[0]!);
      // The loss of an evaluation is that of the same base: the one before the next step.
      const { lossSum, supervisedTokens } = await trainer.evaluate(all, 8);
      const [next] = await train(trainer, [all], 1);
      expect(lossSum / supervisedTokens).toBeCloseTo(next!, 5);
    }
  });

  it('gives the same bytes twice, and the same steps with checkpoints and in other micro-batches', async () => {
    const wanted = await train(await open('int8_compute'), [all], 4);
    expect(await train(await open('int8_compute'), [all], 4)).toEqual(wanted);
    expect(await train(await open('int8_compute', { gradient_checkpointing: true }), [all], 4)).toEqual(
      wanted,
    );
    const halves = await train(await open('int8_compute'), [all.slice(0, 4), all.slice(4)], 4);
    for (const [i, loss] of halves.entries()) expect(Math.abs(loss / wanted[i]! - 1)).toBeLessThan(1e-3);
  });
});
