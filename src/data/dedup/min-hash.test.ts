import { expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { chooseBands, comparedProbability } from './bands.js';
import { MinHash } from './min-hash.js';

it('agrees as often as sets are similar', () => {
  const random = randomStream(3, 'sets');
  const minHash = new MinHash(256);
  const sign = (values: number[]): Int32Array => {
    const signature = new Int32Array(256);
    minHash.sign(Int32Array.from(values), 0, values.length, signature);
    return signature;
  };
  for (const similarity of [0.2, 0.5, 0.8]) {
    let agreeing = 0;
    for (let pair = 0; pair < 40; pair++) {
      const element = (): number => (random.next() * 2 ** 32) | 0;
      const shared = Array.from({ length: similarity * 200 }, element);
      const own = (): number[] => Array.from({ length: ((1 - similarity) * 200) / 2 }, element);
      const one = sign([...shared, ...own()]);
      const other = sign([...own(), ...shared]);
      agreeing += one.filter((value, i) => value === other[i]).length;
    }
    // The standard error is below 0.01, with sets of 40 x 200 elements a little more.
    expect(agreeing / (40 * 256)).toBeCloseTo(similarity, 1);
    expect(Math.abs(agreeing / (40 * 256) - similarity)).toBeLessThan(0.03);
  }
});

it('gives the least value of every permutation, for sets of any size', () => {
  const random = randomStream(4, 'elements');
  const minHash = new MinHash(1024);
  const sign = (values: Int32Array): Int32Array => {
    const signature = new Int32Array(minHash.size);
    minHash.sign(values, 0, values.length, signature);
    return signature;
  };
  const elements = Int32Array.from({ length: 20_000 }, () => (random.next() * 2 ** 32) | 0);
  // x = 0 gives the offsets, x = 1 the sums: with them the permutations are known.
  const [offsets, sums] = [sign(Int32Array.of(0)), sign(Int32Array.of(1))];
  for (const length of [1, 2, 170, 20_000]) {
    const expected = Int32Array.from(offsets, (offset, p) => {
      const factor = (sums[p]! - offset) | 0;
      let least = 0x7fffffff;
      for (let i = 0; i < length; i++)
        least = Math.min(least, (Math.imul(factor, elements[i]!) + offset) | 0);
      return least;
    });
    expect(sign(elements.subarray(0, length))).toEqual(expected);
  }
  expect(new Set(sign(new Int32Array(0)))).toEqual(new Set([0x7fffffff]));
});

it('has different permutations, whose factors are odd', () => {
  const minHash = new MinHash(100);
  expect(minHash.size).toBe(112);
  const [offsets, sums] = [new Int32Array(112), new Int32Array(112)];
  minHash.sign(Int32Array.of(0), 0, 1, offsets);
  minHash.sign(Int32Array.of(1), 0, 1, sums);
  const factors = offsets.map((offset, p) => sums[p]! - offset);
  expect(new Set(factors).size).toBe(112);
  for (const factor of factors) expect(factor & 1).toBe(1);
});

it.each([
  [0.67, 100, { bands: 20, rows: 5 }],
  [0.5, 128, { bands: 42, rows: 3 }],
  [1, 64, { bands: 1, rows: 64 }],
  [0.1, 8, { bands: 8, rows: 1 }],
])('bands for threshold %s and %i permutations', (threshold, permutations, bands) => {
  expect(chooseBands(permutations, threshold)).toEqual(bands);
});

it('compares most pairs at the threshold, and few that are far below', () => {
  const bands = chooseBands(100, 0.67);
  expect(comparedProbability(0.67, bands)).toBeGreaterThan(0.9);
  expect(comparedProbability(0.2, bands)).toBeLessThan(0.01);
});
