import { describe, expect, it } from 'vitest';
import { epochAfter, makePlan, microBatches, type Plan } from './plan.js';
import { hashPlan } from './plan-hash.js';
import { planPoints } from './plan-points.js';
import { describePlan } from './plan-summary.js';
import { fakeStage, fakeStagePlan, partsFrom } from './stages.fixture.js';
import { fakeEngineSettings, fakePlan, fakeSettings, fakeShards } from './training.fixture.js';

const stepRows = (plan: Plan, step: number) => [
  ...plan.rows.subarray(plan.stepOffsets[step - 1]!, plan.stepOffsets[step]!),
];
const flagged = (flags: Uint8Array) => [...flags].flatMap((flag, index) => (flag ? [index + 1] : []));

describe('makePlan', () => {
  it('uses every row once an epoch and keeps the incomplete last step', () => {
    const plan = fakePlan(); // 22 rows, 4 a step: 6 steps an epoch, the last of 2 rows
    expect(plan.header.totals).toMatchObject({ steps: 12, epochs: 2, rows: 44 });
    for (const epoch of [0, 1]) {
      const rows = [...plan.rows.subarray(epoch * 22, (epoch + 1) * 22)].sort((a, b) => a - b);
      expect(rows).toEqual(Array.from({ length: 22 }, (_, row) => row));
    }
    expect(stepRows(plan, 6)).toHaveLength(2);
    expect([...plan.rows.subarray(0, 22)]).not.toEqual([...plan.rows.subarray(22)]);
    expect([epochAfter(plan, 0), epochAfter(plan, 6), epochAfter(plan, 12)]).toEqual([0, 1, 2]);
  });

  it('has the bytes that it had before there were stages, so that old runs go on', () => {
    expect(
      [fakePlan(), fakePlan({ max_steps: 8 }), fakePlan({ num_train_epochs: 1.1 }, 97)].map(hashPlan),
    ).toEqual([
      '177d91af99d359dd9266670c729622fc503a6bbe6bc6c1017ee7d742e8f739ce',
      'e80f5aab90ee4094afcf61d4201a7acf8159add164c767118349e29f09b25dc1',
      '13bb1f4beff68168f3bd2552855a09fff216fcc1fb96d1249310d731cbd5c4e9',
    ]);
  });

  it('normalises each step by its own supervised tokens', () => {
    const plan = fakePlan();
    for (let step = 1; step <= 12; step++) {
      const supervised = stepRows(plan, step).reduce((sum, row) => sum + 1 + (row % 3), 0);
      expect(plan.normaliser[step - 1]).toBe(supervised);
    }
    const { tokens, supervisedTokens } = fakeShards(22);
    expect(plan.header.totals.tokens).toBe(2 * tokens);
    expect(plan.header.totals.supervised_tokens).toBe(2 * supervisedTokens);
  });

  it('gives 1×8, 8×1 and 4×2 the same steps, divided differently', () => {
    const shape = (size: number, accumulation: number) =>
      fakePlan({ per_device_train_batch_size: size, gradient_accumulation_steps: accumulation });
    const [a, b, c] = [shape(1, 8), shape(8, 1), shape(4, 2)];
    for (const other of [b, c]) {
      expect(other.rows).toEqual(a.rows);
      expect(other.normaliser).toEqual(a.normaliser);
      expect(other.learningRate).toEqual(a.learningRate);
    }
    expect(microBatches(a, 1).map((batch) => batch.length)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(microBatches(c, 1).map((batch) => batch.length)).toEqual([4, 4]);
    expect(microBatches(c, 3).map((batch) => batch.length)).toEqual([4, 2]);
    expect(microBatches(c, 1).flat()).toEqual(stepRows(a, 1));
  });

  it('allows fractions of an epoch, and max_steps instead', () => {
    expect(fakePlan({ num_train_epochs: 0.5 }).header.totals.steps).toBe(3);
    expect(fakePlan({ num_train_epochs: 1.1 }).header.totals.steps).toBe(7);
    const plan = fakePlan({ max_steps: 8 });
    expect(plan.header.totals).toMatchObject({ steps: 8, rows: 30, epochs: 30 / 22 });
    expect(plan.rows).toEqual(fakePlan().rows.slice(0, 30));
  });

  it('flags evaluations and checkpoints, always after the last step', () => {
    const plan = fakePlan();
    expect(flagged(plan.evaluate)).toEqual([4, 8, 12]);
    expect(flagged(plan.save)).toEqual([3, 6, 9, 12]);
    expect(plan.header.evaluate_at_start).toBe(true);
    const rare = fakePlan({ eval_steps: 0, save_steps: 0, eval_on_start: false });
    expect([flagged(rare.evaluate), flagged(rare.save)]).toEqual([[12], [12]]);
    expect(rare.header.evaluate_at_start).toBe(false);
    expect(flagged(fakePlan({ load_best_model_at_end: true }).save)).toEqual([3, 4, 6, 8, 9, 12]);
  });

  it('evaluates nothing without evaluation rows', () => {
    const plan = makePlan({
      shards: fakeShards(8),
      settings: fakeSettings,
      engine: fakeEngineSettings,
      seed: 1,
    });
    expect(flagged(plan.evaluate)).toEqual([]);
    expect(plan.header.evaluate_at_start).toBe(false);
    expect(plan.header.shards.evaluation).toBeUndefined();
  });

  it('names the shards that it is made for', () => {
    const plan = makePlan({
      shards: { ...fakeShards(8), hash: 'abc' },
      evalShards: fakeShards(2),
      settings: fakeSettings,
      engine: fakeEngineSettings,
      seed: 1,
      files: { train: ['train-0.safetensors'] },
    });
    expect(plan.header.shards).toEqual({
      train: { hash: 'abc', rows: 8, length: 18, files: ['train-0.safetensors'] },
      evaluation: { rows: 2, length: 12, files: [] },
    });
  });

  it('spreads contexts over the steps of each epoch', () => {
    const plan = makePlan({
      shards: fakeShards(24),
      contextsPerRow: Array.from({ length: 24 }, (_, row) => [`table-${row % 4}`]),
      settings: { ...fakeSettings, max_rows_per_context_per_step: 1 },
      engine: fakeEngineSettings,
      seed: 1,
    });
    for (let step = 1; step <= 12; step++) {
      expect(new Set(stepRows(plan, step).map((row) => row % 4)).size).toBe(4);
    }
  });

  it('depends on the seed and on nothing else', () => {
    const plan = (seed: number) =>
      makePlan({ shards: fakeShards(22), settings: fakeSettings, engine: fakeEngineSettings, seed });
    expect(plan(3)).toEqual(plan(3));
    expect(plan(3).rows).not.toEqual(plan(4).rows);
  });

  it('refuses a row without supervised tokens, naming row and examples', () => {
    const shards = fakeShards(6, { supervisedPerRow: Int32Array.from([1, 2, 0, 4, 0, 1]) });
    expect(() =>
      makePlan({ shards, settings: fakeSettings, engine: fakeEngineSettings, seed: 1 }),
    ).toThrowError(/row 2 has no supervised token.*examples: example-2.*2 of 6 rows/);
  });

  it('refuses an empty training split', () => {
    expect(() =>
      makePlan({ shards: fakeShards(0), settings: fakeSettings, engine: fakeEngineSettings, seed: 1 }),
    ).toThrowError(/no rows to train on/);
  });
});

describe('describePlan', () => {
  it('sums up steps, tokens and the learning rate with its highest point', () => {
    const summary = describePlan(fakePlan());
    expect(summary).toMatchObject({
      steps: 12,
      epochs: 2,
      rows_per_step: 4,
      smallest_step: 2,
      evaluations: 4,
      checkpoints: 5,
      stages: [{ name: 'main', steps: 12 }],
    });
    const values = summary.learning_rate.map((point) => point.value);
    expect(Math.max(...values)).toBe(Math.fround(0.1));
    expect(summary.learning_rate[0]).toEqual({ step: 1, value: 0 });
    expect(summary.learning_rate.at(-1)!.step).toBe(12);
  });

  it('describes each stage with its parts, and what is only planned for gates', () => {
    const parts = partsFrom(0, ['own', 60, 0.8], ['replay', 20, 0.2]);
    const plan = fakeStagePlan([fakeStage({ parts, extension: { length: { steps: 4 }, times: 2 } })], 80);
    const summary = describePlan(plan);
    expect(summary.extension_steps).toBe(8);
    expect(summary.stages.map(({ name, extends: base }) => [name, base])).toEqual([
      ['first', undefined],
      ['first+1', 'first'],
      ['first+2', 'first'],
    ]);
    expect(summary.stages[0]).toMatchObject({ order: 'random', carry: 'adapter', optimizer: 'fresh' });
    expect(summary.stages[0]!.parts).toEqual(plan.header.stages[0]!.parts);
    expect(summary.stages[0]!.learning_rate).toBe(Math.fround(0.1));
    expect(describePlan(fakePlan()).stages[0]!.parts).toMatchObject([
      { name: 'all', share: 1, epochs: 2, rows: 22 },
    ]);
  });
});

describe('planPoints', () => {
  it('covers every step once, in order, in at most so many points', () => {
    const lengths = [1, 500, 3, 40];
    const stages = lengths.map((steps, index) => fakeStage({ name: `s${index}`, length: { steps } }));
    const plan = fakeStagePlan(stages, 10);
    for (const atMost of [1, 3, 4, 7, 60, 200, 1000]) {
      const points = planPoints(plan, atMost);
      expect(points.length).toBeLessThanOrEqual(atMost);
      if (atMost < lengths.length) continue;
      expect(new Set(points.map(({ stage }) => stage)).size).toBe(lengths.length);
      expect(points.flatMap(({ first_step, last_step }) => [first_step, last_step + 1]).slice(1, -1)).toEqual(
        points.slice(1).flatMap(({ first_step }) => [first_step, first_step]),
      );
      expect([points[0]!.first_step, points.at(-1)!.last_step]).toEqual([1, 544]);
    }
  });

  it('gives the mean rate and the shares of the tokens', () => {
    const lengthPerRow = Int32Array.from({ length: 40 }, (_, row) => (row < 20 ? 300 : 100));
    const parts = partsFrom(0, ['long', 20, 0.5], ['short', 20, 0.5]);
    const plan = fakeStagePlan([fakeStage({ parts, length: { steps: 10 } })], 40, {
      shards: fakeShards(40, { lengthPerRow }),
    });
    const [point] = planPoints(plan, 1);
    expect(point!.shares[0]).toBeCloseTo(plan.header.stages[0]!.parts![0]!.share, 10);
    expect(point!.learning_rate).toBeCloseTo(plan.learningRate.reduce((a, b) => a + b) / 10, 10);
    expect(planPoints(plan, 10).map(({ learning_rate }) => learning_rate)).toEqual([...plan.learningRate]);
  });
});
