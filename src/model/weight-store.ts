/**
 * The weights of an opened model, read from its files on demand.
 * @module
 */
import { AttuneError } from '../errors.js';
import { toFloat32 } from './dequantize.js';
import { readStoredBytes } from './safetensors.js';
import type { StoredTensor, WeightStore } from './weights.js';

/**
 * Puts the rows of a query or key weight of a llama.cpp file into Transformers' order. llama.cpp rotates
 * neighbouring rows of a head together, Transformers row i with row i + half; so its converter stores rows
 * 0, half, 1, half + 1, …
 */
function uninterleaveHeads(values: Float32Array, rows: number, heads: number): Float32Array {
  const columns = values.length / rows;
  const headRows = rows / heads;
  const half = headRows / 2;
  const ordered = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const inHead = row % headRows;
    const target = row - inHead + (inHead & 1) * half + (inHead >> 1);
    ordered.set(values.subarray(row * columns, (row + 1) * columns), target * columns);
  }
  return ordered;
}

/** A store over tensors that lie in files. */
export function createWeightStore(tensors: ReadonlyMap<string, StoredTensor>): WeightStore {
  return {
    tensors,
    async readFloat32(name) {
      const tensor = tensors.get(name);
      if (!tensor) throw new AttuneError(`the model has no tensor ${name}`, { field: name });
      const values = toFloat32(tensor.dtype, await readStoredBytes(tensor));
      return tensor.interleavedHeads
        ? uninterleaveHeads(values, tensor.shape[0]!, tensor.interleavedHeads)
        : values;
    },
  };
}
