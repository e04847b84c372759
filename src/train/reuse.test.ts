import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listCheckpoints } from './checkpoints.js';
import { runTraining } from './loop.js';
import type { Plan } from './plan.js';
import { readPlan } from './plan-file.js';
import { hashPlan, stageHashes } from './plan-hash.js';
import { commonStages, cutRun } from './reuse.js';
import { openRun, readManifest } from './run-folder.js';
import { courses, inRun, stagedPlan, trainStages } from './staged-run.fixture.js';
import { fakeStage, partsFrom, stageSettings } from './stages.fixture.js';
import { FakeEngine, type FakeFaults, fakeDescription, fakePlan, runContent } from './training.fixture.js';

let root: string;
let folders = 0;
/** Finished runs, to be copied. */
const done: Record<'original' | 'left early', string> = { original: '', 'left early': '' };
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-reuse-'));
  done.original = newFolder();
  await train(done.original, original);
  done['left early'] = newFolder();
  await inRun(done['left early'], original, new FakeEngine(), (options) =>
    trainStages(courses['left early'], options),
  );
});
afterAll(() => rm(root, { recursive: true }));
const newFolder = () => join(root, String(folders++));

const original = stagedPlan();
/** The last stage with another rate. */
const edited = stagedPlan({
  settings: {
    ...stageSettings,
    learning_rate: 0.03,
    per_device_train_batch_size: 2,
    gradient_accumulation_steps: 1,
  },
});
const longer = stagedPlan({}, [
  fakeStage({ name: 'more', parts: partsFrom(16, ['all', 6, 1]), carry: 'merged', settings: stageSettings }),
]);

async function train(directory: string, plan: Plan, faults: FakeFaults = {}): Promise<FakeEngine> {
  const engine = new FakeEngine(faults);
  await inRun(directory, plan, engine, runTraining);
  return engine;
}

async function copyOf(which: keyof typeof done): Promise<string> {
  const directory = newFolder();
  await cp(done[which], directory, { recursive: true });
  return directory;
}

async function fresh(plan: Plan): Promise<Record<string, string>> {
  const directory = newFolder();
  await train(directory, plan);
  return runContent(directory);
}

describe('a run whose last stage was edited', () => {
  it('goes on from the end of the stage before and ends as a new run does', async () => {
    const directory = await copyOf('original');
    const engine = await train(directory, edited);
    expect(engine.requests[0]!.step).toBe(11);
    expect(engine.begun).toEqual([{ carry: 'adapter', optimizer: 'keep', stage: 3 }]);
    expect(await runContent(directory)).toEqual(await fresh(edited));
    const manifest = await readManifest(directory);
    expect(manifest).toMatchObject({
      state: 'done',
      hashes: { plan: hashPlan(edited), stages: stageHashes(edited) },
      reused_stages: [{ at: expect.stringMatching(/Z$/), stages: ['basics', 'tasks'] }],
    });
    expect(manifest).not.toHaveProperty('replacing_plan');
    expect(hashPlan(await readPlan(directory))).toBe(hashPlan(edited));
  });

  it('has no result and no later lines and checkpoints once it was opened', async () => {
    const directory = await copyOf('original');
    await (await openRun(directory, { ...fakeDescription(edited), recipe: 'model: new\n' })).close();
    expect(await listCheckpoints(join(directory, 'checkpoints'))).toEqual([0, 4, 10]);
    const files = await runContent(directory);
    expect(Object.keys(files).filter((name) => name.startsWith('adapter'))).toEqual([]);
    expect(files['metrics.jsonl']!.trim().split('\n').at(-1)).toContain('"step":10');
    expect(await readFile(join(directory, 'recipe.yaml'), 'utf8')).toBe('model: new\n');
    expect((await readManifest(directory)).state).toBe('running');
  });

  it('reuses what a stage that was left early made', async () => {
    const directory = await copyOf('left early');
    const engine = new FakeEngine();
    await inRun(directory, edited, engine, (options) => trainStages(courses['left early'], options));
    expect(engine.requests.map(({ step }) => step)).toEqual([11, 12, 13]);
    expect((await readManifest(directory)).reused_stages![0]!.stages).toEqual(['basics', 'tasks']);
  });

  it('goes on from where it was when it had not come so far', async () => {
    const directory = newFolder();
    await expect(train(directory, original, { crashAt: 9 })).rejects.toThrow('the engine crashed');
    const engine = await train(directory, edited);
    expect(engine.requests[0]!.step).toBe(9);
    expect(await runContent(directory)).toEqual(await fresh(edited));
  });

  it('can be edited back', async () => {
    const directory = await copyOf('original');
    const before = await runContent(directory);
    await (await openRun(directory, fakeDescription(edited))).close();
    const engine = await train(directory, original);
    expect(engine.requests.map(({ step }) => step)).toEqual([11, 12, 13]);
    expect(await runContent(directory)).toEqual(before);
    expect((await readManifest(directory)).reused_stages).toHaveLength(2);
  });
});

describe('a finished run', () => {
  it('goes on when a stage was added', async () => {
    const directory = await copyOf('original');
    const engine = await train(directory, longer);
    expect(engine.requests[0]!.step).toBe(14);
    expect(await runContent(directory)).toEqual(await fresh(longer));
  });

  it('is cut back when the last stage was removed', async () => {
    const directory = newFolder();
    await train(directory, longer);
    const engine = await train(directory, original);
    expect(engine.requests).toEqual([]);
    expect(await runContent(directory)).toEqual(await runContent(done.original));
  });

  it('of the same plan stays as it is', async () => {
    const directory = await copyOf('original');
    const manifest = await readFile(join(directory, 'manifest.json'), 'utf8');
    await train(directory, original);
    expect(await readFile(join(directory, 'manifest.json'), 'utf8')).toBe(manifest);
  });
});

describe('a run is not reused', () => {
  it('where the first stage is another one, and the error names the stages', async () => {
    const directory = await copyOf('original');
    const { stages, ...header } = original.header;
    const [first, ...later] = stages;
    const other = {
      ...original,
      header: { ...header, stages: [{ ...first!, steps: 4, name: 'begin' }, ...later] },
    };
    const before = await runContent(directory);
    await expect(openRun(directory, fakeDescription(other))).rejects.toMatchObject({
      message: expect.stringMatching(/the training settings changed/),
      fix: expect.stringMatching(/only the stages after the first, begin, .*tasks, target/),
    });
    expect(await runContent(directory)).toEqual(before);
  });

  it('with other data or another model', async () => {
    const directory = await copyOf('original');
    const description = fakeDescription(edited);
    for (const change of [{ data: 'x' }, { model: 'x' }]) {
      const opened = openRun(directory, { ...description, hashes: { ...description.hashes, ...change } });
      await expect(opened).rejects.toThrow(`the ${Object.keys(change)[0]} changed since`);
    }
    expect(await runContent(directory)).toEqual(await runContent(done.original));
  });
});

describe('a replacement of the plan that was broken off', () => {
  it.each([
    ['before anything was cut', async () => undefined],
    ['after the cut', (directory: string) => cutRun(directory, edited, 3)],
    [
      'amid the writing of the plan',
      async (directory: string) => {
        await cutRun(directory, edited, 3);
        await writeFile(join(directory, 'plan.json'), '{"format"');
      },
    ],
  ])('%s goes on with either plan', async (_, breakOff) => {
    for (const plan of [edited, original]) {
      const directory = await copyOf('original');
      const manifest = await readManifest(directory);
      const marked = { ...manifest, state: 'running', replacing_plan: true };
      await writeFile(join(directory, 'manifest.json'), JSON.stringify(marked));
      await breakOff(directory);
      await train(directory, plan);
      expect(await runContent(directory)).toEqual(await fresh(plan));
      expect(await readManifest(directory)).not.toHaveProperty('replacing_plan');
    }
  });
});

describe('runs of an older version', () => {
  it('go on: neither the manifest nor the checkpoints name stages', async () => {
    const directory = newFolder();
    const plan = fakePlan();
    await expect(train(directory, plan, { crashAt: 8 })).rejects.toThrow('the engine crashed');
    const edit = async (name: string, change: (content: Record<string, unknown>) => void) => {
      const content = JSON.parse(await readFile(join(directory, name), 'utf8'));
      change(content);
      await writeFile(join(directory, name), JSON.stringify(content));
    };
    await edit('manifest.json', ({ hashes }) => {
      delete (hashes as Record<string, unknown>).stages;
    });
    for (const step of await listCheckpoints(join(directory, 'checkpoints'))) {
      await edit(`checkpoints/checkpoint-${step}/trainer_state.json`, (state) => {
        delete state.optimizer_steps;
        state.plan = hashPlan(plan);
      });
    }
    const engine = await train(directory, plan);
    expect(engine.requests.map(({ step, optimizerStep }) => [step, optimizerStep])).toEqual(
      [7, 8, 9, 10, 11, 12].map((step) => [step, step]),
    );
    expect((await readManifest(directory)).hashes.stages).toEqual(stageHashes(plan));
  });
});

describe('a stopped run', () => {
  it('is gone on with like an interrupted one', async () => {
    const directory = newFolder();
    await inRun(directory, original, new FakeEngine(), async (options) => {
      await runTraining({ ...options, steps: courses.planned[0]! });
      await options.run.setState('stopped');
    });
    expect(await readManifest(directory)).toMatchObject({
      state: 'stopped',
      finished_at: expect.any(String),
    });
    const engine = await train(directory, original);
    expect(engine.requests[0]!.step).toBe(7);
    expect(await runContent(directory)).toEqual(await runContent(done.original));
  });
});

describe('commonStages', () => {
  it('counts from the first one to the first difference', () => {
    expect(commonStages(['a', 'b', 'c'], ['a', 'b', 'c', 'd'])).toBe(3);
    expect(commonStages(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe(1);
    expect(commonStages(['a', 'b'], ['a'])).toBe(1);
    expect(commonStages(['a'], ['b'])).toBe(0);
    expect(commonStages(undefined, ['a'])).toBe(0);
  });
});

it('leaves a run with other stages as it is where its plan may not be replaced', async () => {
  const directory = await copyOf('original');
  const before = await runContent(directory);
  const open = openRun(directory, { ...fakeDescription(edited), mayReplace: false });
  await expect(open).rejects.toThrow('the stages were edited since this run was trained');
  expect(await runContent(directory)).toEqual(before);
  expect((await readManifest(directory)).state).toBe('done');
});

it('deletes what stages left that the plan has no more', async () => {
  const directory = await copyOf('original');
  for (const stage of ['basics', 'target']) {
    await mkdir(join(directory, 'stages', stage, 'adapter'), { recursive: true });
  }
  await cutRun(directory, edited, commonStages(stageHashes(original), stageHashes(edited)));
  expect(await readdir(join(directory, 'stages'))).toEqual(['basics']);
});
