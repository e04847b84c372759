import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { chooseToken, type Sampling } from './sampling.js';

const logits = Float32Array.of(0, Math.log(2), Math.log(5), Math.log(8));

/** How often each token is drawn, in parts of all. */
function frequencies(settings: Partial<Sampling>): number[] {
  const sampling = { temperature: 1, topP: 1, topK: 0, seed: 1, ...settings };
  const random = randomStream(1, 'test');
  const next = new ort.Tensor('float32', logits, [1, 4]);
  const counts = [0, 0, 0, 0];
  const draws = 20_000;
  for (let i = 0; i < draws; i++) counts[chooseToken(next, 0, sampling, random)]!++;
  return counts.map((count) => count / draws);
}

function expectClose(actual: number[], expected: number[]): void {
  for (const [i, value] of actual.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(0.012);
}

describe('chooseToken', () => {
  it('draws by softmax', () => expectClose(frequencies({}), [1 / 16, 2 / 16, 5 / 16, 8 / 16]));
  it('sharpens with a low temperature', () =>
    expectClose(frequencies({ temperature: 0.5 }), [1 / 94, 4 / 94, 25 / 94, 64 / 94]));
  it('keeps the most likely with top_k', () => expectClose(frequencies({ topK: 2 }), [0, 0, 5 / 13, 8 / 13]));
  it('keeps what together reaches top_p', () => {
    expectClose(frequencies({ topP: 0.6 }), [0, 0, 5 / 13, 8 / 13]);
    expectClose(frequencies({ topP: 0.01 }), [0, 0, 0, 1]);
  });
  it('takes the given token where the graph has chosen', () => {
    const next = new ort.Tensor('int64', BigInt64Array.of(3n, 9n), [2]);
    const sampling = { temperature: 0, topP: 1, topK: 0, seed: 1 };
    expect(chooseToken(next, 1, sampling, randomStream(1))).toBe(9);
  });
});
