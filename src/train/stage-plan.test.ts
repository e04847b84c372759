import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochAfter, type Plan, type RowOrder, type StageToPlan } from './plan.js';
import { hashPlan, stageHashes } from './plan-hash.js';
import { fakeStage, fakeStagePlan, partsFrom, stageSettings } from './stages.fixture.js';
import { fakePlan, fakeShards } from './training.fixture.js';

/** Rows of each step of stage `index`. */
function stepsOf(plan: Plan, index = 0): number[][] {
  const { first_step, steps } = plan.header.stages[index]!;
  return Array.from({ length: steps }, (_, step) => [
    ...plan.rows.subarray(plan.stepOffsets[first_step - 1 + step], plan.stepOffsets[first_step + step]),
  ]);
}

/** All that a plan holds of its first `count` stages. */
function firstStages(plan: Plan, count: number): unknown {
  const { first_step, steps: last } = plan.header.stages[count - 1]!;
  const steps = first_step - 1 + last;
  return {
    stages: plan.header.stages.slice(0, count),
    rows: [...plan.rows.subarray(0, plan.stepOffsets[steps])],
    stepOffsets: [...plan.stepOffsets.subarray(0, steps + 1)],
    learningRate: [...plan.learningRate.subarray(0, steps)],
    normaliser: [...plan.normaliser.subarray(0, steps)],
    stage: [...plan.stage.subarray(0, steps)],
    evaluate: [...plan.evaluate.subarray(0, steps)],
    save: [...plan.save.subarray(0, steps)],
  };
}

const flagged = (flags: Uint8Array) => [...flags].flatMap((flag, index) => (flag ? [index + 1] : []));
const within = (part: { firstRow: number; rows: number }) => (row: number) =>
  row >= part.firstRow && row < part.firstRow + part.rows;
const mixed = partsFrom(0, ['tables', 150, 0.5], ['text', 90, 0.3], ['replay', 60, 0.2]);

describe('a plan of stages', () => {
  it('has the steps of the plain plan where the one stage has one part', () => {
    const rows = fakeShards(22);
    const stage = fakeStage({
      parts: partsFrom(0, ['all', 22, 1]),
      length: { epochs: 2 },
      settings: { ...stageSettings, gradient_accumulation_steps: 4 },
    });
    const plan = fakeStagePlan([stage], 22, { shards: rows });
    const plain = fakePlan({
      gradient_accumulation_steps: 2,
      lr_scheduler_type: 'linear',
      eval_steps: 5,
      save_steps: 7,
    });
    expect(plan.stepOffsets).toEqual(plain.stepOffsets);
    expect(plan.learningRate).toEqual(plain.learningRate);
    expect([plan.evaluate, plan.save]).toEqual([plain.evaluate, plain.save]);
    expect(plan.header.totals).toEqual(plain.header.totals);
  });

  it('puts stages behind one another, each with its schedule, flags and name', () => {
    const plan = fakeStagePlan(
      [
        fakeStage({ length: { steps: 12 } }),
        fakeStage({
          name: 'second',
          length: { steps: 6 },
          order: 'length',
          carry: 'merged',
          settings: { ...stageSettings, learning_rate: 0.01 },
          parts: partsFrom(10, ['all', 30, 1]),
        }),
      ],
      40,
    );
    expect(plan.header.stages.map(({ name, first_step, steps }) => [name, first_step, steps])).toEqual([
      ['first', 1, 12],
      ['second', 13, 6],
    ]);
    expect([...plan.stage]).toEqual([...Array(12).fill(0), ...Array(6).fill(1)]);
    expect(flagged(plan.evaluate)).toEqual([5, 10, 12, 17, 18]);
    expect(flagged(plan.save)).toEqual([7, 12, 18]);
    expect(plan.learningRate[12]).toBe(0);
    expect(Math.max(...plan.learningRate.subarray(12))).toBe(Math.fround(0.01));
    expect(plan.header.stages[1]).toMatchObject({ order: 'length', carry: 'merged', optimizer: 'fresh' });
    expect(
      stepsOf(plan, 1)
        .flat()
        .every((row) => row >= 10),
    ).toBe(true);
    for (const [step, rows] of [...stepsOf(plan), ...stepsOf(plan, 1)].entries()) {
      expect(plan.normaliser[step]).toBe(rows.reduce((sum, row) => sum + 1 + (row % 3), 0));
    }
  });

  it('is the same bytes each time, and never changes a stage because of a later one', () => {
    const pool = { hash: 'a', rows: 300, length: 1024, files: [] };
    const later = [pool, { ...pool, hash: 'b', rows: 100 }];
    const first = fakeStage({ parts: mixed, extension: { length: { steps: 3 }, times: 2 } });
    const second = fakeStage({ name: 'second', parts: partsFrom(300, ['all', 100, 1]) });
    const plan = (...stages: StageToPlan[]) => fakeStagePlan(stages, 400, { pools: later });
    const before = plan(first, second);
    expect(hashPlan(plan(first, second))).toBe(hashPlan(before));
    const others = [
      plan(first),
      plan(first, { ...second, name: 'renamed' }),
      plan(first, { ...second, length: { steps: 40 }, order: 'length' }),
      plan(first, second, fakeStage({ name: 'third', parts: mixed })),
      plan(first, { ...second, parts: partsFrom(310, ['a', 40, 0.4], ['b', 50, 0.6]) }),
    ];
    for (const other of others) {
      expect(firstStages(other, 3)).toEqual(firstStages(before, 3));
      expect(stageHashes(other).slice(0, 3)).toEqual(stageHashes(before).slice(0, 3));
    }
    // A stage's name names its random streams, and nothing else does: where it lies does not matter.
    expect(stepsOf(plan(second, first), 0)).toEqual(stepsOf(before, 3));
    expect(stepsOf(plan({ ...first, name: 'other' }))).not.toEqual(stepsOf(before));
  });

  it('counts epochs within a stage, replay left out', () => {
    const plan = fakeStagePlan(
      [
        fakeStage({ parts: mixed.slice(0, 1).map((part) => ({ ...part, share: 1 })), length: { epochs: 2 } }),
        fakeStage({ name: 'second', parts: partsFrom(0, ['all', 150, 0.8], ['replay', 60, 0.2]) }),
      ],
      300,
    );
    const [first, second] = plan.header.stages;
    expect(epochAfter(plan, 0)).toBe(0);
    expect(epochAfter(plan, first!.steps / 2)).toBe(1);
    expect(epochAfter(plan, first!.steps)).toBe(2);
    let before = 0;
    for (let step = second!.first_step; step < second!.first_step + second!.steps; step++) {
      expect(epochAfter(plan, step)).toBeGreaterThanOrEqual(before);
      before = epochAfter(plan, step);
    }
    expect(epochAfter(plan, second!.first_step)).toBeLessThan(0.1);
    expect(before).toBe(1);
  });
});

describe('the mix of a stage', () => {
  it('holds the shares within 1 % for any parts, orders and lengths, and uses each row before one again', () => {
    const part = fc.record({
      rows: fc.integer({ min: 8, max: 150 }),
      weight: fc.double({ min: 0.05, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 2, maxLength: 5 }),
        fc.constantFrom<RowOrder>('random', 'hardness', 'length', 'annealed'),
        fc.constantFrom({ steps: 13 }, { tokens: 110_000 }, { epochs: 1 }, { epochs: 2.5 }),
        fc.boolean(),
        (wanted, order, length, replay) => {
          const weights = wanted.reduce((sum, { weight }) => sum + weight, 0);
          const last = wanted.length - 1;
          const parts = partsFrom(
            0,
            ...wanted.map(({ rows, weight }, index): [string, number, number] => [
              index === last && replay ? 'replay' : `p${index}`,
              rows,
              weight / weights,
            ]),
          ).map((part) => ({
            ...part,
            keys: Float64Array.from({ length: part.rows }, (_, row) => (row * 37) % 11),
          }));
          const rows = parts.reduce((sum, part) => sum + part.rows, 0);
          const plan = fakeStagePlan([fakeStage({ parts, order, length })], rows);
          const stage = plan.header.stages[0]!;
          for (const [index, planned] of stage.parts!.entries()) {
            if (plan.rows.length >= 100)
              expect(Math.abs(planned.share - planned.wanted_share)).toBeLessThanOrEqual(0.01);
            const used = [...plan.rows].filter(within(parts[index]!));
            for (let begin = 0; begin < used.length; begin += planned.rows) {
              const pass = used.slice(begin, begin + planned.rows);
              expect(new Set(pass).size).toBe(pass.length);
            }
            expect(planned.epochs).toBe(used.length / planned.rows);
          }
          for (const step of stepsOf(plan).slice(0, -1)) expect(step).toHaveLength(8);
          expect(stage.parts!.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(plan.header.totals.tokens);
        },
      ),
      { seed: 5, numRuns: 150 },
    );
  });

  it('is even over the stage: every few steps hold it', () => {
    const plan = fakeStagePlan([fakeStage({ parts: mixed, length: { steps: 40 } })], 300);
    const steps = stepsOf(plan);
    for (let begin = 0; begin + 4 <= steps.length; begin++) {
      const window = steps.slice(begin, begin + 4).flat();
      for (const part of mixed) {
        const share = window.filter(within(part)).length / window.length;
        expect(Math.abs(share - part.share)).toBeLessThan(0.05);
      }
    }
  });

  it('counts tokens and not rows', () => {
    const lengthPerRow = Int32Array.from({ length: 300 }, (_, row) => (row < 100 ? 1000 : 100));
    const parts = partsFrom(0, ['long', 100, 0.5], ['short', 200, 0.5]);
    const plan = fakeStagePlan([fakeStage({ parts, length: { steps: 40 } })], 300, {
      shards: fakeShards(300, { lengthPerRow }),
    });
    const long = [...plan.rows].filter((row) => row < 100).length;
    expect(long).toBe(29);
    expect(plan.header.stages[0]!.parts![0]!.share).toBeCloseTo(0.5, 2);
  });

  it('shuffles a part anew for each pass', () => {
    const parts = partsFrom(0, ['many', 200, 0.9], ['few', 8, 0.1]);
    const plan = fakeStagePlan([fakeStage({ parts, length: { epochs: 1 } })], 208);
    const few = [...plan.rows].filter(within(parts[1]!));
    expect(few.length).toBeGreaterThan(20);
    expect(few.slice(0, 8)).not.toEqual(few.slice(8, 16));
  });

  it('keeps the bound on rows of one context in a step', () => {
    const parts = partsFrom(0, ['a', 48, 0.5], ['b', 48, 0.5]);
    const contextsPerRow = Array.from({ length: 96 }, (_, row) => [`table-${row % 12}`]);
    const settings = { ...stageSettings, max_rows_per_context_per_step: 1 };
    for (const order of ['random', 'length'] as const) {
      const plan = fakeStagePlan([fakeStage({ parts, settings, order, length: { steps: 9 } })], 96, {
        contextsPerRow,
      });
      for (const step of stepsOf(plan)) expect(new Set(step.map((row) => row % 12)).size).toBe(8);
    }
    expect(() =>
      fakeStagePlan([fakeStage({ parts, settings })], 96, {
        contextsPerRow: contextsPerRow.map(() => ['one']),
      }),
    ).toThrow(/would hold 2 rows of one context, 1 are allowed/);
  });
});

describe('the length of a stage', () => {
  it('in epochs is that many passes over what is not replayed', () => {
    for (const epochs of [1, 2]) {
      const parts = partsFrom(0, ['all', 150, 0.75], ['replay', 40, 0.25]);
      const plan = fakeStagePlan([fakeStage({ parts, length: { epochs } })], 190);
      const [own, replay] = plan.header.stages[0]!.parts!;
      expect(own!.epochs).toBe(epochs);
      expect(replay!.tokens / own!.tokens).toBeCloseTo(1 / 3, 2);
    }
    const several = fakeStagePlan([fakeStage({ parts: mixed, length: { epochs: 1.5 } })], 300);
    const lengths = fakeStagePlan([fakeStage({ parts: partsFrom(0, ['all', 240, 1]) })], 300).header.totals
      .tokens;
    const [tables, text] = several.header.stages[0]!.parts!;
    expect(tables!.tokens + text!.tokens).toBeGreaterThanOrEqual(1.5 * lengths);
    expect(tables!.tokens + text!.tokens).toBeLessThan(1.5 * lengths + 1000);
    expect(several.header.stages[0]!.tokens).toBe(several.header.totals.tokens);
  });

  it('in steps and in tokens is exact: the step that reaches the tokens is the last', () => {
    for (const parts of [mixed, partsFrom(0, ['all', 300, 1])]) {
      expect(fakeStagePlan([fakeStage({ parts, length: { steps: 17 } })], 300).header.totals.steps).toBe(17);
      const plan = fakeStagePlan([fakeStage({ parts, length: { tokens: 100_000 } })], 300);
      const before = fakeStagePlan(
        [fakeStage({ parts, length: { steps: plan.header.totals.steps - 1 } })],
        300,
      );
      expect(plan.header.totals.tokens).toBeGreaterThanOrEqual(100_000);
      expect(before.header.totals.tokens).toBeLessThan(100_000);
    }
  });

  it('is bounded by max_steps', () => {
    const settings = { ...stageSettings, max_steps: 4 };
    for (const length of [{ epochs: 3 }, { steps: 9 }, { tokens: 1e6 }]) {
      const extension = { length: { steps: 6 }, times: 1 };
      const plan = fakeStagePlan([fakeStage({ parts: mixed, settings, length, extension })], 300);
      expect(plan.header.stages.map(({ steps }) => steps)).toEqual([4, 4]);
    }
  });
});

describe('extension rounds', () => {
  it('go on in the pass of the stage, at its highest rate without warm-up', () => {
    const parts = partsFrom(0, ['all', 80, 1]);
    const stage = fakeStage({
      parts,
      length: { steps: 7 },
      optimizer: 'fresh',
      extension: { length: { steps: 3 }, times: 2 },
    });
    const plan = fakeStagePlan([stage, fakeStage({ name: 'next', parts })], 80);
    expect(
      plan.header.stages.map(({ name, steps, extends: base, carry, optimizer }) => [
        name,
        steps,
        base,
        carry,
        optimizer,
      ]),
    ).toEqual([
      ['first', 7, undefined, 'adapter', 'fresh'],
      ['first+1', 3, 'first', 'adapter', 'keep'],
      ['first+2', 3, 'first', 'adapter', 'keep'],
      ['next', 10, undefined, 'adapter', 'fresh'],
    ]);
    expect(new Set([...plan.rows.subarray(0, 80)]).size).toBe(80);
    expect(plan.learningRate[7]).toBe(Math.fround(0.1));
    expect(plan.learningRate[10]).toBe(Math.fround(0.1));
    expect(flagged(plan.evaluate).filter((step) => step > 5 && step <= 13)).toEqual([7, 10, 13]);
    const longer = fakeStagePlan([{ ...stage, length: { steps: 13 }, extension: undefined }], 80);
    expect(longer.rows).toEqual(plan.rows.subarray(0, plan.stepOffsets[13]));
  });

  it('hold the mix each for itself', () => {
    const plan = fakeStagePlan(
      [fakeStage({ parts: mixed, extension: { length: { tokens: 120_000 }, times: 2 } })],
      300,
    );
    expect(plan.header.stages).toHaveLength(3);
    for (const { parts } of plan.header.stages) {
      for (const { share, wanted_share } of parts!) expect(Math.abs(share - wanted_share)).toBeLessThan(0.01);
    }
  });
});

describe('stages that cannot be planned', () => {
  const attempt = (changes: Partial<StageToPlan>) => () => fakeStagePlan([fakeStage(changes)], 40);

  it('are refused with the stage and the fix', () => {
    expect(attempt({ parts: partsFrom(0, ['all', 0, 1]) })).toThrow(/stage `first`: part `all` has no rows/);
    expect(attempt({ parts: partsFrom(0, ['replay', 10, 1]) })).toThrow(/no examples of its own/);
    expect(attempt({ parts: partsFrom(35, ['all', 10, 1]) })).toThrow(
      /takes the rows 35 to 44, there are 40/,
    );
    for (const order of ['hardness', 'base_loss', 'annealed'] as const) {
      expect(attempt({ order })).toThrow(
        /stage `first`: `order: .*` needs the .* of every row, and 10 of 10 rows/,
      );
    }
    const keys = Float64Array.from({ length: 10 }, (_, row) => (row < 3 ? Number.NaN : row));
    const parts = partsFrom(0, ['all', 10, 1]).map((part) => ({ ...part, keys }));
    expect(attempt({ order: 'hardness', parts })).toThrow(/3 of 10 rows of part `all` have none/);
  });

  it('do not need keys for replay, which is shuffled in any order', () => {
    const keys = Float64Array.from({ length: 30 }, (_, row) => -row);
    const [own, replay] = partsFrom(0, ['all', 30, 0.75], ['replay', 10, 0.25]);
    const plan = fakeStagePlan([fakeStage({ order: 'hardness', parts: [{ ...own!, keys }, replay!] })], 40);
    const rows = [...plan.rows].filter((row) => row < 30);
    expect(rows).toEqual(Array.from({ length: 30 }, (_, row) => 29 - row));
    const replayed = [...plan.rows].filter((row) => row >= 30);
    expect(replayed).not.toEqual([...replayed].sort((a, b) => a - b));
  });
});
