/**
 * Stored elements to float32. The block formats are ggml's (ggml-common.h, ggml-quants.c): every product
 * of scale and code fits into float32's 24 bits, so the one rounding here is the one that llama.cpp makes
 * and the results are equal bit for bit.
 * @module
 */
import { AttuneError } from '../errors.js';
import { float32FromBfloat16, float32FromFloat16, halfToNumber } from './floats.js';
import { blockOf } from './stored-types.js';
import type { StoredType } from './weights.js';

/** Writes the elements of the block that begins at byte `b` of `bytes` to `out` from index `o` on. */
type BlockReader = (bytes: Uint8Array, b: number, out: Float32Array, o: number) => void;

const half = (bytes: Uint8Array, at: number): number => halfToNumber(bytes[at]! | (bytes[at + 1]! << 8));
const int8 = (byte: number): number => (byte << 24) >> 24;

const readQ8_0: BlockReader = (bytes, b, out, o) => {
  const scale = half(bytes, b);
  for (let i = 0; i < 32; i++) out[o + i] = scale * int8(bytes[b + 2 + i]!);
};

const readQ4_0: BlockReader = (bytes, b, out, o) => {
  const scale = half(bytes, b);
  for (let i = 0; i < 16; i++) {
    const pair = bytes[b + 2 + i]!;
    out[o + i] = scale * ((pair & 15) - 8);
    out[o + 16 + i] = scale * ((pair >> 4) - 8);
  }
};

const readQ4_1: BlockReader = (bytes, b, out, o) => {
  const scale = half(bytes, b);
  const minimum = half(bytes, b + 2);
  for (let i = 0; i < 16; i++) {
    const pair = bytes[b + 4 + i]!;
    out[o + i] = scale * (pair & 15) + minimum;
    out[o + 16 + i] = scale * (pair >> 4) + minimum;
  }
};

const readQ5_0: BlockReader = (bytes, b, out, o) => {
  const scale = half(bytes, b);
  for (let i = 0; i < 16; i++) {
    const pair = bytes[b + 6 + i]!;
    const lowFifth = (bytes[b + 2 + (i >> 3)]! >> (i & 7)) & 1;
    const highFifth = (bytes[b + 4 + (i >> 3)]! >> (i & 7)) & 1;
    out[o + i] = scale * (((pair & 15) | (lowFifth << 4)) - 16);
    out[o + 16 + i] = scale * (((pair >> 4) | (highFifth << 4)) - 16);
  }
};

/** The 6-bit scale (`minimum` false) or minimum of sub-block `j` in the 12 packed bytes at `at` of Q4_K and Q5_K. */
function packed6(bytes: Uint8Array, at: number, j: number, minimum: boolean): number {
  if (j < 4) return bytes[at + j + (minimum ? 4 : 0)]! & 63;
  const low = bytes[at + j + 4]!;
  return (minimum ? low >> 4 : low & 15) | ((bytes[at + j - (minimum ? 0 : 4)]! >> 6) << 4);
}

/** Q4_K and Q5_K: eight sub-blocks of 32, each with an own scale and minimum; Q5_K keeps the fifth bits apart. */
function readK(bytes: Uint8Array, b: number, out: Float32Array, o: number, fifthBits: boolean): void {
  const scale = half(bytes, b);
  const minimum = half(bytes, b + 2);
  const scales = b + 4;
  const high = b + 16;
  const low = fifthBits ? b + 48 : b + 16;
  for (let j = 0; j < 8; j++) {
    const d = scale * packed6(bytes, scales, j, false);
    const m = minimum * packed6(bytes, scales, j, true);
    const shift = (j & 1) * 4;
    for (let i = 0; i < 32; i++) {
      const fifth = fifthBits ? ((bytes[high + i]! >> j) & 1) << 4 : 0;
      out[o + j * 32 + i] = d * (((bytes[low + (j >> 1) * 32 + i]! >> shift) & 15) | fifth) - m;
    }
  }
}

const readQ6_K: BlockReader = (bytes, b, out, o) => {
  const scale = half(bytes, b + 208);
  for (let part = 0; part < 2; part++) {
    const low = b + part * 64;
    const high = b + 128 + part * 32;
    const scales = b + 192 + part * 8;
    for (let quarter = 0; quarter < 4; quarter++) {
      for (let i = 0; i < 32; i++) {
        const nibble = (bytes[low + (quarter & 1) * 32 + i]! >> (quarter < 2 ? 0 : 4)) & 15;
        const code = (nibble | (((bytes[high + i]! >> (quarter * 2)) & 3) << 4)) - 32;
        out[o + part * 128 + quarter * 32 + i] = scale * int8(bytes[scales + quarter * 2 + (i >> 4)]!) * code;
      }
    }
  }
};

const blockReaders: Partial<Record<StoredType, BlockReader>> = {
  Q8_0: readQ8_0,
  Q4_0: readQ4_0,
  Q4_1: readQ4_1,
  Q5_0: readQ5_0,
  Q4_K: (bytes, b, out, o) => readK(bytes, b, out, o, false),
  Q5_K: (bytes, b, out, o) => readK(bytes, b, out, o, true),
  Q6_K: readQ6_K,
};

/**
 * The elements that `bytes` hold in `dtype`, as float32.
 *
 * @param bytes whole blocks, beginning at their buffer's first byte
 * @throws {AttuneError} for integer and float64 types, which no weight of a supported model has
 */
export function toFloat32(dtype: StoredType, bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  if (dtype === 'F32') return new Float32Array(buffer as ArrayBuffer, byteOffset, byteLength / 4);
  if (dtype === 'F16') return float32FromFloat16(new Uint16Array(buffer, byteOffset, byteLength / 2));
  if (dtype === 'BF16') return float32FromBfloat16(new Uint16Array(buffer, byteOffset, byteLength / 2));
  const readBlock = blockReaders[dtype];
  if (!readBlock) throw new AttuneError(`elements of type ${dtype} cannot be weights`);
  const block = blockOf(dtype);
  const out = new Float32Array((byteLength / block.bytes) * block.elements);
  for (let b = 0, o = 0; b < byteLength; b += block.bytes, o += block.elements) readBlock(bytes, b, out, o);
  return out;
}
