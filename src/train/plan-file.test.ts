import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSafetensorsHeader } from '../model/safetensors.js';
import type { Plan } from './plan.js';
import { readPlan, writePlan } from './plan-file.js';
import { fakeStage, fakeStagePlan, partsFrom } from './stages.fixture.js';
import { fakePlan } from './training.fixture.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-plan-'));
});
afterEach(() => rm(directory, { recursive: true }));

const bytes = async () => [
  await readFile(join(directory, 'plan.json')),
  await readFile(join(directory, 'plan.safetensors')),
];

describe('plan files', () => {
  it('read back as they were written', async () => {
    const plan = fakePlan();
    await writePlan(directory, plan);
    expect(await readPlan(directory)).toEqual(plan);
  });

  it('are the same bytes for the same input', async () => {
    await writePlan(directory, fakePlan());
    const first = await bytes();
    await writePlan(directory, fakePlan());
    expect(await bytes()).toEqual(first);
  });

  it('hold the arrays with the names, types and shapes of the design', async () => {
    await writePlan(directory, fakePlan());
    const { tensors } = await readSafetensorsHeader(join(directory, 'plan.safetensors'));
    expect([...tensors.values()].map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['rows', 'I32', [44]],
      ['step_offsets', 'I32', [13]],
      ['learning_rate', 'F32', [12]],
      ['normaliser', 'I32', [12]],
      ['stage', 'I32', [12]],
      ['evaluate', 'U8', [12]],
      ['save', 'U8', [12]],
    ]);
  });

  it('are refused when one is missing', async () => {
    await writePlan(directory, fakePlan());
    await unlink(join(directory, 'plan.safetensors'));
    await expect(readPlan(directory)).rejects.toThrow(/no such file/);
  });

  it('are refused when plan.json is of another kind or version', async () => {
    await writePlan(directory, fakePlan());
    await writeFile(join(directory, 'plan.json'), '{"format":"attune-plan","version":2}');
    await expect(readPlan(directory)).rejects.toThrow(/version 2/);
    await writeFile(join(directory, 'plan.json'), '{}');
    await expect(readPlan(directory)).rejects.toThrow(/is no plan/);
    await writeFile(join(directory, 'plan.json'), '{"format":"attune-plan","version":1}');
    await expect(readPlan(directory)).rejects.toThrow(/seed is missing/);
  });

  const broken: [string, (plan: Plan) => Partial<Plan>, RegExp][] = [
    ['a row that does not exist', (plan) => ({ rows: plan.rows.map((row) => row + 1) }), /row 22 does not/],
    ['too few rows', (plan) => ({ rows: plan.rows.slice(1) }), /rows: has 43 entries, plan.json says 44/],
    ['a step without rows', (plan) => ({ stepOffsets: plan.stepOffsets.with(1, 0) }), /step 1 has no rows/],
    ['a step of 0 tokens', (plan) => ({ normaliser: plan.normaliser.with(4, 0) }), /step 5 has no superv/],
    ['a rate of NaN', (plan) => ({ learningRate: plan.learningRate.with(2, NaN) }), /step 3 has NaN/],
    ['an unknown stage', (plan) => ({ stage: plan.stage.with(0, 3) }), /step 1 names a stage/],
    ['offsets that end early', (plan) => ({ stepOffsets: plan.stepOffsets.with(12, 43) }), /begin at 0/],
  ];
  for (const [name, change, message] of broken) {
    it(`are refused with ${name}`, async () => {
      const plan = fakePlan();
      await writePlan(directory, { ...plan, ...change(plan) });
      await expect(readPlan(directory)).rejects.toThrow(message);
    });
  }

  const stages = () =>
    fakeStagePlan(
      [
        fakeStage({ extension: { length: { steps: 2 }, times: 2 } }),
        fakeStage({ name: 'second', parts: partsFrom(10, ['a', 20, 0.6], ['replay', 10, 0.4]) }),
      ],
      40,
      { pools: [10, 20, 10].map((rows) => ({ rows, length: 64, files: [] })) },
    );

  it('read back with stages, parts and pools', async () => {
    const plan = stages();
    await writePlan(directory, plan);
    expect(await readPlan(directory)).toEqual(plan);
  });

  const contradictions: [string, (plan: Plan) => void, RegExp][] = [
    [
      'a gap between stages',
      ({ header }) => void header.stages[3]!.first_step++,
      /begins with step 8, the one before it ends with step 6/,
    ],
    [
      'other totals',
      ({ header }) => void header.stages[3]!.steps--,
      /the stages have \d+ steps, the totals say/,
    ],
    [
      'a part outside the shards',
      ({ header }) => {
        header.stages[3]!.parts![1]!.rows = 11;
      },
      /part `replay` of stage `second` has the rows 30 to 40, there are 40/,
    ],
    [
      'pools that do not add up',
      ({ header }) => void header.shards.train.pools!.pop(),
      /pools have 30 rows, .* 40/,
    ],
    [
      'an extension of nothing',
      ({ header }) => {
        header.stages[3]!.extends = 'third';
      },
      /lengthens `third`/,
    ],
    [
      'a row of another stage',
      ({ rows }) => {
        rows[0] = 25;
      },
      /row 25 of step 1 lies in no part of stage `first`/,
    ],
    [
      'a step of another stage',
      ({ stage }) => {
        stage[1] = 3;
      },
      /step 2 belongs to stage `first` and says 3, not 0/,
    ],
  ];
  for (const [name, change, message] of contradictions) {
    it(`are refused with ${name}`, async () => {
      const plan = structuredClone(stages());
      change(plan);
      await writePlan(directory, plan);
      await expect(readPlan(directory)).rejects.toThrow(message);
    });
  }
});
