import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Example, type Split, splits, type UnsplitExample } from './example.js';
import { limitItems } from './limit.js';
import { assignSplits } from './split.js';

const example = (group: number, task: string, id: number): UnsplitExample => ({
  id: String(id),
  text: 'x',
  task,
  group: `g${group}`,
  source: 's',
  licence: 'l',
});
const shares = { train: 0.8, validation: 0.05, test: 0.15 };
const unlimited = { train: {}, validation: {}, test: {} };
const count = (examples: readonly { split: Split }[], split: Split): number =>
  examples.filter((item) => item.split === split).length;

const splitExamples = (
  examples: readonly UnsplitExample[],
  ...options: [shares: typeof shares, seed: number]
): Example[] => {
  const assigned = assignSplits(examples, ...options);
  return examples.map((item, index) => ({ ...item, split: assigned[index]! }));
};
const limitExamples = (
  examples: readonly Example[],
  ...options: [limits: Parameters<typeof limitItems>[1], seed: number]
): Example[] => {
  const kept = limitItems(examples, ...options);
  return examples.filter((item) => kept.has(item));
};

const randomExamples = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom('a', 'b', 'c')), {
    minLength: 1,
    maxLength: 200,
  })
  .map((items) => items.map(([group, task], id) => example(group, task, id)));

describe('assignSplits', () => {
  it('never puts a group into two splits, leaves no split empty, and is the same every time', () => {
    fc.assert(
      fc.property(randomExamples, fc.integer(), (examples, seed) => {
        fc.pre(new Set(examples.map(({ group }) => group)).size >= 3);
        const divided = splitExamples(examples, shares, seed);
        const splitOf = new Map<string, Split>();
        for (const { group, split } of divided) {
          expect(splitOf.get(group) ?? split).toBe(split);
          splitOf.set(group, split);
        }
        for (const split of splits) expect(count(divided, split)).toBeGreaterThan(0);
        expect(splitExamples(examples, shares, seed)).toEqual(divided);
        expect(divided.map(({ id }) => id)).toEqual(examples.map(({ id }) => id));
      }),
    );
  });

  it('keeps the shares for every task', () => {
    const examples = Array.from({ length: 4000 }, (_, id) => example(id % 200, ['a', 'b', 'c'][id % 3]!, id));
    const divided = splitExamples(examples, shares, 1);
    for (const task of ['a', 'b', 'c']) {
      const members = divided.filter((item) => item.task === task);
      for (const split of splits) {
        expect(Math.abs(count(members, split) / members.length - shares[split])).toBeLessThan(0.01);
      }
    }
  });

  it('depends on the seed, and leaves out a split without a share', () => {
    const examples = Array.from({ length: 100 }, (_, id) => example(id, 'a', id));
    expect(splitExamples(examples, shares, 1)).not.toEqual(splitExamples(examples, shares, 2));
    const two = splitExamples(examples, { train: 0.5, validation: 0, test: 0.5 }, 1);
    expect(splits.map((split) => count(two, split))).toEqual([50, 0, 50]);
  });

  it('takes the whole group where the split of one of its items is settled, and divides the rest as if it were alone', () => {
    fc.assert(
      fc.property(randomExamples, fc.integer(), (examples, seed) => {
        fc.pre(new Set(examples.map(({ group }) => group)).size >= 3);
        const alone = splitExamples(examples, shares, seed);
        const settled = [example(90, 'a', 1), example(91, 'a', 2)].map((item) => ({
          ...item,
          split: 'train' as const,
        }));
        const companion = example(90, 'b', 3);
        const all = splitExamples([settled[0]!, ...examples, companion, settled[1]!], shares, seed);
        expect(all.slice(1, -2)).toEqual(alone);
        expect([all[0]!, ...all.slice(-2)].map(({ split }) => split)).toEqual(['train', 'train', 'train']);
      }),
    );
  });

  it('has nothing to divide where everything is settled', () => {
    const settled = { ...example(1, 'a', 1), split: 'train' as const };
    expect(assignSplits([settled], shares, 1)).toEqual(['train']);
    expect(() => assignSplits([settled, example(2, 'a', 2)], shares, 1)).toThrow(
      '1 group beside what is only trained on cannot fill 3 splits',
    );
  });

  it('says that there are too few groups', () => {
    expect(() => splitExamples([example(1, 'a', 1), example(1, 'a', 2)], shares, 1)).toThrow(
      '1 group cannot fill 3 splits',
    );
  });
});

describe('limitItems', () => {
  const divided = splitExamples(
    Array.from({ length: 1200 }, (_, id) => example(id % 60, ['a', 'b', 'c', 'd'][(id >> 3) % 4]!, id)),
    { train: 0.5, validation: 0.25, test: 0.25 },
    1,
  );

  it('takes examples evenly from a few groups and all tasks, and leaves other splits alone', () => {
    const limited = limitExamples(divided, { ...unlimited, test: { examples: 40, groups: 8 } }, 1);
    expect(count(limited, 'train')).toBe(count(divided, 'train'));
    const test = limited.filter(({ split }) => split === 'test');
    const tally = (key: 'task' | 'group'): number[] =>
      [...new Set(test.map((item) => item[key]))].map(
        (value) => test.filter((item) => item[key] === value).length,
      );
    expect(tally('group')).toEqual(Array(8).fill(5));
    expect(tally('task')).toEqual(Array(4).fill(10));
  });

  it('keeps everything without limits', () => {
    expect(limitExamples(divided, unlimited, 1)).toEqual(divided);
  });
});
