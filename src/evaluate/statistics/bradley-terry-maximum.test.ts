import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chanceOf, strengthFit } from './bradley-terry-maximum.js';

const size = 4;
const pairs = [
  [0, 1],
  [0, 2],
  [0, 3],
  [1, 2],
  [1, 3],
  [2, 3],
] as const;
const wins = fc.array(fc.constantFrom(0, 0, 0.5, 1, 3, 40, 5000), { minLength: 12, maxLength: 12 });
const start = fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: size, maxLength: size });

it('finds the same maximum from every start, where each system wins as often as the model expects', () => {
  fc.assert(
    fc.property(wins, start, (won, from) => {
      const found = strengthFit(pairs, size, new Float64Array(size))(won).slice();
      const again = strengthFit(pairs, size, from)(won);
      for (let own = 0; own < size; own++) expect(again[own]).toBeCloseTo(found[own]!, 8);
      expect(found.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
      const excess = new Float64Array(size);
      for (const [pair, [first, second]] of pairs.entries()) {
        const games = won[2 * pair]! + won[2 * pair + 1]!;
        const expected = games * chanceOf(found[first]! - found[second]!);
        excess[first]! += won[2 * pair]! - expected;
        excess[second]! -= won[2 * pair]! - expected;
      }
      // What is left is the pull of half a win and half a loss.
      for (const value of excess) expect(Math.abs(value)).toBeLessThanOrEqual(0.5 + 1e-6);
    }),
    { seed: 1 },
  );
});
