/**
 * Sizes of the element types that tensors are stored in.
 * @module
 */
import type { StoredType } from './weights.js';

/** Elements in a block and bytes that the block takes: plain types are blocks of one element. */
const blocks: Record<StoredType, { elements: number; bytes: number }> = {
  F64: { elements: 1, bytes: 8 },
  F32: { elements: 1, bytes: 4 },
  F16: { elements: 1, bytes: 2 },
  BF16: { elements: 1, bytes: 2 },
  I64: { elements: 1, bytes: 8 },
  I32: { elements: 1, bytes: 4 },
  I16: { elements: 1, bytes: 2 },
  I8: { elements: 1, bytes: 1 },
  U8: { elements: 1, bytes: 1 },
  BOOL: { elements: 1, bytes: 1 },
  Q8_0: { elements: 32, bytes: 34 },
  Q4_0: { elements: 32, bytes: 18 },
  Q4_1: { elements: 32, bytes: 20 },
  Q5_0: { elements: 32, bytes: 22 },
  Q4_K: { elements: 256, bytes: 144 },
  Q5_K: { elements: 256, bytes: 176 },
  Q6_K: { elements: 256, bytes: 210 },
};

/** Elements and bytes of one block of `dtype`. */
export function blockOf(dtype: StoredType): { elements: number; bytes: number } {
  return blocks[dtype];
}

/** Number of elements of a tensor; 1 for a scalar (empty shape). */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Bytes that a tensor takes on the disk. `shape` must hold whole blocks of `dtype`. */
export function storedByteLength(dtype: StoredType, shape: readonly number[]): number {
  const { elements, bytes } = blocks[dtype];
  return (elementCount(shape) / elements) * bytes;
}
