import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { engineSettings, plainAdamw } from '../../train/settings.fixture.js';
import type { OptimizerSettings } from '../../train/settings.js';
import { fillFromBase, readCheckpoint, writeOptimizer, writeTrained } from './checkpoint.js';
import { layOut, shardsOf, tinyBase, tokens } from './tiny-training.fixture.js';
import { Trainer } from './trainer.js';

const rows = shardsOf(
  ['a', 'b'].map((name) =>
    layOut(24, [{ parent: 0, ids: tokens(20, name), supervised: tokens(20).map((_, i) => i > 0) }]),
  ),
);

it('goes on from a checkpoint with 8-bit moments as if it had never stopped, and from no other one', async () => {
  // Wide enough that some tensors are held in 8 bits and some are not.
  const { config, base } = await tinyBase({ hidden_size: 48, intermediate_size: 96, head_dim: 12 });
  const make = async (optim: NonNullable<OptimizerSettings['optim']>) => {
    const settings = engineSettings({
      method: 'full',
      lora: undefined,
      optimizer: { ...plainAdamw, optim },
    });
    const trainer = await Trainer.create({ config, base, settings, train: rows, threads: 1 });
    await fillFromBase(trainer.state, base.tensors);
    return { trainer, settings };
  };
  const step = (trainer: Trainer, number: number) =>
    trainer.step({
      step: number,
      optimizerStep: number,
      microBatches: [[0, 1]],
      learningRate: 1e-3,
      normaliser: 38,
    });
  const { trainer, settings } = await make('adamw_bnb_8bit');
  expect(trainer.state.eightBit.size).toBeGreaterThan(0);
  expect(trainer.state.expAvg.length).toBeGreaterThan(0);
  for (const number of [1, 2]) await step(trainer, number);
  const directory = await mkdtemp(join(tmpdir(), 'attune-eight-bit-'));
  await writeTrained(directory, trainer.state, settings, { name: 'tiny' });
  await writeOptimizer(directory, trainer.state);
  for (const number of [3, 4]) await step(trainer, number);

  const resumed = await make('adamw_bnb_8bit');
  await readCheckpoint(directory, resumed.trainer.state, settings, config);
  for (const number of [3, 4]) await step(resumed.trainer, number);
  expect(resumed.trainer.state.values).toEqual(trainer.state.values);
  expect(resumed.trainer.state.eightBit).toEqual(trainer.state.eightBit);
  expect(resumed.trainer.state.expAvgSq).toEqual(trainer.state.expAvgSq);

  const other = await make('adamw_torch');
  await expect(readCheckpoint(directory, other.trainer.state, other.settings, config)).rejects.toThrow(
    'belongs to other settings',
  );
  for (const one of [trainer, resumed.trainer, other.trainer]) await one.close();
});
