import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from './shard.js';
import { fillAttentionMask, supervisedTargets } from './visibility.js';

/** Lays segments (parent number and length, parents first) one after another, with padding behind them. */
function layOut(segments: { parent: number; length: number }[], padding: number): Row {
  const segmentIds: number[] = [];
  const parentIds: number[] = [];
  segments.forEach(({ parent, length }, index) => {
    for (let i = 0; i < length; i++) {
      segmentIds.push(index + 1);
      parentIds.push(parent);
    }
  });
  for (let i = 0; i < padding; i++) {
    segmentIds.push(0);
    parentIds.push(0);
  }
  const length = segmentIds.length;
  return {
    inputIds: Int32Array.from({ length }, (_, i) => 100 + i),
    lossMask: new Uint8Array(length),
    positionIds: new Int32Array(length),
    segmentIds: Int32Array.from(segmentIds),
    parentIds: Int32Array.from(parentIds),
  };
}

/** The contract read word by word: walks from token to token, without any notion of runs. */
function sees(row: Row, i: number, j: number): boolean {
  if (i === j) return true;
  if (j > i || row.segmentIds[i] === 0 || row.segmentIds[j] === 0) return false;
  for (let segment = row.segmentIds[i]!; segment !== 0; ) {
    if (row.segmentIds[j] === segment) return true;
    segment = row.parentIds[row.segmentIds.indexOf(segment)]!;
  }
  return false;
}

const trees = fc
  .array(fc.record({ choice: fc.nat(), length: fc.integer({ min: 1, max: 5 }) }), { maxLength: 9 })
  .map((items) =>
    items.map(({ choice, length }, index) => ({ parent: index === 0 ? 0 : choice % (index + 1), length })),
  );

describe('fillAttentionMask', () => {
  it('follows the contract on any forest of segments', () => {
    fc.assert(
      fc.property(trees, fc.integer({ min: 0, max: 4 }), fc.nat({ max: 60 }), (tree, padding, side) => {
        const row = layOut(tree, padding);
        const length = Math.max(1, Math.min(side, row.segmentIds.length));
        const out = new Float32Array(3 + length * length + 2).fill(7);
        fillAttentionMask(row, length, out, 3, -1e9);
        expect([out[0], out[1], out[2], out.at(-2), out.at(-1)]).toEqual([7, 7, 7, 7, 7]);
        for (let i = 0; i < length; i++) {
          for (let j = 0; j < length; j++) {
            expect(out[3 + i * length + j]).toBe(sees(row, i, j) || i === j ? 0 : -1e9);
          }
        }
      }),
    );
  });

  it('pads a row that is shorter than the square', () => {
    const out = new Float32Array(16).fill(7);
    fillAttentionMask(layOut([{ parent: 0, length: 2 }], 0), 4, out, 0, -1);
    expect([...out]).toEqual([0, -1, -1, -1, 0, 0, -1, -1, -1, -1, 0, -1, -1, -1, -1, 0]);
  });
});

describe('supervisedTargets', () => {
  it('predicts the first token of each child from the last token of the parent', () => {
    const row = layOut(
      [
        { parent: 0, length: 3 },
        { parent: 1, length: 2 },
        { parent: 1, length: 2 },
      ],
      1,
    );
    row.lossMask.set([0, 0, 0, 1, 1, 1, 1]);
    const { predictors, targets, positions } = supervisedTargets(row);
    expect([...predictors]).toEqual([2, 3, 2, 5]);
    expect([...targets]).toEqual([103, 104, 105, 106]);
    expect([...positions]).toEqual([3, 4, 5, 6]);
  });

  it('refuses a supervised token that nothing precedes', () => {
    const row = layOut([{ parent: 0, length: 2 }], 0);
    row.lossMask[0] = 1;
    expect(() => supervisedTargets(row)).toThrow(/nothing stands before it/);
  });
});
