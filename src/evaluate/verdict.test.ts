import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomStream } from '../random.js';
import { heldOutBenchmark } from './benchmarks/held-out.js';
import { compareRuns, compareSeedRuns } from './compare-runs.js';
import { type CompareOptions, compareSystems, judge } from './comparison.js';
import { greedy, makeItem, scriptedSystem } from './evaluate.fixture.js';
import { meanOf } from './metrics/metric.js';
import { evaluateSystem } from './runner.js';
import { comparePaired } from './statistics/paired.js';
import { readVerdict, type VerdictSettings, writeVerdict } from './verdict.js';

const resampling = { confidence: 0.95, resamples: 1000, seed: 1 };
const settings: VerdictSettings = {
  participants: {
    candidate: 'tuned',
    systems: [
      { name: 'base', type: 'base' },
      { name: 'base-3-shot', type: 'base_few_shot' },
      { name: 'tuned', type: 'tuned' },
    ],
  },
  benchmarks: ['held-out'],
  metrics: new Map(),
  wantedDifference: 0.02,
  resampling,
};
const items = Array.from({ length: 60 }, (_, index) =>
  makeItem(index + 1, { task: index % 2 ? 'change' : 'look_up', reference: `${index}` }),
);
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-verdict-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Writes the answers of a system that has some items right. */
const answered = (
  name: string,
  right: (number: number) => boolean,
  { folder = directory, of = items, benchmark = 'held-out' } = {},
) =>
  evaluateSystem({
    system: scriptedSystem(name, (id) => {
      const number = Number(id.slice(5)) - 1;
      return right(number) ? `${number}` : 'no idea';
    }),
    benchmark: heldOutBenchmark(benchmark, of),
    settings: greedy,
    directory: folder,
  });

describe('judge', () => {
  const comparison = (low: number, high: number, pValue: number) => ({
    n: 10,
    groups: 5,
    candidate: 0,
    baseline: 0,
    difference: 0,
    effectiveGroups: 10,
    standardError: (high - low) / 4,
    interval: { low, high },
    pValue,
  });

  it.each([
    [0.1, 0.3, 0.01, 'better'],
    [-0.3, -0.1, 0.01, 'worse'],
    [-0.1, 0.3, 0.01, 'cannot tell'],
    [0.1, 0.3, 0.05, 'cannot tell'],
    [0, 0.3, 0.01, 'cannot tell'],
  ])('an interval from %d to %d with p = %d: %s', (low, high, p, verdict) =>
    expect(judge(comparison(low, high, p), 0.95)).toBe(verdict),
  );
});

describe('writeVerdict', () => {
  it('compares tuned with every form of the base, in all and by task', async () => {
    await answered('tuned', (n) => n % 6 < 4);
    await answered('base', (n) => n % 6 === 1);
    await answered('base-3-shot', (n) => n % 6 >= 2);
    const verdict = await writeVerdict(directory, settings);
    expect(await readVerdict(directory)).toEqual(verdict);
    const [base, fewShot] = verdict;
    expect(verdict).toHaveLength(2);
    expect(base).toMatchObject({
      benchmark: 'held-out',
      systems: ['tuned', 'base'],
      metric: 'exact_match',
      n: 60,
      groups: 30,
      verdict: 'better',
      fixed: 30,
      broken: 0,
      confidence: 0.95,
      resamples: 1000,
    });
    expect(base!.scores.tuned).toBeCloseTo(4 / 6, 12);
    expect(base!.scores.base).toBeCloseTo(1 / 6, 12);
    expect(base!.p_value).toBeLessThan(0.002);
    expect(base!.confidence_interval[0]).toBeGreaterThan(0.3);
    expect(base!.tasks.map(({ task, n, scores }) => [task, n, scores.base])).toEqual([
      ['change', 30, 1 / 3],
      ['look_up', 30, 0],
    ]);
    expect(fewShot).toMatchObject({ verdict: 'cannot tell', difference: 0, fixed: 20, broken: 20 });
    const again = await writeVerdict(directory, settings);
    expect(again).toEqual(verdict);
  });

  it('compares what is there', async () => {
    await answered('tuned', () => true);
    expect(await writeVerdict(directory, settings)).toEqual([]);
    await answered('base', (n) => n % 2 === 0);
    expect((await writeVerdict(directory, settings)).map(({ systems }) => systems)).toEqual([
      ['tuned', 'base'],
    ]);
  });

  it('says what was forgotten, of the base alone, within a stated bound', async () => {
    const forgetting = { benchmark: 'general-probe', max_loss: 0.1 };
    const withProbe = { ...settings, benchmarks: ['held-out', 'general-probe'], forgetting };
    const probe = Array.from({ length: 400 }, (_, index) =>
      makeItem(index + 1, { reference: `${index}`, group: `topic ${index % 100}` }),
    );
    const outcome = async (run: string, tuned: (n: number) => boolean) => {
      const folder = join(directory, run);
      for (const [name, right] of [
        ['base', (n: number) => n % 10 > 1],
        ['base-3-shot', () => true],
        ['tuned', tuned],
      ] as const) {
        await answered(name, right, { folder, of: probe, benchmark: 'general-probe' });
      }
      const entries = await writeVerdict(folder, withProbe);
      expect(entries.map(({ systems }) => systems)).toEqual([['tuned', 'base']]);
      return entries[0]!.forgetting;
    };
    expect(await outcome('same', (n) => n % 10 > 1)).toEqual({ max_loss: 0.1, outcome: 'kept' });
    expect((await outcome('far', (n) => n % 10 > 4))?.outcome).toBe('lost');
    expect((await outcome('near', (n) => n % 10 > 2))?.outcome).toBe('cannot tell');
  });

  it('marks people, and says by which other metrics the systems differ', async () => {
    const participants = {
      candidate: 'tuned',
      systems: [...settings.participants.systems, { name: 'ana', type: 'expert' }],
    };
    await answered('tuned', (n) => n % 2 === 0);
    await answered('ana', (n) => n % 3 > 0);
    const [entry] = await writeVerdict(directory, { ...settings, participants });
    expect(entry).toMatchObject({ systems: ['tuned', 'ana'], expert: true, unit: 'share' });
    const byName = new Map(entry!.metrics.map((one) => [one.metric, one]));
    expect(byName.get('token_f1')).toMatchObject({ n: 60, unit: 'share', higher_is_better: true });
    expect(byName.has('exact_match')).toBe(false);
    expect(entry!.mcnemar_p_value).toBeGreaterThan(0);
    expect(entry!.power!.detectable_difference).toBeGreaterThan(0.02);
    expect(entry!.power!.required_items).toBeGreaterThan(60);
  });

  it('refuses a broken file', async () => {
    await writeFile(join(directory, 'verdict.json'), '{}');
    await expect(readVerdict(directory)).rejects.toThrow('is not a list of comparisons');
  });
});

describe('compareSystems', () => {
  it('compares only what both answered, and refuses what is not the same', async () => {
    const tuned = (await answered('tuned', () => true)).items;
    const base = (await answered('base', () => false)).items;
    const options: CompareOptions = {
      benchmark: 'held-out',
      systems: ['tuned', 'base'],
      metric: 'exact_match',
      metrics: [meanOf('exact_match'), meanOf('token_f1')],
      wantedDifference: 0.02,
      resampling,
    };
    expect(compareSystems(tuned.slice(0, 20), base.slice(10), options).n).toBe(10);
    expect(() => compareSystems(tuned.slice(0, 5), base.slice(5), options)).toThrow('no item of held-out');
    expect(() => compareSystems(tuned, base, { ...options, metric: 'rouge' })).toThrow(
      'held-out has no metric "rouge"',
    );
    const moved = base.map((item) => ({ ...item, reference: 'other' }));
    expect(() => compareSystems(tuned, moved, options)).toThrow('different references of the item item-1');
  });
});

it('calls equal systems better or worse in about one of twenty cases at most', () => {
  const random = randomStream(11, 'equal systems');
  let verdicts = 0;
  for (let round = 0; round < 200; round++) {
    const scores: [number[], number[], string[]] = [[], [], []];
    for (let group = 0; group < 15; group++) {
      const chance = random.next();
      for (let item = 0; item < 4; item++) {
        scores[0].push(random.next() < chance ? 1 : 0);
        scores[1].push(random.next() < chance ? 1 : 0);
        scores[2].push(`${group}`);
      }
    }
    const comparison = comparePaired(...scores, { confidence: 0.95, resamples: 1000, seed: round });
    if (judge(comparison, 0.95) !== 'cannot tell') verdicts += 1;
  }
  expect(verdicts).toBeLessThanOrEqual(16);
});

describe('compareRuns', () => {
  it('puts the tuned models of two runs side by side', async () => {
    const [first, second] = [join(directory, 'a'), join(directory, 'b')];
    await answered('tuned', (n) => n % 3 > 0, { folder: first });
    await answered('tuned', (n) => n % 3 === 1, { folder: second, of: items.slice(0, 30) });
    await answered('base', (n) => n % 3 === 1, { folder: first });
    const systems: [string, string] = ['tuned', 'tuned'];
    const options = { systems, wantedDifference: 0.02, resampling };
    const [comparison] = await compareRuns({ runs: [first, second], ...options });
    expect(comparison).toMatchObject({
      systems: ['a', 'b'],
      n: 30,
      verdict: 'better',
      metric: 'exact_match',
    });
    await expect(compareRuns({ runs: [first, directory], ...options })).rejects.toThrow(
      'the run has no answers of tuned',
    );
    const absent = compareRuns({ runs: [first, second], ...options, systems: ['tuned', 'base'] });
    await expect(absent).rejects.toMatchObject({
      file: second,
      message: 'the run has no answers of base',
      fix: expect.stringContaining('--baseline-system: tuned'),
    });
    const within = { ...options, systems: ['tuned', 'base'] as [string, string], metric: 'token_f1' };
    const [own] = await compareRuns({ runs: [first, first], ...within });
    expect(own).toMatchObject({ systems: ['tuned', 'base'], n: 60, metric: 'token_f1' });
    expect((await compareRuns({ runs: [first, first], ...within }))[0]!.fixed).toBe(20);
    expect(await readFile(join(first, 'evaluation/held-out/tuned.jsonl'), 'utf8')).toContain('item-1');
  });
});

describe('compareSeedRuns', () => {
  const seeds = (name: string, share: (seed: number) => number): Promise<string[]> =>
    Promise.all(
      [1, 2, 3].map(async (seed) => {
        const folder = join(directory, `${name}-${seed}`);
        const random = randomStream(seed, name);
        await answered('tuned', () => random.next() < share(seed), { folder });
        return folder;
      }),
    );

  it('needs the difference to outlast the seeds', async () => {
    const base = await seeds('b', () => 0.3);
    const options = { baselines: base, system: 'tuned', resampling };
    const [steady] = await compareSeedRuns({ candidates: await seeds('a', () => 0.8), ...options });
    expect(steady).toMatchObject({ verdict: 'better', agrees: true, candidates: ['a-1', 'a-2', 'a-3'] });
    expect(steady!.candidateMeans).toHaveLength(3);
    // One lucky seed: the items are sure of the mean, the seeds are not.
    const lucky = await seeds('c', (seed) => (seed === 1 ? 1 : 0.32));
    const [unsteady] = await compareSeedRuns({ candidates: lucky, ...options });
    expect(unsteady!.items.interval.low).toBeGreaterThan(0);
    expect(unsteady).toMatchObject({ verdict: 'cannot tell', agrees: false });
    await expect(compareSeedRuns({ candidates: lucky, ...options, metric: 'bleu' })).rejects.toThrow(
      'no score "bleu"',
    );
  });
});
