/**
 * Blocks of 32 elements with one scale: Q8_0, Q4_0, Q5_0. Equal byte for byte to what ggml and its Python package write:
 * every operation is rounded to float32 as there.
 * @module
 */
import { halfFromNumber } from '../../model/floats.js';

const f = Math.fround;

/** Writes the elements from `at` on as one block to `out` at byte `b`. */
export type BlockWriter = (x: Float32Array, at: number, out: Uint8Array, b: number) => void;

/** Writes a half-precision number, low byte first. */
export function writeHalf(out: Uint8Array, b: number, value: number): void {
  const bits = halfFromNumber(value);
  out[b] = bits & 255;
  out[b + 1] = bits >> 8;
}

/** Scale (2 bytes), 32 signed bytes; rounded to nearest, ties away from zero. */
export const writeQ8_0: BlockWriter = (x, at, out, b) => {
  let magnitude = 0;
  for (let i = 0; i < 32; i++) magnitude = Math.max(magnitude, Math.abs(x[at + i]!));
  const scale = f(magnitude / 127);
  const inverse = scale === 0 ? 0 : f(1 / scale);
  writeHalf(out, b, scale);
  for (let i = 0; i < 32; i++) {
    const value = f(x[at + i]! * inverse);
    out[b + 2 + i] = value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
  }
};

const codes = new Uint8Array(32);

/** Codes 0 … 2·levels - 1 of 32 elements; the element of the largest magnitude gets code 0. Returns the scale. */
function writeCodes(x: Float32Array, at: number, levels: number): number {
  let largest = 0;
  let magnitude = 0;
  for (let i = 0; i < 32; i++) {
    const own = Math.abs(x[at + i]!);
    if (own > magnitude) {
      magnitude = own;
      largest = x[at + i]!;
    }
  }
  const scale = f(largest / -levels);
  const inverse = scale === 0 ? 0 : f(1 / scale);
  const top = 2 * levels - 1;
  for (let i = 0; i < 32; i++) {
    const code = Math.trunc(f(f(x[at + i]! * inverse) + f(levels + 0.5)));
    codes[i] = Math.min(code, top);
  }
  return scale;
}

/** Scale (2 bytes), 16 bytes of two codes each: the first 16 elements in the low halves. */
export const writeQ4_0: BlockWriter = (x, at, out, b) => {
  writeHalf(out, b, writeCodes(x, at, 8));
  for (let i = 0; i < 16; i++) out[b + 2 + i] = codes[i]! | (codes[i + 16]! << 4);
};

/** Scale (2 bytes), the fifth bits (4 bytes), 16 bytes of two codes' low bits each. */
export const writeQ5_0: BlockWriter = (x, at, out, b) => {
  writeHalf(out, b, writeCodes(x, at, 16));
  for (let i = 0; i < 4; i++) {
    let bits = 0;
    for (let j = 0; j < 8; j++) bits |= (codes[i * 8 + j]! >> 4) << j;
    out[b + 2 + i] = bits;
  }
  for (let i = 0; i < 16; i++) out[b + 6 + i] = (codes[i]! & 15) | ((codes[i + 16]! & 15) << 4);
};
