import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomStream } from '../random.js';
import { evaluationSchema } from '../recipe/evaluation.js';
import { heldOutBenchmark } from './benchmarks/held-out.js';
import { compareSystems, judge } from './comparison.js';
import { makeItem, scriptedSystem } from './evaluate.fixture.js';
import { evaluateSystem } from './runner.js';
import { comparePaired } from './statistics/paired.js';
import { compareRuns, generationSettings, readVerdict, systemName, writeVerdict } from './verdict.js';

const settings = evaluationSchema.parse({ bootstrap_resamples: 1000 });
const items = Array.from({ length: 60 }, (_, index) =>
  makeItem(index + 1, { task: index % 2 ? 'change' : 'look_up', reference: `${index}` }),
);
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-verdict-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Writes the answers of a system that has every `nth` item right. */
const answered = (name: string, right: (number: number) => boolean, folder = directory, of = items) =>
  evaluateSystem({
    system: scriptedSystem(name, (id) => {
      const number = Number(id.slice(5)) - 1;
      return right(number) ? `${number}` : 'no idea';
    }),
    benchmark: heldOutBenchmark('held-out', of),
    settings: generationSettings(settings, 1),
    directory: folder,
  });

describe('judge', () => {
  const comparison = (low: number, high: number, pValue: number) => ({
    n: 10,
    groups: 5,
    candidate: 0,
    baseline: 0,
    difference: 0,
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
    const verdict = await writeVerdict(directory, settings, 1);
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
    const again = await writeVerdict(directory, settings, 1);
    expect(again).toEqual(verdict);
  });

  it('needs the answers of every system', async () => {
    await answered('tuned', () => true);
    await expect(writeVerdict(directory, settings, 1)).rejects.toMatchObject({
      file: expect.stringContaining('base.jsonl'),
    });
    expect(await readVerdict(directory)).toBeUndefined();
    expect(await writeVerdict(directory, { ...settings, systems: ['base'] }, 1)).toEqual([]);
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
    const options = {
      benchmark: 'held-out',
      systems: ['tuned', 'base'] as [string, string],
      metric: 'exact_match',
      resampling: { confidence: 0.95, resamples: 1000, seed: 1 },
    };
    expect(compareSystems(tuned.slice(0, 20), base.slice(10), options).n).toBe(10);
    expect(() => compareSystems(tuned.slice(0, 5), base.slice(5), options)).toThrow('no item of held-out');
    expect(() => compareSystems(tuned, base, { ...options, metric: 'rouge' })).toThrow('no score "rouge"');
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
    await answered('tuned', (n) => n % 3 > 0, first);
    await answered('tuned', (n) => n % 3 === 1, second, items.slice(0, 30));
    const options = { metric: 'exact_match', confidence: 0.95, resamples: 1000, seed: 1 };
    const [comparison] = await compareRuns({ runs: [first, second], ...options });
    expect(comparison).toMatchObject({ systems: ['a', 'b'], n: 30, verdict: 'better' });
    await expect(compareRuns({ runs: [first, directory], ...options })).rejects.toThrow(
      'no benchmark in common',
    );
    expect((await compareRuns({ runs: [first, first], ...options }))[0]!.systems).toEqual([first, first]);
    expect(await readFile(join(first, 'evaluation/held-out/tuned.jsonl'), 'utf8')).toContain('item-1');
  });
});

it('names systems after their files', () => {
  expect(settings.systems.map((system) => systemName(system, settings))).toEqual([
    'base',
    'base-3-shot',
    'tuned',
  ]);
});
