import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../random.js';
import { orderEpoch } from './order.js';

const stream = (seed = 1) => randomStream(seed, 'test');
const sorted = (rows: number[]) => [...rows].sort((a, b) => a - b);

function stepsOf(order: number[], rowsPerStep: number): number[][] {
  const steps: number[][] = [];
  for (let begin = 0; begin < order.length; begin += rowsPerStep) {
    steps.push(order.slice(begin, begin + rowsPerStep));
  }
  return steps;
}

/** How many rows of `context` each step holds. */
function spread(order: number[], rowsPerStep: number, contexts: string[][], context: string): number[] {
  return stepsOf(order, rowsPerStep).map(
    (step) => step.filter((row) => contexts[row]!.includes(context)).length,
  );
}

describe('orderEpoch', () => {
  it('is the plain shuffle without contexts', () => {
    const order = orderEpoch({ rows: 20, rowsPerStep: 4, random: stream() });
    expect(order).toEqual(stream().shuffle(Array.from({ length: 20 }, (_, row) => row)));
  });

  it('deals rows of one context over all steps as evenly as possible', () => {
    // 40 rows, 8 steps of 5; a has 16 rows: exactly 2 a step; b has 4: never 2 together.
    const contexts = Array.from({ length: 40 }, (_, row) => [row < 16 ? 'a' : row < 20 ? 'b' : `own-${row}`]);
    const order = orderEpoch({ rows: 40, rowsPerStep: 5, contextsPerRow: contexts, random: stream() });
    expect(spread(order, 5, contexts, 'a')).toEqual(Array(8).fill(2));
    expect(Math.max(...spread(order, 5, contexts, 'b'))).toBe(1);
  });

  it('uses every row once, fills the steps and keeps each context within one of the even share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        (kinds, rowsPerStep, seed) => {
          const contexts = kinds.map((kind) => (kind === 0 ? [] : [`context-${kind}`]));
          const rows = contexts.length;
          const order = orderEpoch({ rows, rowsPerStep, contextsPerRow: contexts, random: stream(seed) });
          expect(sorted(order)).toEqual(Array.from({ length: rows }, (_, row) => row));
          for (let kind = 1; kind <= 6; kind++) {
            const total = kinds.filter((other) => other === kind).length;
            // The last step may hold fewer rows than others and pass its share on.
            const even = Math.ceil(total / Math.max(1, Math.floor(rows / rowsPerStep)));
            const most = Math.max(...spread(order, rowsPerStep, contexts, `context-${kind}`));
            expect(most).toBeLessThanOrEqual(Math.min(even + 1, rowsPerStep));
          }
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  it('spreads rows that hold several contexts', () => {
    // Each of 12 contexts lies in two rows, two contexts a row; 4 steps of 3 rows can keep them all apart.
    const contexts = Array.from({ length: 12 }, (_, row) => [`c${row}`, `c${(row + 1) % 12}`]);
    const order = orderEpoch({ rows: 12, rowsPerStep: 3, contextsPerRow: contexts, random: stream() });
    for (let context = 0; context < 12; context++) {
      expect(Math.max(...spread(order, 3, contexts, `c${context}`))).toBe(1);
    }
  });

  it('names the smallest bound that works when the setting cannot be met', () => {
    const contexts = Array.from({ length: 12 }, () => ['one table']);
    const order = (maxRowsPerContext: number) =>
      orderEpoch({ rows: 12, rowsPerStep: 4, contextsPerRow: contexts, maxRowsPerContext, random: stream() });
    expect(() => order(3)).toThrowError(/would hold 4 rows of one context, 3 are allowed/);
    expect(order(4)).toHaveLength(12);
  });

  it('differs between seeds and is equal for one', () => {
    const contexts = Array.from({ length: 30 }, (_, row) => [`c${row % 5}`]);
    const order = (seed: number) =>
      orderEpoch({ rows: 30, rowsPerStep: 4, contextsPerRow: contexts, random: stream(seed) });
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });
});
