import { expect, it } from 'vitest';
import { Buckets } from './candidates.js';

const all = (count: number): Uint8Array => new Uint8Array(count).fill(1);
const none = (): boolean => false;

function pairs(keys: number[], active = all(keys.length), isKnown: (a: number, b: number) => boolean = none) {
  const flat = new Buckets(keys.length).pairs(Int32Array.from(keys), active, isKnown);
  return Array.from({ length: flat.length / 2 }, (_, pair) => `${flat[pair * 2]}-${flat[pair * 2 + 1]}`);
}

it('pairs lines with equal keys, keys that fall into one slot apart', () => {
  expect(pairs([7, 5, 7, 7 + (1 << 20), 5, 7])).toEqual(['2-0', '4-1', '5-0', '5-2']);
});

it('takes at most four pairs a line from a bucket of any size', () => {
  const found = pairs(new Array<number>(1000).fill(3));
  expect(found).toHaveLength(1 + 2 + 3 + 4 * 996);
  expect(found.slice(-4)).toEqual(['999-0', '999-1', '999-2', '999-3']);
});

it('leaves out what is not active and what is known', () => {
  expect(pairs([1, 1, 1], Uint8Array.from([1, 0, 1]))).toEqual(['2-0']);
  expect(pairs([1, 1, 1], all(3), (line, other) => line === 2 && other === 0)).toEqual(['1-0', '2-1']);
});

it('uses its memory again', () => {
  const buckets = new Buckets(3);
  buckets.pairs(Int32Array.from([1, 1, 1]), all(3), none);
  expect([...buckets.pairs(Int32Array.from([1, 2, 1]), all(3), none)]).toEqual([2, 0]);
});
