/**
 * AdamW with moments in 8 bits (`optim: adamw_bnb_8bit`), as bitsandbytes computes it: moments are unpacked block by
 * block, brought up to date, used as they are for the update, and packed again.
 * @module
 */
import { BLOCK_SIZE, LevelTable } from './dynamic-quantization.js';

/** Smaller tensors keep their moments in 32 bits. */
export const MINIMUM_SIZE = 4096;

/** Moments of one parameter: a code for each element, a scale for each block of 256. */
export interface EightBitMoments {
  expAvg: Uint8Array;
  expAvgSq: Uint8Array;
  expAvgAbsmax: Float32Array;
  expAvgSqAbsmax: Float32Array;
}

/** Moments of `size` elements, all zero: a scale of 0 makes every code one. */
export function emptyMoments(size: number): EightBitMoments {
  const blocks = Math.ceil(size / BLOCK_SIZE);
  return {
    expAvg: new Uint8Array(size),
    expAvgSq: new Uint8Array(size),
    expAvgAbsmax: new Float32Array(blocks),
    expAvgSqAbsmax: new Float32Array(blocks),
  };
}

/** What one step of AdamW is made with. */
export interface AdamwStep {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled decay of this parameter; 0 for none. */
  weightDecay: number;
  learningRate: number;
  /** 1-based, for the bias correction. */
  step: number;
  /** Factor of the gradients, from clipping. */
  gradientScale: number;
}

const signedLevels = new LevelTable(true);
const unsignedLevels = new LevelTable(false);

/** One step over a parameter, in place. The decay is applied after the update, as bitsandbytes does it. */
export function updateEightBit(
  values: Float32Array,
  gradients: Float32Array,
  moments: EightBitMoments,
  { beta1, beta2, epsilon, weightDecay, learningRate, step, gradientScale }: AdamwStep,
): void {
  const correction = Math.sqrt(1 - beta2 ** step);
  const stepSize = (learningRate * correction) / (1 - beta1 ** step);
  const keep = 1 - learningRate * weightDecay;
  const first = new Float32Array(BLOCK_SIZE);
  const second = new Float32Array(BLOCK_SIZE);
  const { levels } = signedLevels;
  const { levels: squares } = unsignedLevels;
  for (let block = 0, start = 0; start < values.length; block++, start += BLOCK_SIZE) {
    const count = Math.min(BLOCK_SIZE, values.length - start);
    const firstScale = moments.expAvgAbsmax[block]!;
    const secondScale = moments.expAvgSqAbsmax[block]!;
    let firstMost = 0;
    let secondMost = 0;
    for (let i = 0; i < count; i++) {
      const at = start + i;
      const gradient = gradients[at]! * gradientScale;
      first[i] = levels[moments.expAvg[at]!]! * firstScale * beta1 + (1 - beta1) * gradient;
      second[i] = squares[moments.expAvgSq[at]!]! * secondScale * beta2 + (1 - beta2) * gradient * gradient;
      firstMost = Math.max(firstMost, Math.abs(first[i]!));
      secondMost = Math.max(secondMost, second[i]!);
      values[at] =
        (values[at]! - (stepSize * first[i]!) / (Math.sqrt(second[i]!) + correction * epsilon)) * keep;
    }
    moments.expAvgAbsmax[block] = firstMost;
    moments.expAvgSqAbsmax[block] = secondMost;
    for (let i = 0; i < count; i++) {
      moments.expAvg[start + i] = firstMost > 0 ? signedCode(first[i]! / firstMost) : 0;
      moments.expAvgSq[start + i] = secondMost > 0 ? unsignedLevels.nearest(second[i]! / secondMost) : 0;
    }
  }
}

/** The nearest level that has the number's own sign, so that a small mean does not change its direction. */
function signedCode(x: number): number {
  const code = signedLevels.nearest(x);
  const level = signedLevels.levels[code]!;
  if (level < 0 === x < 0) return code;
  return x > 0 ? code + 1 : code - 1;
}
