import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linearModules } from '../../adapter/lora.js';
import { adapterFiles, readAdapter } from '../../adapter/peft.js';
import { quantizeWeights } from '../../adapter/quantized-weights.js';
import { readSafetensors } from '../../model/safetensors.js';
import { engineSettings, plainAdamw } from '../../train/settings.fixture.js';
import type { EngineSettings } from '../../train/settings.js';
import { readCheckpoint, readTrained, writeOptimizer, writeTrained } from './checkpoint.js';
import { loadAdapter } from './loaded-adapter.js';
import { layOut, type Piece, shardsOf, tinyBase, tokens } from './tiny-training.fixture.js';
import { TokenLosses } from './token-losses.js';
import { Trainer } from './trainer.js';
import type { BaseWeights } from './weights.js';

const { lora } = engineSettings();
const rowCount = 6;
const every = Array.from({ length: rowCount }, (_, row) => row);
const rows = every.map((i) => {
  const prompt = tokens(3 + 2 * i, 'prompt', i);
  const answer = tokens(2 + ((3 * i) % 7), 'answer', i);
  const piece: Piece = {
    parent: 0,
    ids: [...prompt, ...answer],
    supervised: [...prompt.map(() => false), ...answer.map(() => true)],
  };
  return layOut(32, [piece]);
});
const shards = shardsOf(rows);

let tiny: Awaited<ReturnType<typeof tinyBase>>;
let quantized: BaseWeights;
let folders = 0;
const opened: Trainer[] = [];
beforeAll(async () => {
  tiny = await tinyBase();
  const { directory, config, base } = tiny;
  const { tensors } = await readSafetensors(join(directory, 'model.safetensors'));
  const weights = {
    tensors: base.tensors,
    readFloat32: async (name: string) => tensors.get(name)!.data as Float32Array,
  };
  const names = linearModules(config).map(({ name }) => `${name}.weight`);
  quantized = {
    ...base,
    quantized: await quantizeWeights({ hash: directory, path: directory, weights }, names, {
      cacheDirectory: directory,
    }),
  };
});
afterAll(async () => {
  for (const trainer of opened) await trainer.close();
});

const baseOf = ({ precision }: EngineSettings): BaseWeights => (precision === 'nf4' ? quantized : tiny.base);

async function trainer(changes: Partial<EngineSettings> = {}): Promise<Trainer> {
  const settings = engineSettings(changes);
  const { config } = tiny;
  const options = { config, base: baseOf(settings), settings, train: shards, evaluation: shards, threads: 1 };
  const made = await Trainer.create(options);
  opened.push(made);
  return made;
}

/** Steps from `first` on, each over three of the rows. */
async function train(made: Trainer, first: number, count: number, optimizerFirst = first): Promise<number[]> {
  const losses: number[] = [];
  for (let i = 0; i < count; i++) {
    const step = first + i;
    const microBatches = [[step % rowCount, (step + 1) % rowCount], [(step + 3) % rowCount]];
    const request = { step, optimizerStep: optimizerFirst + i, microBatches };
    losses.push((await made.step({ ...request, learningRate: 0.05, normaliser: 14 })).loss);
  }
  return losses;
}

const lossOf = async (made: Trainer): Promise<number> => (await made.evaluate(every, 2)).lossSum;

const stateOf = ({ state }: Trainer) => ({
  values: state.values.slice(),
  expAvg: state.expAvg.slice(),
  expAvgSq: state.expAvgSq.slice(),
  merged: state.merged,
});

/** Writes what a checkpoint holds. */
async function save({ state }: Trainer, changes: Partial<EngineSettings> = {}): Promise<string> {
  const directory = join(tiny.directory, `saved-${folders++}`);
  await mkdir(directory);
  await writeTrained(directory, state, engineSettings(changes), { name: 'tiny' });
  await writeOptimizer(directory, state);
  return directory;
}

/** Loss of the written adapter on the original base, by the graphs of evaluation. */
async function lossOfWritten(directory: string, changes: Partial<EngineSettings>): Promise<number> {
  const { config } = tiny;
  const adapter = await loadAdapter(directory, config);
  const scorer = new TokenLosses({ config, base: baseOf(engineSettings(changes)), ...adapter, threads: 1 });
  const losses = await scorer.of(rows);
  await scorer.close();
  return losses.reduce((sum, row) => sum + row.losses.reduce((a, b) => a + b, 0), 0);
}

const situations: { name: string; changes: Partial<EngineSettings> }[] = [
  { name: 'LoRA', changes: {} },
  {
    name: 'LoRA of some modules with √r, dropout and checkpoints',
    changes: {
      lora: {
        ...lora!,
        r: 3,
        use_rslora: true,
        lora_dropout: 0.2,
        target_modules: ['q_proj', 'v_proj', 'down_proj'],
      },
      gradient_checkpointing: true,
    },
  },
  { name: 'QLoRA', changes: { method: 'qlora', precision: 'nf4' } },
];

describe.each(situations)('a merged adapter ($name)', ({ changes }) => {
  it('leaves the loss as it was, whichever way it is computed, also a second time', async () => {
    const made = await trainer(changes);
    const atStart = await lossOf(made);
    for (const stage of [1, 2]) {
      await train(made, 10 * stage, 4, 1);
      const before = await lossOf(made);
      expect(before).toBeLessThan(atStart);
      await made.beginStage({ carry: 'merged', optimizer: 'fresh', stage });
      expect(made.state.merged!.rank).toBe(stage * engineSettings(changes).lora!.r);
      // Adding the zero of the fresh adapter changes no bit; two stacked adapters are added in another order.
      const after = await lossOf(made);
      if (stage === 1) expect(after).toBe(before);
      else expect(Math.abs(after / before - 1)).toBeLessThan(1e-6);
      const written = await lossOfWritten(await save(made, changes), changes);
      expect(Math.abs(written / before - 1)).toBeLessThan(1e-5);
    }
    await train(made, 30, 4, 1);
    const trained = await lossOf(made);
    const written = await lossOfWritten(await save(made, changes), changes);
    expect(Math.abs(written / trained - 1)).toBeLessThan(1e-5);
  });

  it('is not trained any more, and what is beside it learns', async () => {
    // Decay too is for what is trained.
    const made = await trainer({ ...changes, optimizer: { ...plainAdamw, weight_decay: 0.1 } });
    await train(made, 1, 3);
    await made.beginStage({ carry: 'merged', optimizer: 'fresh', stage: 1 });
    const merged = structuredClone(made.state.merged);
    const fresh = made.state.values.slice();
    const before = await lossOf(made);
    await train(made, 4, 4, 1);
    expect(made.state.merged).toEqual(merged);
    expect(made.state.values).not.toEqual(fresh);
    expect(await lossOf(made)).toBeLessThan(before);
  });

  it('is saved and taken up again to the bit, and goes on as if nothing had happened', async () => {
    const made = await trainer(changes);
    await train(made, 1, 3);
    await made.beginStage({ carry: 'merged', optimizer: 'fresh', stage: 1 });
    await train(made, 4, 2, 1);
    await made.beginStage({ carry: 'merged', optimizer: 'fresh', stage: 2 });
    await train(made, 6, 2, 1);
    const directory = await save(made, changes);

    const other = await trainer(changes);
    // It stands somewhere else, and with another graph, before it takes the state up.
    await train(other, 1, 1);
    const settings = engineSettings(changes);
    await readCheckpoint(directory, other.state, settings, tiny.config);
    expect(stateOf(other)).toEqual(stateOf(made));
    const again = await save(other, changes);
    for (const name of [...Object.values(adapterFiles), 'optimizer.safetensors']) {
      expect(await readFile(join(again, name))).toEqual(await readFile(join(directory, name)));
    }
    expect(await train(other, 8, 2, 3)).toEqual(await train(made, 8, 2, 3));
    expect(stateOf(other)).toEqual(stateOf(made));
  });
});

describe('the adapter of a merged stage', () => {
  it('is one of the ranks together with the scaling of the settings', async () => {
    const changes = { lora: { ...lora!, r: 4, lora_alpha: 8, use_rslora: true } };
    const made = await trainer(changes);
    await train(made, 1, 2);
    const earlier = structuredClone(await readAdapter(await save(made, changes), tiny.config));
    await made.beginStage({ carry: 'merged', optimizer: 'fresh', stage: 1 });
    const { settings, tensors } = await readAdapter(await save(made, changes), tiny.config);
    expect(settings).toMatchObject({ r: 8, lora_alpha: 32, use_rslora: false });
    for (const [module, { A, B }] of tensors) {
      const before = earlier.tensors.get(module)!;
      expect(A.subarray(0, before.A.length)).toEqual(before.A);
      for (let row = 0; row < B.length / 8; row++) {
        expect(B.subarray(8 * row, 8 * row + 4)).toEqual(before.B.subarray(4 * row, 4 * row + 4));
        expect([...B.subarray(8 * row + 4, 8 * row + 8)]).toEqual([0, 0, 0, 0]);
      }
    }
  });

  it('begins with random numbers of its own for every stage', async () => {
    const made = await trainer();
    const seen = [made.state.values.slice()];
    for (const stage of [1, 2]) {
      await made.beginStage({ carry: 'merged', optimizer: 'fresh', stage });
      seen.push(made.state.values.slice());
    }
    const [first, second, third] = seen.map(String);
    expect(new Set([first, second, third]).size).toBe(3);
    const other = await trainer();
    await other.beginStage({ carry: 'merged', optimizer: 'fresh', stage: 2 });
    expect(other.state.values).toEqual(seen[2]);
  });

  it('is refused by settings of another rank or scaling', async () => {
    const made = await trainer();
    await made.beginStage({ carry: 'merged', optimizer: 'fresh', stage: 1 });
    const directory = await save(made);
    for (const change of [{ r: 3 }, { lora_alpha: 9 }]) {
      const settings = engineSettings({ lora: { ...lora!, ...change } });
      await expect(readTrained(directory, made.state, settings, tiny.config)).rejects.toThrow(
        "do not go with the settings' r",
      );
    }
  });

  it('cannot be where all weights are trained', async () => {
    const made = await trainer({ method: 'full', lora: undefined });
    const begun = made.beginStage({ carry: 'merged', optimizer: 'fresh', stage: 1 });
    await expect(begun).rejects.toMatchObject({ field: 'carry', message: expect.stringContaining('merged') });
  });
});

describe('the optimizer of a stage', () => {
  it('that is fresh is that of a new engine which starts from the adapter', async () => {
    const decayed = { optimizer: { ...plainAdamw, weight_decay: 0.1 } };
    const made = await trainer(decayed);
    await train(made, 1, 3);
    const directory = await save(made, decayed);
    await made.beginStage({ carry: 'adapter', optimizer: 'fresh', stage: 1 });
    const fresh = await trainer(decayed);
    await readTrained(directory, fresh.state, engineSettings(decayed), tiny.config);
    expect(stateOf(made)).toEqual(stateOf(fresh));
    expect(await train(made, 4, 3, 1)).toEqual(await train(fresh, 4, 3, 1));
    expect(stateOf(made)).toEqual(stateOf(fresh));
  });

  it('that is kept makes two stages one long one, and a fresh one does not', async () => {
    const long = await trainer();
    await train(long, 1, 6);
    const run = async (optimizer: 'keep' | 'fresh', optimizerFirst: number) => {
      const made = await trainer();
      await train(made, 1, 3);
      await made.beginStage({ carry: 'adapter', optimizer, stage: 1 });
      await train(made, 4, 3, optimizerFirst);
      return stateOf(made);
    };
    expect(await run('keep', 4)).toEqual(stateOf(long));
    expect((await run('fresh', 1)).values).not.toEqual(long.state.values);
  });
});
