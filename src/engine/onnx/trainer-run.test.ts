import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../progress.js';
import type { TrainEngine } from '../../train/engine.js';
import { makePlan, type Plan } from '../../train/plan.js';
import { engineSettings } from '../../train/settings.fixture.js';
import { inRun, trainStages } from '../../train/staged-run.fixture.js';
import { fakeStage, partsFrom, stageSettings } from '../../train/stages.fixture.js';
import { runContent } from '../../train/training.fixture.js';
import { readCheckpoint, writeOptimizer, writeTrained } from './checkpoint.js';
import { layOut, shardsOf, tinyBase, tokens } from './tiny-training.fixture.js';
import { Trainer } from './trainer.js';

const rows = Array.from({ length: 12 }, (_, i) =>
  layOut(24, [
    {
      parent: 0,
      ids: tokens(10 + i, 'row', i),
      supervised: Array.from({ length: 10 + i }, (_, at) => at > 5),
    },
  ]),
);
const shards = shardsOf(rows);
const settings = engineSettings({ lora: { ...engineSettings().lora!, lora_dropout: 0.1 } });
const steps = {
  ...stageSettings,
  learning_rate: 0.02,
  per_device_train_batch_size: 1,
  gradient_accumulation_steps: 2,
  eval_steps: 0,
  save_steps: 2,
};
const stage = (name: string, firstRow: number) => ({
  name,
  settings: steps,
  parts: partsFrom(firstRow, ['all', 4, 1]),
});

/** Two steps and one of extension, two beside what was merged, two with a fresh optimizer beside both. */
const plan: Plan = makePlan({
  shards,
  evalShards: shards,
  settings: steps,
  stages: [
    fakeStage({ ...stage('basics', 0), extension: { length: { epochs: 0.5 }, times: 1 } }),
    fakeStage({ ...stage('tasks', 4), carry: 'merged' }),
    fakeStage({ ...stage('target', 8), carry: 'merged' }),
  ],
  engine: settings,
  seed: 3,
});
const ranges = [
  { first: 1, last: 2 },
  { first: 4, last: 5 },
  { first: 6, last: 7 },
];
const executed = [1, 2, 4, 5, 6, 7];

let root: string;
let tiny: Awaited<ReturnType<typeof tinyBase>>;
let folders = 0;
const newFolder = () => join(root, String(folders++));
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-real-stages-'));
  tiny = await tinyBase();
});
afterAll(() => rm(root, { recursive: true }));

/** The trainer as the worker thread serves it. */
async function engine(crashAt?: number): Promise<TrainEngine> {
  const { config, base } = tiny;
  const trainer = await Trainer.create({
    config,
    base,
    settings,
    train: shards,
    evaluation: shards,
    threads: 1,
  });
  const saveResult = (directory: string) =>
    writeTrained(directory, trainer.state, settings, { name: 'tiny' });
  return {
    step: async (request) => {
      if (request.step === crashAt) throw new Error('the engine crashed');
      return trainer.step(request);
    },
    evaluate: (rows, batchSize) => trainer.evaluate(rows, batchSize),
    beginStage: (start) => trainer.beginStage(start),
    save: async (directory) => {
      await saveResult(directory);
      await writeOptimizer(directory, trainer.state);
    },
    saveResult,
    restore: (directory) => readCheckpoint(directory, trainer.state, settings, tiny.config),
    peakMemoryBytes: async () => 1,
    close: () => trainer.close(),
  };
}

async function train(directory: string, change: { crashAt?: number; stopAfter?: number } = {}) {
  const used = await engine(change.crashAt);
  const controller = new AbortController();
  let made = 0;
  const onProgress = ({ phase }: Progress) => {
    if (phase === 'train' && executed[made++] === change.stopAfter) controller.abort();
  };
  try {
    return await inRun(directory, plan, used, (options) =>
      trainStages(ranges, { ...options, signal: controller.signal, onProgress }),
    );
  } finally {
    await used.close();
  }
}

describe('a run of merged stages on the embedded engine', () => {
  let wanted: Record<string, string>;
  beforeAll(async () => {
    const directory = newFolder();
    const outcomes = await train(directory);
    expect(outcomes.map(({ state, step }) => [state, step])).toEqual([
      ['paused', 2],
      ['paused', 5],
      ['paused', 7],
      ['done', 7],
    ]);
    const { firstEvaluation, lastEvaluation } = outcomes.at(-1)!;
    expect(lastEvaluation!.evalLoss).toBeLessThan(firstEvaluation!.evalLoss);
    wanted = await runContent(directory);
    expect(Object.keys(wanted)).toContain('adapter/adapter_model.safetensors');
  });

  it.each(executed)('ends with the same bytes when it was interrupted after step %i', async (stopAfter) => {
    const directory = newFolder();
    await train(directory, { stopAfter });
    await train(directory);
    expect(await runContent(directory)).toEqual(wanted);
  });

  it.each(executed)('ends with the same bytes when it died in step %i', async (crashAt) => {
    const directory = newFolder();
    await expect(train(directory, { crashAt })).rejects.toThrow('the engine crashed');
    await train(directory);
    expect(await runContent(directory)).toEqual(wanted);
  });
});
