import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { type Sampling, sample } from './sampling.js';

const logits = Float32Array.of(0, Math.log(2), Math.log(5), Math.log(8));

/** How often each token is drawn, in parts of all. */
function frequencies(settings: Partial<Sampling>): number[] {
  const sampling = { temperature: 1, topP: 1, topK: 0, seed: 1, ...settings };
  const random = randomStream(1, 'test');
  const counts = [0, 0, 0, 0];
  const draws = 20_000;
  for (let i = 0; i < draws; i++) counts[sample(logits, sampling, random)]!++;
  return counts.map((count) => count / draws);
}

function expectClose(actual: number[], expected: number[]): void {
  for (const [i, value] of actual.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(0.012);
}

describe('sample', () => {
  it('draws by softmax', () => expectClose(frequencies({}), [1 / 16, 2 / 16, 5 / 16, 8 / 16]));
  it('sharpens with a low temperature', () =>
    expectClose(frequencies({ temperature: 0.5 }), [1 / 94, 4 / 94, 25 / 94, 64 / 94]));
  it('keeps the most likely with top_k', () => expectClose(frequencies({ topK: 2 }), [0, 0, 5 / 13, 8 / 13]));
  it('keeps what together reaches top_p', () => {
    expectClose(frequencies({ topP: 0.6 }), [0, 0, 5 / 13, 8 / 13]);
    expectClose(frequencies({ topP: 0.01 }), [0, 0, 0, 1]);
  });
  it('looks only as far as the draw needs, with the same result as looking at all', () => {
    const settings = fc.record({
      temperature: fc.double({ min: 0.05, max: 3, noNaN: true }),
      topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
      topK: fc.constantFrom(0, 1, 5, 100, 400),
      seed: fc.constant(1),
    });
    // Few different values: equal ones are taken in their order.
    const values = fc.array(fc.integer({ min: -12, max: 12 }), { minLength: 300, maxLength: 400 });
    fc.assert(
      fc.property(values, settings, fc.integer({ min: 1, max: 1e6 }), (numbers, sampling, seed) => {
        const logits = Float32Array.from(numbers);
        const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]!);
        const candidates = sampling.topK > 0 ? order.slice(0, sampling.topK) : order;
        const weights = candidates.map((token) =>
          Math.exp((logits[token]! - logits[order[0]!]!) / sampling.temperature),
        );
        const total = weights.reduce((a, b) => a + b, 0);
        let kept = 0;
        let mass = 0;
        while (kept < weights.length && (kept === 0 || mass < sampling.topP * total))
          mass += weights[kept++]!;
        let left = randomStream(seed, 'x').next() * mass;
        const at = weights.slice(0, kept).findIndex((weight) => {
          left -= weight;
          return left < 1e-9 * mass;
        });
        const drawn = sample(logits, sampling, randomStream(seed, 'x'));
        // Sums in another order may differ in their last digits.
        const near = [at, at + 1].map((i) => candidates[Math.min(i, kept - 1)]);
        expect(Math.abs(left) < 1e-6 * mass ? near : [candidates[at]]).toContain(drawn);
      }),
      { seed: 1 },
    );
  });
});
