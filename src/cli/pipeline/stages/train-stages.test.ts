import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Model } from '../../../model/model.js';
import type { Recipe } from '../../../recipe/schema.js';
import type { gateSchema } from '../../../recipe/stages/gate.js';
import { stagesSchema } from '../../../recipe/stages.js';
import type { TrainingOutcome } from '../../../train/outcome.js';
import type { Plan, StageToPlan } from '../../../train/plan.js';
import { readStageRecords } from '../../../train/stage-records.js';
import { inRun } from '../../../train/staged-run.fixture.js';
import { fakeStage, fakeStagePlan, partsFrom, stageSettings } from '../../../train/stages.fixture.js';
import { FakeEngine, runContent } from '../../../train/training.fixture.js';
import { trainStages } from './train-stages.js';

let root: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-gates-'));
});
afterAll(() => rm(root, { recursive: true }));
const newFolder = () => join(root, String(folders++));

type Gate = z.input<typeof gateSchema>;
const never = { metric: 'score', benchmark: 'check', at_least: 2 };
const always = { ...never, at_least: 0 };
const extend = (steps: number, times = 2) => ({ length: { steps }, times, finally: 'go_on' as const });
const extended: Gate = { ...never, otherwise: 'extend', extend: extend(2) };

/** Stages `basics` of the steps 1 to 4 and, with an extension, rounds of it, then `target` of 3 steps. */
function plan(gate: Gate | undefined): Plan {
  const settings = { ...stageSettings, gradient_accumulation_steps: 2, eval_steps: 0, save_steps: 0 };
  const length = gate?.extend?.length.steps;
  const extension: StageToPlan['extension'] =
    length === undefined ? undefined : { length: { steps: length }, times: gate!.extend!.times ?? 1 };
  return fakeStagePlan(
    [
      fakeStage({ name: 'basics', settings, parts: partsFrom(0, ['all', 8, 1]), extension }),
      fakeStage({ name: 'target', settings, parts: partsFrom(8, ['all', 6, 1]) }),
    ],
    14,
  );
}

/** Leaves all the files of an adapter. */
class AdapterEngine extends FakeEngine {
  override async saveResult(directory: string): Promise<void> {
    await super.saveResult(directory);
    await writeFile(join(directory, 'adapter_config.json'), '{}');
  }
}

interface Asked {
  outcome: TrainingOutcome;
  notes: string[];
  engine: FakeEngine;
  /** Stages whose model was asked. */
  asked: string[];
}

async function train(directory: string, basics?: Gate, target?: Gate): Promise<Asked> {
  const stages = stagesSchema.parse([
    { name: 'basics', ...(basics && { gate: basics }) },
    { name: 'target', ...(target && { gate: target }) },
  ]);
  const engine = new AdapterEngine();
  const notes: string[] = [];
  const asked: string[] = [];
  const outcome = await inRun(directory, plan(basics), engine, (options) =>
    trainStages({
      job: {
        recipe: {} as Recipe,
        command: '',
        onProgress: () => undefined,
        note: (text) => notes.push(text),
      },
      stages,
      model: {} as Model,
      kind: 'adapter',
      // Not from the model's weights, so that it is seen which measurement is used.
      ask: async ({ name }) => {
        asked.push(name);
        return { check: { score: 1 } };
      },
      options: { ...options, saveTotalLimit: 1 },
      releaseEngine: async () => undefined,
    }),
  );
  return { outcome, notes, engine, asked };
}

/** What was trained and kept, without the measurements on the way. */
async function trained(directory: string): Promise<Record<string, string>> {
  const { 'metrics.jsonl': metrics, ...content } = await runContent(directory);
  const kept = Object.entries(content).filter(([file]) => /^(adapter|stages)\/|^plan/.test(file));
  const steps = metrics!.split('\n').filter((line) => !line.includes('eval_loss'));
  return { ...Object.fromEntries(kept), metrics: steps.join('\n') };
}

const lastSteps = async (directory: string) =>
  (await readStageRecords(directory)).map(({ name, last_step }) => [name, last_step]);

describe('a gate that is changed after the run', () => {
  const often = { ...never, at_least: 0.5, check_steps: 1, otherwise: 'go_on' as const };
  const changes: [string, Gate | undefined, Gate | undefined][] = [
    ['reached before an extension that was made', extended, { ...extended, ...always }],
    ['asks for an extension that was passed over', { ...extended, ...always }, extended],
    ['looks inside the stage', { ...often, check_steps: 0 }, often],
    ['looks inside the stage at eval_loss', undefined, { at_most: 99, check_steps: 3 }],
    ['looks no longer inside the stage', often, { ...often, check_steps: 0 }],
    ['is gone where the stage was left early', often, undefined],
    ['is reached later in the stage', often, { ...often, at_least: 2 }],
    ['extends by other steps', extended, { ...extended, extend: extend(4, 1) }],
    ['extends once more', { ...extended, extend: extend(2, 1) }, extended],
  ];

  it.each(changes)('leaves the run that it would have made: %s', async (_, before, after) => {
    const [directory, other] = [newFolder(), newFolder()];
    await train(directory, before);
    await train(directory, after);
    await train(other, after);
    expect(await trained(directory)).toEqual(await trained(other));
    expect(await lastSteps(directory)).toEqual(await lastSteps(other));
  });

  it('does so in the last stage too', async () => {
    const [directory, other] = [newFolder(), newFolder()];
    const early = { at_most: 99, check_steps: 2 };
    await train(directory, undefined, early);
    await train(directory, undefined, { at_most: -1, otherwise: 'go_on', check_steps: 2 });
    await train(other, undefined, { at_most: -1, otherwise: 'go_on', check_steps: 2 });
    expect(await lastSteps(directory)).toEqual([
      ['basics', 4],
      ['target', 7],
    ]);
    expect(await trained(directory)).toEqual(await trained(other));
  });

  it('measures later stages anew, as they begin elsewhere now', async () => {
    const directory = newFolder();
    await train(directory, extended, { ...never, otherwise: 'go_on' });
    const again = await train(directory, { ...extended, ...always }, { ...never, otherwise: 'go_on' });
    expect(again.asked).toEqual(['target']);
    expect(again.notes).toContainEqual(expect.stringMatching(/^note: with the gate of basics as it is now/));
    expect(again.notes.filter((note) => note.startsWith('stage') && note.includes('done before'))).toEqual(
      [],
    );
  });

  it('trains nothing where its steps are the same', async () => {
    const directory = newFolder();
    await train(directory, { ...never, otherwise: 'go_on' });
    const adapter = join(directory, 'adapter/adapter_model.safetensors');
    const before = await readFile(adapter);
    const again = await train(directory, { at_most: 99 });
    expect(again.engine.requests).toEqual([]);
    expect(await readFile(adapter)).toEqual(before);
  });

  it('says that a checkpoint is gone before it deletes anything', async () => {
    const directory = newFolder();
    await train(directory, extended);
    await rm(join(directory, 'checkpoints'), { recursive: true });
    const left = await runContent(directory);
    await expect(train(directory, { ...extended, ...always })).rejects.toThrow(
      'there is no checkpoint from step 0 to 4',
    );
    expect(Object.keys(await runContent(directory))).toEqual(Object.keys(left));
  });
});

it('counts what all stages took, and only the steps that were made', async () => {
  const { outcome, engine } = await train(newFolder(), { ...extended, ...always });
  // steps 5 to 8 are passed over
  expect(outcome).toMatchObject({ step: 11, steps: 11, stepsMade: 7 });
  const rows = engine.requests.flatMap(({ microBatches }) => microBatches.flat());
  expect(outcome.tokens).toBe(rows.reduce((sum, row) => sum + 10 + row, 0));
});
