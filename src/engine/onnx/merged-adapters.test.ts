import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LoraPair, loraScaling } from '../../adapter/lora.js';
import { engineSettings } from '../../train/settings.fixture.js';
import { joinedSettings, splitPair, stackPairs } from './merged-adapters.js';

const { lora } = engineSettings();

/** A pair whose entries are whole numbers, so that sums are exact. */
const pairOf = (rank: number, inFeatures: number, outFeatures: number, offset: number): LoraPair => ({
  A: Float32Array.from({ length: rank * inFeatures }, (_, i) => offset + ((i * 7) % 11)),
  B: Float32Array.from({ length: outFeatures * rank }, (_, i) => offset - ((i * 5) % 13)),
});

/** B·A, row-major. */
function product({ A, B }: LoraPair, rank: number): number[] {
  const inFeatures = A.length / rank;
  return Array.from({ length: (B.length / rank) * inFeatures }, (_, at) => {
    const [row, column] = [Math.floor(at / inFeatures), at % inFeatures];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += B[row * rank + k]! * A[k * inFeatures + column]!;
    return sum;
  });
}

const size = fc.integer({ min: 1, max: 6 });

describe('stacked pairs', () => {
  it('have the sum of the products, and are taken apart to the bit', () => {
    fc.assert(
      fc.property(size, size, size, size, (firstRank, secondRank, inFeatures, outFeatures) => {
        const first = pairOf(firstRank, inFeatures, outFeatures, 1);
        const second = pairOf(secondRank, inFeatures, outFeatures, 3);
        const rank = firstRank + secondRank;
        const stacked = stackPairs(first, firstRank, second, secondRank);
        const [p, q] = [product(first, firstRank), product(second, secondRank)];
        expect(product(stacked, rank)).toEqual(p.map((x, i) => x + q[i]!));
        expect(splitPair(stacked, firstRank, rank)).toEqual([first, second]);
      }),
    );
  });

  it('on nothing are the pair itself', () => {
    const pair = pairOf(3, 4, 5, 2);
    const nothing = { A: new Float32Array(0), B: new Float32Array(0) };
    expect(stackPairs(nothing, 0, pair, 3)).toEqual(pair);
  });
});

describe('joinedSettings', () => {
  it('keep the scaling to the bit for alpha / r, and as closely as numbers go for alpha / √r', () => {
    for (const r of [1, 3, 4, 8, 12, 16, 64]) {
      for (const lora_alpha of [1, 8, 16, 20, 32]) {
        for (const merges of [1, 2, 3, 6]) {
          const plain = { ...lora!, r, lora_alpha };
          const joined = joinedSettings(plain, r * merges);
          expect(joined).toMatchObject({ r: r * (merges + 1), use_rslora: false });
          expect(loraScaling(joined)).toBe(loraScaling(plain));
          const rooted = { ...plain, use_rslora: true };
          const scaling = loraScaling(joinedSettings(rooted, r * merges));
          expect(Math.abs(scaling / loraScaling(rooted) - 1)).toBeLessThan(1e-15);
          expect(Math.fround(scaling)).toBe(Math.fround(loraScaling(rooted)));
        }
      }
    }
  });

  it('are the settings where nothing was merged', () => {
    expect(joinedSettings(lora!, 0)).toBe(lora);
  });
});
