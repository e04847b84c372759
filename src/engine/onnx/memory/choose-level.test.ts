import { describe, expect, it } from 'vitest';
import { engineSettings } from '../../../train/settings.fixture.js';
import type { EngineSettings, MemoryLevel } from '../../../train/settings.js';
import { adviseMemory, chooseLevel } from './choose-level.js';
import { config, layers, tensors } from './shapes.fixture.js';
import { highestPhase } from './terms.js';
import { predictTraining, type TrainMemoryInput } from './train-memory.js';

function input(changes: Partial<EngineSettings> = {}, rows = 1): TrainMemoryInput {
  const length = 1024;
  const shards = {
    length,
    lengthPerRow: new Int32Array(rows).fill(length),
    supervisedPerRow: new Int32Array(rows).fill(length / 2),
  };
  return {
    config,
    tensors,
    settings: engineSettings(changes),
    train: shards,
    batches: [Array.from({ length: rows }, (_, row) => row)],
    evaluation: { shards, rows, batchSize: 1 },
  };
}

const peakWith = (memory: MemoryLevel | undefined, changes: Partial<EngineSettings> = {}): number =>
  highestPhase(predictTraining(input({ ...changes, ...(memory && { memory }) }))).bytes;

describe('chooseLevel', () => {
  const free = peakWith(undefined);
  const leanest = peakWith({ checkpointed_layers: layers, apart: true });

  it('keeps everything where there is room', () => {
    const { level, fits } = chooseLevel(input(), 2 * free);
    expect(level).toEqual({ checkpointed_layers: 0, apart: false });
    expect(fits).toBe(true);
  });

  it('computes as few layers twice as the budget needs', () => {
    for (const share of [0.3, 0.6, 0.9]) {
      const budget = leanest * 1.04 + share * (free - leanest * 1.04);
      const { level, phases, fits } = chooseLevel(input(), budget);
      expect(fits).toBe(true);
      expect(highestPhase(phases).bytes).toBeLessThanOrEqual(budget);
      const { checkpointed_layers } = level;
      if (checkpointed_layers > 0) {
        const oneFewer = peakWith({ checkpointed_layers: checkpointed_layers - 1, apart: true });
        expect(oneFewer).toBeGreaterThan(0.97 * budget);
      }
    }
  });

  it('needs more of it for less memory', () => {
    const levels = [1, 0.85, 0.7, 0.6].map((share) => chooseLevel(input(), share * free).level);
    const twice = levels.map(({ checkpointed_layers }) => checkpointed_layers);
    expect([...twice].sort((a, b) => a - b)).toEqual(twice);
    expect(twice.at(-1)).toBeGreaterThan(0);
  });

  it('says so where nothing fits, with the leanest level', () => {
    const { level, fits } = chooseLevel(input(), 0.5 * leanest);
    expect(fits).toBe(false);
    expect(level).toMatchObject({ checkpointed_layers: layers, apart: true });
    expect(level.loss_chunk_bytes).toBeGreaterThan(0);
  });

  it('leaves to the recipe what the recipe says', () => {
    const { level } = chooseLevel(input({ gradient_checkpointing: true }), leanest, true);
    expect(level.checkpointed_layers).toBe(0);
  });
});

describe('adviseMemory', () => {
  it('names what frees memory, the most first, with what is left', () => {
    const now = highestPhase(predictTraining(input({}, 4))).bytes;
    const advice = adviseMemory(input({}, 4));
    const settings = advice.map(({ setting }) => setting);
    expect(settings).toContain('training.per_device_train_batch_size: 1');
    expect(settings).toContain('training.gradient_checkpointing: true');
    expect(settings).toContain('data.max_length: 512');
    for (const { bytes, frees } of advice) expect(bytes + frees).toBe(now);
    const freed = advice.map(({ frees }) => frees);
    expect([...freed].sort((a, b) => b - a)).toEqual(freed);
  });

  it('does not advise what is done already', () => {
    const settings = adviseMemory(
      input({
        method: 'qlora',
        gradient_checkpointing: true,
        optimizer: { ...engineSettings().optimizer, optim: 'adamw_bnb_8bit' },
      }),
    ).map(({ setting }) => setting);
    expect(settings.filter((setting) => !setting.startsWith('data.'))).toEqual([]);
  });
});
