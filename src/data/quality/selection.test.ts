import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { coverageSchema } from '../../recipe/data/coverage.js';
import { qualitySchema } from '../../recipe/data/quality.js';
import { distance, farthestFirst, inTurns, nearestDistance, vectorTable } from './diversity.js';
import { selectItems } from './selection.js';
import type { SelectionRow } from './selection-row.js';

const settings = (selection: object, coverage: object = {}) => ({
  selection: qualitySchema.parse({ selection }).selection,
  coverage: coverageSchema.parse(coverage),
});
const keptOf = (rows: SelectionRow[], keep: Uint8Array): SelectionRow[] =>
  rows.filter(({ index }) => keep[index]);

/** Rows around a few points, most of them around the first. */
function clouds(count: number, size = 16): SelectionRow[] {
  const random = randomStream(3, 'clouds', count);
  return Array.from({ length: count }, (_x, index) => {
    const cloud = random.next() < 0.8 ? 0 : 1 + random.integer(9);
    const vector = Float32Array.from(
      { length: size },
      (_y, at) => (at === cloud ? 1 : 0) + 0.05 * random.normal(),
    );
    return {
      index,
      split: 'train' as const,
      group: `g${index % 50}`,
      task: `t${cloud % 3}`,
      aspects: [`a${cloud % 4}`],
      scores: { quality: random.next(), hardness: random.next(), edge: random.integer(2) },
      vector,
    };
  });
}

describe('selectItems', () => {
  const rows = clouds(600);

  it.each([
    ['no limit', {}, {}],
    ['a limit above the number', { max_items: 10_000 }, {}],
    ['quotas that hold', {}, { aspects: [{ name: 'a1', max_share: 0.9, min_items: 3 }] }],
    ['quotas that cannot be met', {}, { aspects: [{ name: 'none', min_items: 5 }] }],
  ])('keeps everything with %s', (_why, selection, coverage) => {
    const { keep, effect } = selectItems(rows, settings(selection, coverage), 1);
    expect(keptOf(rows, keep)).toHaveLength(600);
    expect([effect.before, effect.after]).toEqual([600, 600]);
    expect(effect.unmet).toEqual(
      'aspects' in coverage && coverage.aspects[0]!.name === 'none'
        ? ['none: 0 of 5 wanted; 0 are there']
        : [],
    );
  });

  it('leaves validation and test alone', () => {
    const mixed = rows.map((row, at) => ({
      ...row,
      split: at % 3 === 0 ? ('test' as const) : ('train' as const),
    }));
    const { keep, effect } = selectItems(mixed, settings({ max_items: 50 }), 1);
    const kept = keptOf(mixed, keep);
    expect(kept.filter(({ split }) => split === 'test')).toHaveLength(200);
    expect(kept.filter(({ split }) => split === 'train')).toHaveLength(50);
    expect([effect.before, effect.after]).toEqual([400, 50]);
  });

  it.each(['k_center', 'clusters'] as const)('%s chooses what is more diverse than chance', (diversity) => {
    const { keep, effect } = selectItems(rows, settings({ max_items: 60, diversity }), 1);
    expect(keptOf(rows, keep)).toHaveLength(60);
    expect(effect.neighbours!.selected).toBeGreaterThan(effect.neighbours!.random);
    const clusters = new Set(keptOf(rows, keep).map(({ vector }) => vector!.indexOf(Math.max(...vector!))));
    expect(clusters.size).toBe(10);
  });

  it('takes the best by score where diversity is off', () => {
    const { keep } = selectItems(rows, settings({ max_items: 60, diversity: 'none' }), 1);
    const worst = Math.min(...keptOf(rows, keep).map(({ scores }) => scores.quality!));
    const best = Math.max(...rows.filter(({ index }) => !keep[index]).map(({ scores }) => scores.quality!));
    expect(worst).toBeGreaterThanOrEqual(best);
  });

  it('leaves out what a question does not help to answer', () => {
    const scored = rows.map((row, at) => ({ ...row, scores: { quality: 1, difficulty: at / 400 } }));
    const { keep } = selectItems(
      scored,
      settings({ max_items: 100, order_by: 'difficulty', diversity: 'none' }),
      1,
    );
    expect(keptOf(scored, keep).map(({ index }) => index)).toEqual(
      Array.from({ length: 100 }, (_x, n) => 300 + n),
    );
  });

  it('meets lower and upper bounds', () => {
    const coverage = {
      aspects: [
        { name: 'a0', max_share: 0.4 },
        { name: 'a3', min_items: 25 },
        { name: 'a1', min_share: 0.2 },
      ],
      min_hard_share: 0.6,
      hard_from: 0.7,
      min_edge_share: 0.6,
    };
    const { keep, effect } = selectItems(rows, settings({ max_items: 100 }, coverage), 1);
    const kept = keptOf(rows, keep);
    const count = (name: string): number => kept.filter(({ aspects }) => aspects.includes(name)).length;
    expect(kept).toHaveLength(100);
    expect(count('a0')).toBeLessThanOrEqual(40);
    expect(count('a3')).toBeGreaterThanOrEqual(25);
    expect(count('a1')).toBeGreaterThanOrEqual(20);
    expect(effect.hard.after).toBeGreaterThanOrEqual(0.6);
    expect(effect.edge.after).toBeGreaterThanOrEqual(0.6);
    expect(effect.unmet).toEqual([]);
    expect(effect.aspects.find(({ name }) => name === 'a3')!.after).toBe(count('a3'));
  });

  it('removes no more than an upper bound needs', () => {
    const coverage = { aspects: [{ name: 'a0', max_share: 0.5 }] };
    const { keep } = selectItems(rows, settings({}, coverage), 1);
    const kept = keptOf(rows, keep);
    const others = rows.filter(({ aspects }) => !aspects.includes('a0')).length;
    expect(kept.filter(({ aspects }) => !aspects.includes('a0'))).toHaveLength(others);
    expect(Math.abs(kept.length - 2 * others)).toBeLessThanOrEqual(2);
  });

  it.each([
    ['that every item breaks', [{ name: 'a', max_share: 0.5 }]],
    [
      'that contradict each other',
      [
        { name: 'b', max_share: 0.3 },
        { name: 'c', max_share: 0.3 },
      ],
    ],
  ])('does not empty the data for upper bounds %s', (_why, aspects) => {
    const all = rows.map((row, at) => ({ ...row, aspects: ['a', at % 2 ? 'b' : 'c'] }));
    const { keep, effect } = selectItems(all, settings({ max_items: 100 }, { aspects }), 1);
    expect(keptOf(all, keep)).toHaveLength(100);
    expect(effect.unmet.length).toBeGreaterThan(0);
  });

  it('works without vectors, in turns over tasks', () => {
    const plain = rows.map(({ vector: _vector, ...row }) => row);
    const { keep, effect } = selectItems(plain, settings({ max_items: 30 }), 1);
    for (const { after } of effect.tasks) expect(after).toBe(10);
    expect(keptOf(plain, keep)).toHaveLength(30);
    expect(effect.neighbours).toBeUndefined();
  });

  it('keeps the same for the same seed', () => {
    const again = (seed: number) =>
      selectItems(rows, settings({ max_items: 50, diversity: 'clusters' }), seed).keep;
    expect(again(1)).toEqual(again(1));
    expect(again(2)).not.toEqual(again(1));
  });

  it('never keeps more than it may, whatever the rows', () => {
    const row = fc.record({
      split: fc.constantFrom('train', 'test', undefined),
      aspects: fc.subarray(['x', 'y', '__proto__']),
      task: fc.constantFrom('a', 'b', 'constructor'),
      quality: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const bound = fc.record({
      max_items: fc.integer({ min: 1, max: 30 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), bound, (drawn, { max_items, share }) => {
        const some = drawn.map(({ split, aspects, task, quality }, index) => ({
          index,
          ...(split ? { split: split as 'train' } : {}),
          aspects,
          task,
          group: 'g',
          scores: { quality },
        }));
        const coverage = {
          aspects: [
            { name: 'x', max_share: share },
            { name: '__proto__', min_items: 2 },
          ],
        };
        const { keep, effect } = selectItems(some, settings({ max_items }, coverage), 1);
        expect(effect.after).toBeLessThanOrEqual(max_items);
        expect(keptOf(some, keep)).toHaveLength(
          effect.after + some.filter((one) => (one.split as string) === 'test').length,
        );
        if (effect.before > 0) expect(effect.after).toBeGreaterThan(0);
      }),
    );
  });
});

it.each([1, 3, 4, 31, 32, 33, 35, 67, 256])('measures the distance of vectors of %d numbers', (size) => {
  const random = randomStream(5, 'distance', size);
  const [a, b] = [0, 1].map(() => Float32Array.from({ length: size }, () => random.normal()));
  const table = vectorTable([a!, b!]);
  const expected = a!.reduce((sum, x, at) => sum + (x - b![at]!) ** 2, 0);
  expect(distance(table, 0, table, 1)).toBeCloseTo(expected, 4);
  expect(distance(table, 0, table, 1, expected / 2)).toBeGreaterThanOrEqual(expected / 2);
});

describe('farthestFirst', () => {
  it('covers as well as k-center greedy promises: at most twice the best radius', () => {
    // Ten far groups of close points: the best radius is that of a group.
    const rows = Array.from({ length: 100 }, (_x, n) => Float32Array.from([(n % 10) * 100 + n / 100, 0]));
    const table = vectorTable(rows);
    const taken = farthestFirst(
      table,
      rows.map((_row, at) => at),
      10,
    );
    expect(new Set(taken.map((at) => at % 10)).size).toBe(10);
    expect(farthestFirst(table, [3, 4], 10)).toEqual([3, 4]);
    expect(nearestDistance(table, taken, 1)).toBeGreaterThan(90);
    expect(nearestDistance(table, [1], 1)).toBe(0);
  });
});

it('takes turns', () => expect(inTurns([[1, 4], [2, 5, 6], [3]])).toEqual([1, 2, 3, 4, 5, 6]));
