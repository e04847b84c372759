import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashJson } from '../files.js';
import type { Plan, PlannedPart, PlanStage } from './plan.js';
import { hashPlan, stageHashes } from './plan-hash.js';
import { fakePlan, fakeSettings } from './training.fixture.js';

const part = (first_row: number, rows: number): PlannedPart => ({
  name: 'all',
  replay: false,
  first_row,
  rows,
  wanted_share: 1,
  share: 1,
  tokens: 100,
  supervised_tokens: 20,
  epochs: 1,
});

/** Twelve steps as two stages of six: the first takes the rows 0 to 9, the second 10 to 21. */
function twoStages(change: (plan: Plan) => Plan = (plan) => plan): Plan {
  const plan = fakePlan();
  const stage = (name: string, first_step: number, parts: PlannedPart[]): PlanStage => ({
    name,
    first_step,
    steps: 6,
    settings: fakeSettings,
    order: 'random',
    carry: 'adapter',
    optimizer: 'fresh',
    parts,
  });
  const { shards } = plan.header;
  const pool = (hash: string, rows: number) => ({ hash, rows, length: 32, files: [`${hash}.safetensors`] });
  return change({
    ...plan,
    header: {
      ...plan.header,
      stages: [stage('first', 1, [part(0, 10)]), stage('second', 7, [part(10, 12)])],
      shards: { ...shards, train: { ...shards.train, pools: [pool('a', 10), pool('b', 12)] } },
    },
  });
}

/** Which of the two stages have another digest after `change`. */
function changed(change: (plan: Plan) => Plan): boolean[] {
  const before = stageHashes(twoStages());
  return stageHashes(twoStages(change)).map((hash, index) => hash !== before[index]);
}

const header = (plan: Plan, change: Partial<Plan['header']>): Plan => ({
  ...plan,
  header: { ...plan.header, ...change },
});

describe('hashPlan', () => {
  it('covers the header and every array', () => {
    const plan = fakePlan();
    const { header: constant, ...arrays } = plan;
    const expected = createHash('sha256').update(hashJson(constant));
    for (const array of Object.values(arrays)) expected.update(new Uint8Array(array.buffer));
    expect(hashPlan(plan)).toBe(expected.digest('hex'));
    expect(hashPlan({ ...plan, save: plan.save.with(0, 1) })).not.toBe(hashPlan(plan));
  });
});

describe('stageHashes', () => {
  it('is one digest of everything for a plan without stages', () => {
    expect(stageHashes(fakePlan())).toEqual([hashPlan(fakePlan())]);
  });

  it('gives each stage its own digest, the same each time', () => {
    const hashes = stageHashes(twoStages());
    expect(new Set(hashes).size).toBe(2);
    expect(stageHashes(twoStages())).toEqual(hashes);
  });

  it('keeps the digest of a stage when a later one changes', () => {
    const second = (change: Partial<PlanStage>) => (plan: Plan) =>
      header(plan, { stages: plan.header.stages.with(1, { ...plan.header.stages[1]!, ...change }) });
    expect(changed(second({ name: 'renamed' }))).toEqual([false, true]);
    expect(changed(second({ settings: { ...fakeSettings, learning_rate: 0.2 } }))).toEqual([false, true]);
    expect(changed((plan) => ({ ...plan, learningRate: plan.learningRate.with(6, 9) }))).toEqual([
      false,
      true,
    ]);
    expect(changed((plan) => ({ ...plan, rows: plan.rows.with(43, 0) }))).toEqual([false, true]);
    expect(stageHashes(header(twoStages(), { stages: [twoStages().header.stages[0]!] }))).toEqual([
      stageHashes(twoStages())[0],
    ]);
  });

  it('changes the digests of a stage and of all after it when it changes', () => {
    for (const field of ['learningRate', 'normaliser', 'evaluate', 'save'] as const) {
      expect(changed((plan) => ({ ...plan, [field]: plan[field].with(5, 77) }))).toEqual([true, true]);
    }
    expect(changed((plan) => ({ ...plan, rows: plan.rows.with(0, 9) }))).toEqual([true, true]);
    expect(changed((plan) => header(plan, { seed: 8 }))).toEqual([true, true]);
    expect(changed((plan) => header(plan, { evaluate_at_start: false }))).toEqual([true, true]);
  });

  it('depends on the content of the pools that are used up to there, and on no other', () => {
    const pools =
      (change: (pools: NonNullable<Plan['header']['shards']['train']['pools']>) => void) => (plan: Plan) => {
        const copy = structuredClone(plan);
        change(copy.header.shards.train.pools!);
        return copy;
      };
    expect(
      changed(
        pools(([, b]) => {
          b!.hash = 'other';
        }),
      ),
    ).toEqual([false, true]);
    expect(
      changed(
        pools(([, b]) => {
          b!.length = 64;
        }),
      ),
    ).toEqual([false, true]);
    expect(
      changed(
        pools(([a]) => {
          a!.hash = 'other';
        }),
      ),
    ).toEqual([true, true]);
    expect(
      changed(
        pools((all) => {
          all.push({ hash: 'c', rows: 5, length: 8, files: [] });
        }),
      ),
    ).toEqual([false, false]);
    // The joined shards grow with each pool; only the pools themselves count.
    expect(
      changed((plan) => {
        const copy = structuredClone(plan);
        copy.header.shards.train.hash = 'of all';
        copy.header.shards.train.length = 4096;
        copy.header.totals.tokens++;
        return copy;
      }),
    ).toEqual([false, false]);
  });

  it('takes the shards as one pool where none are named', () => {
    const without = (hash: string) =>
      stageHashes(
        twoStages((plan) => {
          const copy = structuredClone(plan);
          delete copy.header.shards.train.pools;
          copy.header.shards.train.hash = hash;
          return copy;
        }),
      );
    expect(without('x')[0]).not.toBe(without('y')[0]);
  });
});
