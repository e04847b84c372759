import { describe, expect, it } from 'vitest';
import { microBatch } from './micro-batch.js';
import { layOut, shardsOf, tokens } from './tiny-training.fixture.js';

const shards = shardsOf([
  layOut(16, [{ parent: 0, ids: tokens(5, 'row'), supervised: [false, false, false, true, true] }]),
]);

describe('a micro-batch', () => {
  it('has each supervised token once, predicted from the one before it', () => {
    const { inputs, supervisedTokens } = microBatch(shards, [0], 1);
    expect(supervisedTokens).toBe(2);
    expect([...(inputs.predictors!.data as BigInt64Array)]).toEqual([2n, 3n]);
    expect([...(inputs.target_weights!.data as Float32Array)]).toEqual([1, 1]);
  });

  it('with fewer is filled up with ones that count for nothing', () => {
    const { inputs, supervisedTokens } = microBatch(shards, [0], 1, 4);
    expect(supervisedTokens).toBe(2);
    expect(inputs.target_ids!.dims).toEqual([4]);
    expect(inputs.predictors!.dims).toEqual([4]);
    expect([...(inputs.target_weights!.data as Float32Array)]).toEqual([1, 1, 0, 0]);
  });
});
