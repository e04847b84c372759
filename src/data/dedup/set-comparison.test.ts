import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jaccard, SetComparison } from './set-comparison.js';

const list = fc.array(fc.oneof(fc.integer({ min: -3, max: 40 }), fc.integer()), { maxLength: 3000 });
const range = (values: number[]) => ({ list: Int32Array.from(values), from: 0, to: values.length });

it('agrees with sets of JavaScript, one comparison after the other', () => {
  const comparison = new SetComparison();
  fc.assert(
    fc.property(list, list, (one, other) => {
      const [a, b] = [new Set(one), new Set(other)];
      const shared = [...a].filter((element) => b.has(element)).length;
      expect(comparison.compare(range(one), range(other))).toEqual({
        shared,
        onlyFirst: a.size - shared,
        onlySecond: b.size - shared,
      });
    }),
  );
});

it('looks at the given range only', () => {
  const values = Int32Array.from([1, 2, 3, 4, 5, 6]);
  const overlap = new SetComparison().compare(
    { list: values, from: 1, to: 4 },
    { list: values, from: 3, to: 6 },
  );
  expect(overlap).toEqual({ shared: 1, onlyFirst: 2, onlySecond: 2 });
  expect(jaccard(overlap)).toBe(0.2);
});

it('takes two empty sets for equal', () => {
  expect(jaccard(new SetComparison().compare(range([]), range([])))).toBe(1);
});
