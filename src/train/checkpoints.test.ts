import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  clearLeftovers,
  latestCheckpoint,
  listCheckpoints,
  pruneCheckpoints,
  readCheckpoint,
  type TrainerState,
  writeCheckpoint,
} from './checkpoints.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-checkpoints-'));
});
afterEach(() => rm(directory, { recursive: true }));

const state = (step: number): TrainerState => ({
  global_step: step,
  epoch: step / 10,
  rows_done: step * 4,
  log_lines: step,
  best_metric: null,
  best_global_step: null,
  plan: 'plan',
});
const save = async (folder: string) => {
  await writeFile(join(folder, 'weights.bin'), 'weights');
  await writeFile(join(folder, 'adapter_config.json'), '{}');
};
const write = (...steps: number[]) =>
  steps.reduce(
    (before, step) => before.then(() => writeCheckpoint(directory, state(step), save)),
    Promise.resolve(),
  );

describe('checkpoints', () => {
  it('list their files with sizes and digests and read back', async () => {
    await write(5);
    const stored = JSON.parse(await readFile(join(directory, 'checkpoint-5/trainer_state.json'), 'utf8'));
    expect(stored).toMatchObject({ global_step: 5, rows_done: 20, log_lines: 5 });
    expect(stored.files.map((file: { name: string; bytes: number }) => [file.name, file.bytes])).toEqual([
      ['adapter_config.json', 2],
      ['weights.bin', 7],
    ]);
    expect((await readCheckpoint(directory, 5, 'plan')).state).toEqual(state(5));
  });

  it('do not appear when writing fails, and the one before stays', async () => {
    await write(5);
    const full = writeCheckpoint(directory, state(10), async (folder) => {
      await save(folder);
      throw Object.assign(new Error('write'), { code: 'ENOSPC' });
    });
    await expect(full).rejects.toMatchObject({ name: 'AttuneError', message: 'no space left on the disk' });
    expect(await readdir(directory)).toEqual(['checkpoint-5']);
    expect(
      (
        await latestCheckpoint(
          directory,
          () => 'plan',
          () => undefined,
        )
      )?.step,
    ).toBe(5);
  });

  const damages: [string, (folder: string) => Promise<void>, RegExp][] = [
    ['a truncated file', (folder) => truncate(join(folder, 'weights.bin'), 3), /has 3 bytes instead of 7/],
    ['a changed file', (folder) => writeFile(join(folder, 'weights.bin'), 'WEIGHTS'), /content changed/],
    ['a missing file', (folder) => rm(join(folder, 'weights.bin')), /weights.bin is missing/],
    ['no trainer state', (folder) => rm(join(folder, 'trainer_state.json')), /no such file/],
    ['half a trainer state', (folder) => truncate(join(folder, 'trainer_state.json'), 20), /not valid JSON/],
  ];
  for (const [name, damage, message] of damages) {
    it(`with ${name} are passed over with a note`, async () => {
      await write(5, 10);
      await damage(join(directory, 'checkpoint-10'));
      const notes: string[] = [];
      const latest = await latestCheckpoint(
        directory,
        () => 'plan',
        (note) => notes.push(note),
      );
      expect(latest?.step).toBe(5);
      expect(notes).toHaveLength(1);
      expect(notes[0]).toMatch(/^checkpoint-10 is not complete/);
      expect(notes[0]).toMatch(message);
    });
  }

  it('of another plan are not taken', async () => {
    await write(5);
    expect(
      await latestCheckpoint(
        directory,
        () => 'other',
        () => undefined,
      ),
    ).toBeUndefined();
  });

  it('are none where there is no folder', async () => {
    expect(await listCheckpoints(join(directory, 'none'))).toEqual([]);
  });

  it('are listed by number, without anything else in the folder', async () => {
    await write(10, 9, 100);
    await mkdir(join(directory, 'checkpoint-7.tmp'));
    await writeFile(join(directory, 'checkpoint-8'), '');
    expect(await listCheckpoints(directory)).toEqual([9, 10, 100]);
  });
});

describe('pruneCheckpoints', () => {
  const planned = () => true;

  it('keeps the newest, and checkpoint 0 without counting it', async () => {
    await write(0, 5, 10, 15);
    await pruneCheckpoints(directory, { limit: 2, always: [], planned });
    expect(await listCheckpoints(directory)).toEqual([0, 10, 15]);
    expect(await readdir(directory)).toHaveLength(3);
  });

  it('keeps what is always kept whatever its age', async () => {
    await write(0, 5, 10, 15);
    await pruneCheckpoints(directory, { limit: 1, always: [5], planned });
    expect(await listCheckpoints(directory)).toEqual([0, 5, 15]);
  });

  it('keeps all without a limit, except those of an interruption once a newer one exists', async () => {
    const fives = (step: number) => step % 5 === 0;
    await write(0, 5, 7);
    await pruneCheckpoints(directory, { always: [], planned: fives });
    expect(await listCheckpoints(directory)).toEqual([0, 5, 7]);
    await write(10);
    await pruneCheckpoints(directory, { always: [], planned: fives });
    expect(await listCheckpoints(directory)).toEqual([0, 5, 10]);
  });
});

describe('clearLeftovers', () => {
  it('deletes half-written folders and checkpoints after the step', async () => {
    await write(0, 5, 10);
    await mkdir(join(directory, 'checkpoint-15.tmp'));
    await clearLeftovers(directory, 5);
    expect((await readdir(directory)).sort()).toEqual(['checkpoint-0', 'checkpoint-5']);
  });
});
