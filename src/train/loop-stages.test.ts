import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../progress.js';
import { listCheckpoints } from './checkpoints.js';
import { finishTraining, runTraining, type TrainingOptions } from './loop.js';
import { isEvaluation, readMetrics } from './metrics.js';
import type { TrainingOutcome } from './outcome.js';
import { stageHashes } from './plan-hash.js';
import { readManifest } from './run-folder.js';
import type { StepRange } from './stage-steps.js';
import { courses, inRun, stagedPlan, trainStages } from './staged-run.fixture.js';
import { FakeEngine, type FakeFaults, runContent } from './training.fixture.js';

let root: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-stages-'));
});
afterAll(() => rm(root, { recursive: true }));
const newFolder = () => join(root, String(folders++));
const plan = stagedPlan();

async function train(
  directory: string,
  ranges: readonly StepRange[],
  change: FakeFaults & Partial<TrainingOptions> = {},
): Promise<{ outcomes: TrainingOutcome[]; engine: FakeEngine }> {
  const engine = new FakeEngine(change);
  const outcomes = await inRun(directory, plan, engine, (options) =>
    trainStages(ranges, { ...options, ...change, engine }),
  );
  return { outcomes, engine };
}

const whole = (directory: string, change: Partial<TrainingOptions> = {}) =>
  inRun(directory, plan, new FakeEngine(), (options) => runTraining({ ...options, ...change }));

const trainerState = async (directory: string, step: number) =>
  JSON.parse(await readFile(join(directory, `checkpoints/checkpoint-${step}/trainer_state.json`), 'utf8'));

const checkpoints = (directory: string) => listCheckpoints(join(directory, 'checkpoints'));

describe('stages', () => {
  it('are executed one by one, each begun as planned, and end paused', async () => {
    const directory = newFolder();
    const { outcomes, engine } = await train(directory, courses.planned);
    expect(outcomes.map(({ state, step }) => [state, step])).toEqual([
      ['paused', 4],
      ['paused', 10],
      ['paused', 13],
      ['done', 13],
    ]);
    expect(outcomes.map(({ lastEvaluation }) => lastEvaluation!.step)).toEqual([4, 10, 13, 13]);
    expect(engine.requests.map(({ step, optimizerStep }) => [step, optimizerStep])).toEqual([
      ...[1, 2, 3, 4].map((step) => [step, step]),
      ...[7, 8, 9, 10].map((step) => [step, step - 6]),
      ...[11, 12, 13].map((step) => [step, step - 6]),
    ]);
    expect(engine.begun).toEqual([
      { carry: 'merged', optimizer: 'fresh', stage: 2 },
      { carry: 'adapter', optimizer: 'keep', stage: 3 },
    ]);
    expect((await readManifest(directory)).state).toBe('done');
    const lines = await readMetrics(join(directory, 'metrics.jsonl'));
    expect(lines.filter((line) => isEvaluation(line) && line.step === 0)).toHaveLength(1);
    expect(await checkpoints(directory)).toEqual([0, 4, 10, 13]);
    expect(await readFile(join(directory, 'adapter/adapter_model.safetensors'))).toEqual(
      await readFile(join(directory, 'checkpoints/checkpoint-13/adapter_model.safetensors')),
    );
  });

  it('give the same run at one go, in which extensions are left out', async () => {
    const [directory, other] = [newFolder(), newFolder()];
    await train(directory, courses.planned);
    expect(await whole(other)).toMatchObject({ state: 'done', step: 13, tokens: expect.any(Number) });
    expect(await runContent(other)).toEqual(await runContent(directory));
  });

  it('are lengthened with adapter and optimizer as they are', async () => {
    const { engine } = await train(newFolder(), courses.extended);
    expect(engine.begun.map(({ stage }) => stage)).toEqual([2, 3]);
    expect(engine.requests.slice(3, 8).map(({ step, optimizerStep }) => [step, optimizerStep])).toEqual([
      [4, 4],
      [5, 5],
      [6, 6],
      [7, 1],
      [8, 2],
    ]);
  });

  it('that are left early are evaluated and saved there, and that checkpoint stays', async () => {
    const directory = newFolder();
    const { outcomes } = await train(directory, courses['left early']);
    expect(outcomes.map(({ lastEvaluation }) => lastEvaluation!.step)).toEqual([3, 9, 13, 13]);
    expect(await checkpoints(directory)).toEqual([0, 3, 9, 13]);
    const state = await trainerState(directory, 13);
    expect(state).toMatchObject({ optimizer_steps: 6, rows_done: 18, plan: stageHashes(plan)[3] });
    expect(await trainerState(directory, 9)).toMatchObject({ optimizer_steps: 3, rows_done: 12 });
    expect((await trainerState(directory, 0)).plan).toBe(stageHashes(plan)[0]);
  });

  it('that are done cost nothing when they are asked for again, and say what they said', async () => {
    const directory = newFolder();
    const engine = new FakeEngine();
    const ask = (steps: StepRange, used = engine) =>
      inRun(directory, plan, used, (options) => runTraining({ ...options, steps }));
    const [first, second] = courses.planned;
    const said = await ask(first!);
    await ask(second!);
    const before = await runContent(directory);
    const idle = new FakeEngine();
    idle.restore = () => Promise.reject(new Error('not needed'));
    const again = await ask(first!, idle);
    const { seconds: _, tokens, resumedFrom, ...same } = again;
    expect({ ...said, ...same }).toEqual(said);
    expect([tokens, resumedFrom]).toEqual([0, 10]);
    expect(await ask(second!, idle)).toMatchObject({ state: 'paused', step: 10 });
    expect(await runContent(directory)).toEqual(before);
    expect(idle.requests).toEqual([]);
  });

  it('name themselves in the progress, with the time of what follows', async () => {
    const reports: Progress[] = [];
    await train(newFolder(), courses.extended, { onProgress: (progress) => reports.push(progress) });
    const steps = reports.filter(({ phase }) => phase === 'train');
    expect(steps.map(({ done, total }) => `${done}/${total}`).join(' ')).toBe(
      '1/4 2/4 3/4 4/4 1/2 2/2 1/4 2/4 3/4 4/4 1/3 2/3 3/3',
    );
    const extension = plan.header.stages[1]!.name;
    const later = String.raw`\(0 s with the stages after it\)`;
    expect(steps[0]!.note).toMatch(new RegExp(`^stage basics: loss .*, \\d+ tokens/s, 0 s left ${later}$`));
    expect(steps[4]!.note!.startsWith(`stage ${extension}: `)).toBe(true);
    expect(steps.at(-1)!.note).toMatch(/^stage target: .* left$/);
  });

  it('keep the best checkpoint of the last one only', async () => {
    const best = stagedPlan();
    for (const stage of best.header.stages)
      stage.settings = { ...stage.settings, load_best_model_at_end: true };
    const directory = newFolder();
    const outcome = await inRun(directory, best, new FakeEngine(), runTraining);
    const lines = (await readMetrics(join(directory, 'metrics.jsonl'))).filter(isEvaluation);
    const target = lines.filter(({ stage }) => stage === 'target');
    expect(target.map(({ step }) => step)).toContain(outcome.bestEvaluation!.step);
    expect(outcome.bestEvaluation!.evalLoss).toBe(Math.min(...target.map((line) => line.eval_loss)));
  });
});

describe('finishing', () => {
  it('needs a step that was made', async () => {
    const finished = inRun(newFolder(), plan, new FakeEngine(), finishTraining);
    await expect(finished).rejects.toThrow('no step was made yet');
  });

  it('leaves a finished run as it is', async () => {
    const directory = newFolder();
    await train(directory, courses.planned);
    const manifest = await readFile(join(directory, 'manifest.json'), 'utf8');
    expect(await inRun(directory, plan, new FakeEngine(), finishTraining)).toMatchObject({
      state: 'done',
      step: 13,
      result: join(directory, 'adapter'),
    });
    expect(await readFile(join(directory, 'manifest.json'), 'utf8')).toBe(manifest);
  });
});

describe.each(['extended', 'left early'] as const)('a run of stages (%s)', (course) => {
  const ranges = courses[course];
  const steps = ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );

  async function reference(): Promise<Record<string, string>> {
    const directory = newFolder();
    await train(directory, ranges);
    return runContent(directory);
  }

  it('ends with the same bytes wherever it was interrupted', async () => {
    const wanted = await reference();
    for (const stopped of steps) {
      const directory = newFolder();
      const controller = new AbortController();
      let made = 0;
      const onProgress = ({ phase }: Progress) => {
        if (phase === 'train' && steps[made++] === stopped) controller.abort();
      };
      const { outcomes } = await train(directory, ranges, { signal: controller.signal, onProgress });
      expect(outcomes.at(-1)).toMatchObject({ step: stopped });
      const { engine } = await train(directory, ranges);
      expect(engine.requests.map(({ step }) => step)).toEqual(steps.filter((step) => step > stopped));
      expect(await runContent(directory), `stopped after ${stopped}`).toEqual(wanted);
    }
  });

  it('ends with the same bytes wherever it crashed, also at the first step of a stage', async () => {
    const wanted = await reference();
    for (const crashAt of steps) {
      const directory = newFolder();
      await expect(train(directory, ranges, { crashAt })).rejects.toThrow('the engine crashed');
      await train(directory, ranges);
      expect(await runContent(directory), `crashed at ${crashAt}`).toEqual(wanted);
    }
  });

  it('ends with the same bytes when every call is a process of its own', async () => {
    const directory = newFolder();
    for (const steps of ranges) {
      await inRun(directory, plan, new FakeEngine(), (options) => runTraining({ ...options, steps }));
    }
    await inRun(directory, plan, new FakeEngine(), finishTraining);
    expect(await runContent(directory)).toEqual(await reference());
  });

  it('ends with the same bytes when an engine found no number at the first step of a stage', async () => {
    const wanted = await reference();
    for (const { first } of ranges) {
      const directory = newFolder();
      await expect(train(directory, ranges, { rejectAt: first })).rejects.toThrow('loss is NaN');
      await train(directory, ranges);
      expect(await runContent(directory)).toEqual(wanted);
    }
  });
});
