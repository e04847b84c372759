/**
 * Blocks of 256 elements with quantized scales: Q4_K, Q5_K, Q6_K, as ggml's reference writes them without importance
 * weights (`quantize_row_q4_K_ref` and its like in ggml-quants.c).
 * @module
 */
import { halfToNumber } from '../../model/floats.js';
import {
  codes,
  fitScale,
  fitScaleAndMinimum,
  fitted,
  nearestInteger,
  type ScaleSearch,
  smallestGroup,
} from './scales.js';
import { type BlockWriter, writeHalf } from './simple-blocks.js';

const f = Math.fround;

const scales = new Float32Array(16);
const minimums = new Float32Array(8);

const readHalf = (bytes: Uint8Array, at: number): number => halfToNumber(bytes[at]! | (bytes[at + 1]! << 8));

/** Half-precision scale and minimum, then eight 6-bit scales and minimums in 12 bytes. Leaves the codes in `codes`. */
function writeScaledCodes(
  x: Float32Array,
  at: number,
  out: Uint8Array,
  b: number,
  search: ScaleSearch,
): void {
  let largestScale = 0;
  let largestMinimum = 0;
  for (let j = 0; j < 8; j++) {
    fitScaleAndMinimum(x, at, j * 32, search);
    scales[j] = fitted.scale;
    minimums[j] = fitted.minimum;
    if (scales[j]! > largestScale) largestScale = scales[j]!;
    if (minimums[j]! > largestMinimum) largestMinimum = minimums[j]!;
  }
  const inverseScale = largestScale > 0 ? f(63 / largestScale) : 0;
  const inverseMinimum = largestMinimum > 0 ? f(63 / largestMinimum) : 0;
  writeHalf(out, b, f(largestScale / 63));
  writeHalf(out, b + 2, f(largestMinimum / 63));
  const scale = readHalf(out, b);
  const minimum = readHalf(out, b + 2);
  for (let j = 0; j < 8; j++) {
    const s = Math.min(63, nearestInteger(f(inverseScale * scales[j]!)) & 255);
    const m = Math.min(63, nearestInteger(f(inverseMinimum * minimums[j]!)) & 255);
    if (j < 4) {
      out[b + 4 + j] = s;
      out[b + 8 + j] = m;
    } else {
      out[b + 8 + j] = (s & 15) | ((m & 15) << 4);
      out[b + j] = out[b + j]! | ((s >> 4) << 6);
      out[b + 4 + j] = out[b + 4 + j]! | ((m >> 4) << 6);
    }
    const step = f(scale * s);
    const offset = f(minimum * m);
    // A sub-block whose scale became 0 has every element at its minimum, whatever its codes are: they stay as found.
    if (step === 0) continue;
    for (let i = 0; i < 32; i++) {
      const code = nearestInteger(f(f(x[at + j * 32 + i]! + offset) / step));
      codes[j * 32 + i] = code < 0 ? 0 : Math.min(code, search.levels);
    }
  }
}

/** 144 bytes: scales, then 128 bytes of two codes each, 64 elements after the other. */
export const writeQ4_K: BlockWriter = (x, at, out, b) => {
  writeScaledCodes(x, at, out, b, { levels: 15, first: -1, steps: 20 });
  for (let part = 0; part < 4; part++) {
    for (let i = 0; i < 32; i++) {
      out[b + 16 + part * 32 + i] = codes[part * 64 + i]! | (codes[part * 64 + 32 + i]! << 4);
    }
  }
};

/** 176 bytes: scales, the fifth bits (32 bytes), then the codes' low bits as in Q4_K. */
export const writeQ5_K: BlockWriter = (x, at, out, b) => {
  writeScaledCodes(x, at, out, b, { levels: 31, first: -0.5, steps: 15 });
  for (let i = 0; i < 32; i++) {
    let fifths = 0;
    for (let part = 0; part < 4; part++) {
      const low = codes[part * 64 + i]!;
      const high = codes[part * 64 + 32 + i]!;
      fifths |= ((low >> 4) << (2 * part)) | ((high >> 4) << (2 * part + 1));
      out[b + 48 + part * 32 + i] = (low & 15) | ((high & 15) << 4);
    }
    out[b + 16 + i] = fifths;
  }
};

/** 210 bytes: low halves of the codes (128), their two high bits (64), 16 signed scales, a half-precision scale. */
export const writeQ6_K: BlockWriter = (x, at, out, b) => {
  let magnitude = 0;
  let largest = 0;
  for (let j = 0; j < 16; j++) {
    scales[j] = fitScale(x, at, j * 16);
    if (Math.abs(scales[j]!) > magnitude) {
      magnitude = Math.abs(scales[j]!);
      largest = scales[j]!;
    }
  }
  if (magnitude < smallestGroup) {
    out.fill(0, b, b + 210);
    return;
  }
  const inverse = f(-128 / largest);
  writeHalf(out, b + 208, f(1 / inverse));
  const scale = readHalf(out, b + 208);
  for (let j = 0; j < 16; j++) {
    const own = Math.min(127, nearestInteger(f(inverse * scales[j]!)));
    out[b + 192 + j] = own;
    const step = f(scale * own);
    if (step === 0) continue;
    for (let i = 0; i < 16; i++) {
      const code = nearestInteger(f(x[at + j * 16 + i]! / step));
      codes[j * 16 + i] = (code < -32 ? -32 : Math.min(code, 31)) + 32;
    }
  }
  for (let part = 0; part < 2; part++) {
    const from = part * 128;
    for (let i = 0; i < 32; i++) {
      const [a, c, d, e] = [from + i, from + i + 32, from + i + 64, from + i + 96];
      out[b + part * 64 + i] = (codes[a]! & 15) | ((codes[d]! & 15) << 4);
      out[b + part * 64 + 32 + i] = (codes[c]! & 15) | ((codes[e]! & 15) << 4);
      out[b + 128 + part * 32 + i] =
        (codes[a]! >> 4) | ((codes[c]! >> 4) << 2) | ((codes[d]! >> 4) << 4) | ((codes[e]! >> 4) << 6);
    }
  }
};
