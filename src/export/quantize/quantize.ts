/**
 * float32 elements to the types of a GGUF file.
 * @module
 */
import { bfloat16FromFloat32, float16FromFloat32 } from '../../model/floats.js';
import { blockOf } from '../../model/stored-types.js';
import type { StoredType } from '../../model/weights.js';
import { writeQ4_K, writeQ5_K, writeQ6_K } from './k-blocks.js';
import { type BlockWriter, writeQ4_0, writeQ5_0, writeQ8_0 } from './simple-blocks.js';

const writers = {
  Q8_0: writeQ8_0,
  Q4_0: writeQ4_0,
  Q5_0: writeQ5_0,
  Q4_K: writeQ4_K,
  Q5_K: writeQ5_K,
  Q6_K: writeQ6_K,
} as const satisfies Partial<Record<StoredType, BlockWriter>>;

/** The types that weights can be written in. */
export type WritableType = 'F32' | 'F16' | 'BF16' | keyof typeof writers;

/**
 * The bytes of `values` in `type`: floating-point types rounded to nearest, ties to even; blocks as ggml writes them.
 *
 * @param values whole rows; for block types a row must hold whole blocks
 */
export function encodeElements(type: WritableType, values: Float32Array): Uint8Array {
  if (type === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (type === 'F16') return new Uint8Array(float16FromFloat32(values).buffer);
  if (type === 'BF16') return new Uint8Array(bfloat16FromFloat32(values).buffer);
  const { elements, bytes } = blockOf(type);
  const write = writers[type];
  const out = new Uint8Array((values.length / elements) * bytes);
  for (let at = 0, b = 0; at < values.length; at += elements, b += bytes) write(values, at, out, b);
  return out;
}
