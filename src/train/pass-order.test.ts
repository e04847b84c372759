import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../random.js';
import { orderPass, type PassOrderOptions } from './pass-order.js';

const order = (options: Partial<PassOrderOptions> & { rows: number }, seed = 1) =>
  orderPass({ order: 'hardness', rowsPerStep: 4, random: randomStream(seed, 'test'), ...options });

describe('orderPass', () => {
  it('uses every row once in every order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 80 }),
        fc.constantFrom('random' as const, 'hardness' as const, 'annealed' as const, 'length' as const),
        fc.integer(),
        (keys, name, seed) => {
          const rows = order({ order: name, rows: keys.length, keys }, seed);
          expect([...rows].sort((a, b) => a - b)).toEqual(keys.map((_, row) => row));
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  it('sorts ascending, rows with equal keys at random', () => {
    const keys = Array.from({ length: 40 }, (_, row) => (row * 7) % 5);
    const rows = order({ rows: 40, keys });
    expect(rows.map((row) => keys[row])).toEqual([...keys].sort((a, b) => a - b));
    const equal = rows.slice(0, 8);
    expect(equal).not.toEqual([...equal].sort((a, b) => a - b));
    expect(order({ rows: 40, keys }, 2)).not.toEqual(rows);
  });

  it('draws an annealed pass from the easiest rows of a share that grows with the root of the progress', () => {
    const rows = 400;
    const keys = Array.from({ length: rows }, (_, row) => row);
    const drawn = order({ order: 'annealed', rows, keys });
    for (const [used, row] of drawn.entries()) {
      const competence = Math.sqrt((used / rows) * 0.99 + 0.01);
      expect(row).toBeLessThan(Math.ceil(competence * rows));
    }
    const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    expect(drawn.slice(0, 40).every((row) => row < 140)).toBe(true);
    expect(mean(drawn.slice(0, 100))).toBeLessThan(mean(drawn.slice(100, 200)));
    expect(mean(drawn.slice(100, 200))).toBeLessThan(mean(drawn.slice(300)));
    // Not sorted: hard rows stand among easy ones from the middle on.
    expect(Math.max(...drawn.slice(100, 200))).toBeGreaterThan(Math.min(...drawn.slice(300)));
  });
});
