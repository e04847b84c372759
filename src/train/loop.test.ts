import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../progress.js';
import { listCheckpoints } from './checkpoints.js';
import { isFinished, runTraining, type TrainingOptions } from './loop.js';
import { isEvaluation, readMetrics } from './metrics.js';
import type { TrainingOutcome } from './outcome.js';
import { microBatches, type Plan } from './plan.js';
import { openRun, readManifest } from './run-folder.js';
import { FakeEngine, type FakeFaults, fakeDescription, fakePlan, runContent } from './training.fixture.js';

let root: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-loop-'));
});
afterAll(() => rm(root, { recursive: true }));
const newFolder = () => join(root, String(folders++));

type Change = Partial<Omit<TrainingOptions, 'engine' | 'run'>> & FakeFaults;

/** Opens the folder, trains as far as it goes and closes it. */
async function train(
  directory: string,
  change: Change = {},
): Promise<{ outcome: TrainingOutcome; engine: FakeEngine }> {
  const plan = change.plan ?? fakePlan();
  const run = await openRun(directory, fakeDescription(plan));
  const engine = new FakeEngine(change);
  try {
    return { outcome: await runTraining({ evalBatchSize: 2, ...change, plan, engine, run }), engine };
  } finally {
    await run.close();
  }
}

/** Trains until `stop` says so at a report of progress. */
async function trainUntil(
  directory: string,
  stop: (progress: Progress) => boolean,
  change: Change = {},
): Promise<TrainingOutcome> {
  const controller = new AbortController();
  const onProgress = (progress: Progress) => {
    if (stop(progress)) controller.abort();
  };
  return (await train(directory, { ...change, signal: controller.signal, onProgress })).outcome;
}

async function reference(change: Change = {}): Promise<Record<string, string>> {
  const directory = newFolder();
  await train(directory, change);
  return runContent(directory);
}

describe('runTraining', () => {
  it('executes the plan and fills the run folder', async () => {
    const directory = newFolder();
    const plan = fakePlan();
    const { outcome, engine } = await train(directory, { plan });
    expect(outcome).toMatchObject({
      state: 'done',
      step: 12,
      steps: 12,
      epoch: 2,
      result: join(directory, 'adapter'),
      resumedFrom: undefined,
      firstEvaluation: { step: 0 },
      lastEvaluation: { step: 12 },
      tokens: plan.header.totals.tokens,
      notes: [],
    });
    expect(engine.requests).toEqual(
      Array.from({ length: 12 }, (_, index) => ({
        step: index + 1,
        optimizerStep: index + 1,
        microBatches: microBatches(plan, index + 1),
        learningRate: plan.learningRate[index],
        normaliser: plan.normaliser[index],
      })),
    );
    expect(await listCheckpoints(join(directory, 'checkpoints'))).toEqual([0, 3, 6, 9, 12]);
    expect((await readManifest(directory)).state).toBe('done');
    const final = await readFile(join(directory, 'adapter/adapter_model.safetensors'));
    expect(final).toEqual(
      await readFile(join(directory, 'checkpoints/checkpoint-12/adapter_model.safetensors')),
    );
  });

  it('logs every step and evaluation with the names of the design', async () => {
    const directory = newFolder();
    await train(directory);
    const lines = await readMetrics(join(directory, 'metrics.jsonl'));
    expect(lines.filter((line) => !isEvaluation(line)).map((line) => line.step)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    expect(lines.filter(isEvaluation).map((line) => line.step)).toEqual([0, 4, 8, 12]);
    expect(Object.keys(lines[1]!).sort()).toEqual(
      'epoch grad_norm learning_rate loss peak_memory_bytes seconds stage step supervised_tokens tokens'.split(
        ' ',
      ),
    );
    expect(lines[6 + 2]).toMatchObject({ step: 7, stage: 'main', epoch: 26 / 22 });
  });

  it('keeps as many checkpoints as asked for, and the first', async () => {
    const directory = newFolder();
    await train(directory, { saveTotalLimit: 2 });
    expect(await listCheckpoints(join(directory, 'checkpoints'))).toEqual([0, 9, 12]);
  });

  it('writes the state of training beside each checkpoint', async () => {
    const directory = newFolder();
    await train(directory);
    const state = JSON.parse(
      await readFile(join(directory, 'checkpoints/checkpoint-6/trainer_state.json'), 'utf8'),
    );
    // Lines: evaluation 0, steps 1-4, evaluation 4, steps 5 and 6. Step 4 has no checkpoint to be best with.
    expect(state).toMatchObject({
      global_step: 6,
      epoch: 1,
      rows_done: 22,
      log_lines: 8,
      best_metric: null,
    });
  });

  it('returns the best checkpoint when asked to, and never deletes it', async () => {
    const plan = fakePlan({ load_best_model_at_end: true, save_steps: 4, learning_rate: 0.9 });
    const directory = newFolder();
    const { outcome } = await train(directory, { plan, saveTotalLimit: 1 });
    const best = outcome.bestEvaluation!;
    const losses = (await readMetrics(join(directory, 'metrics.jsonl'))).filter(isEvaluation).slice(1);
    expect(best.evalLoss).toBe(Math.min(...losses.map((line) => line.eval_loss)));
    // The case is only worth something when the best is not the last.
    expect(best.step).toBeLessThan(12);
    expect(await listCheckpoints(join(directory, 'checkpoints'))).toEqual([0, best.step, 12]);
    expect(await readFile(join(directory, 'adapter/adapter_model.safetensors'))).toEqual(
      await readFile(join(directory, `checkpoints/checkpoint-${best.step}/adapter_model.safetensors`)),
    );
  });

  it('does nothing to a finished run', async () => {
    const directory = newFolder();
    const first = await train(directory);
    const before = await runContent(directory);
    const manifest = await readFile(join(directory, 'manifest.json'), 'utf8');
    const { outcome, engine } = await train(directory);
    expect(engine.requests).toEqual([]);
    expect(outcome).toEqual({ ...first.outcome, seconds: 0, tokens: 0, resumedFrom: undefined });
    expect(await runContent(directory)).toEqual(before);
    expect(await readFile(join(directory, 'manifest.json'), 'utf8')).toBe(manifest);
  });

  it('makes the result again when only that was deleted', async () => {
    const directory = newFolder();
    await train(directory);
    const before = await runContent(directory);
    await rm(join(directory, 'adapter'), { recursive: true });
    const run = await openRun(directory, fakeDescription(fakePlan()));
    expect(isFinished(run, fakePlan())).toBe(false);
    await run.close();
    expect((await train(directory)).engine.requests).toEqual([]);
    expect(await runContent(directory)).toEqual(before);
  });

  it('reports steps with loss, speed and time left, and evaluations by rows', async () => {
    const reports: Progress[] = [];
    await train(newFolder(), { onProgress: (progress) => reports.push(progress) });
    const steps = reports.filter((report) => report.phase === 'train');
    expect(steps.map((report) => [report.done, report.total])).toEqual(
      Array.from({ length: 12 }, (_, index) => [index + 1, 12]),
    );
    expect(steps[3]!.note).toMatch(/^loss \d\.\d{3}, \d+ tokens\/s, 0 s left$/);
    expect(reports.slice(0, 3).map((report) => [report.phase, report.done, report.total])).toEqual([
      ['evaluate', 2, 5],
      ['evaluate', 4, 5],
      ['evaluate', 5, 5],
    ]);
  });
});

describe('an interrupted run', () => {
  it('ends with the same bytes as an uninterrupted one, wherever it was stopped', async () => {
    const wanted = await reference({ saveTotalLimit: 2 });
    for (let stopped = 1; stopped <= 11; stopped++) {
      const directory = newFolder();
      const first = await trainUntil(directory, ({ phase, done }) => phase === 'train' && done === stopped, {
        saveTotalLimit: 2,
      });
      expect(first).toMatchObject({ state: 'interrupted', step: stopped });
      expect((await readManifest(directory)).state).toBe('interrupted');
      const { outcome, engine } = await train(directory, { saveTotalLimit: 2 });
      expect(outcome).toMatchObject({ state: 'done', resumedFrom: stopped });
      expect(engine.requests).toHaveLength(12 - stopped);
      expect(await runContent(directory)).toEqual(wanted);
    }
  });

  it('does an evaluation again that was stopped halfway, at the start, amid and at the end', async () => {
    const wanted = await reference();
    for (const step of [0, 4, 12]) {
      const directory = newFolder();
      const first = await trainUntil(
        directory,
        ({ phase, done, note }) => phase === 'evaluate' && done === 2 && note === `after step ${step}`,
      );
      expect(first).toMatchObject({ state: 'interrupted', step });
      expect((await train(directory)).outcome.resumedFrom).toBe(step);
      expect(await runContent(directory)).toEqual(wanted);
    }
  });

  it('can be stopped at every step in turn', async () => {
    const wanted = await reference();
    const directory = newFolder();
    for (let step = 1; step <= 11; step++) await trainUntil(directory, ({ phase }) => phase === 'train');
    expect((await train(directory)).outcome).toMatchObject({ state: 'done', resumedFrom: 11 });
    expect(await runContent(directory)).toEqual(wanted);
    expect((await readManifest(directory)).resumed_at).toHaveLength(11);
  });

  it('does not begin when it was stopped before', async () => {
    const directory = newFolder();
    const { outcome, engine } = await train(directory, { signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ state: 'interrupted', step: 0 });
    expect(engine.requests).toEqual([]);
    await train(directory);
    expect(await runContent(directory)).toEqual(await reference());
  });
});

describe('a crashed run', () => {
  it('ends with the same bytes as one that never crashed, at every step', async () => {
    const wanted = await reference({ saveTotalLimit: 1 });
    for (let crashAt = 1; crashAt <= 12; crashAt++) {
      const directory = newFolder();
      await expect(train(directory, { crashAt, saveTotalLimit: 1 })).rejects.toThrow('the engine crashed');
      expect(await readManifest(directory)).toMatchObject({ state: 'failed', error: 'the engine crashed' });
      const { outcome } = await train(directory, { saveTotalLimit: 1 });
      expect(outcome.resumedFrom).toBe(Math.floor((crashAt - 1) / 3) * 3);
      expect(await runContent(directory)).toEqual(wanted);
    }
  });

  it('goes on from the checkpoint before a broken one and says so', async () => {
    const wanted = await reference();
    const directory = newFolder();
    await expect(train(directory, { crashAt: 8 })).rejects.toThrow();
    await writeFile(join(directory, 'checkpoints/checkpoint-6/optimizer.safetensors'), 'x');
    const { outcome } = await train(directory);
    expect(outcome.resumedFrom).toBe(3);
    expect(outcome.notes).toEqual([expect.stringMatching(/^checkpoint-6 is not complete/)]);
    expect(await runContent(directory)).toEqual(wanted);
  });

  it('starts again when no checkpoint is usable', async () => {
    const directory = newFolder();
    await expect(train(directory, { crashAt: 2 })).rejects.toThrow();
    await rm(join(directory, 'checkpoints/checkpoint-0/adapter_model.safetensors'));
    const { outcome } = await train(directory);
    expect(outcome).toMatchObject({ state: 'done', resumedFrom: undefined, notes: [expect.any(String)] });
    expect(await runContent(directory)).toEqual(await reference());
  });
});

describe('a run that meets NaN', () => {
  const examplesOfRow = (row: number) => [`example-${row}`];
  const rows = (plan: Plan, step: number) => microBatches(plan, step).flat();

  it('keeps the state before the step and names step, rows and examples', async () => {
    const directory = newFolder();
    const bad = rows(fakePlan(), 5);
    await expect(train(directory, { rejectAt: 5, examplesOfRow })).rejects.toMatchObject({
      name: 'AttuneError',
      message: `step 5, rows ${bad.join(', ')}: loss is NaN (examples: ${bad
        .map((row) => `example-${row}`)
        .join(', ')}); the state after step 4 is kept in checkpoints/checkpoint-4`,
      fix: expect.stringContaining('learning_rate'),
    });
    expect((await readManifest(directory)).state).toBe('failed');
    expect(await listCheckpoints(join(directory, 'checkpoints'))).toEqual([0, 3, 4]);
  });

  it('does not save a state that an engine spoilt without saying so', async () => {
    const directory = newFolder();
    await expect(train(directory, { nanAt: 5, examplesOfRow })).rejects.toThrow(
      /^step 5, rows .*loss NaN .*checkpoint-3$/,
    );
    expect(await listCheckpoints(join(directory, 'checkpoints'))).toEqual([0, 3]);
    const lines = await readMetrics(join(directory, 'metrics.jsonl'));
    expect(lines.at(-1)!.step).toBe(4);
  });

  it('in an evaluation stops and says what to do', async () => {
    const engine = new FakeEngine();
    engine.evaluate = async () => ({ lossSum: Number.NaN, supervisedTokens: 4 });
    const plan = fakePlan();
    const run = await openRun(newFolder(), fakeDescription(plan));
    await expect(runTraining({ plan, run, engine })).rejects.toMatchObject({
      message: 'eval_loss after step 0 is NaN',
      field: 'eval_loss',
    });
    await run.close();
  });
});

describe('a run on a full disk', () => {
  it('leaves the last checkpoint usable and goes on once there is space', async () => {
    const directory = newFolder();
    await expect(train(directory, { fullDiskAt: 6 })).rejects.toMatchObject({
      message: 'no space left on the disk',
      fix: expect.stringContaining('free some space'),
    });
    expect(await listCheckpoints(join(directory, 'checkpoints'))).toEqual([0, 3]);
    const { outcome } = await train(directory);
    expect(outcome).toMatchObject({ state: 'done', resumedFrom: 3 });
    expect(await runContent(directory)).toEqual(await reference());
  });
});
