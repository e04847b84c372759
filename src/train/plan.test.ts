import { describe, expect, it } from 'vitest';
import { epochAfter, makePlan, microBatches, type Plan } from './plan.js';
import { describePlan } from './plan-summary.js';
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
});
