/**
 * The weights of an opened model, read from its files on demand.
 * @module
 */
import { AttuneError } from '../errors.js';
import { toFloat32 } from './dequantize.js';
import { uninterleaveHeads } from './head-rows.js';
import { readStoredBytes } from './safetensors.js';
import type { StoredTensor, WeightStore } from './weights.js';

/** A store over tensors that lie in files. */
export function createWeightStore(tensors: ReadonlyMap<string, StoredTensor>): WeightStore {
  return {
    tensors,
    async readFloat32(name) {
      const tensor = tensors.get(name);
      if (!tensor) throw new AttuneError(`the model has no tensor ${name}`, { field: name });
      return readFloat32Rows(tensor, 0, tensor.shape[0] ?? 1);
    },
  };
}

/**
 * `count` rows of a tensor from `start` on as float32, in Transformers' order, so that a huge tensor need not be held whole.
 * A row is what the first dimension counts. Where heads are interleaved, `start` and `count` have to be whole heads.
 */
export async function readFloat32Rows(
  tensor: StoredTensor,
  start: number,
  count: number,
): Promise<Float32Array> {
  const [rows = 1] = tensor.shape;
  const rowBytes = tensor.byteLength / rows;
  const part = { ...tensor, offset: tensor.offset + start * rowBytes, byteLength: count * rowBytes };
  const values = toFloat32(tensor.dtype, await readStoredBytes(part));
  return tensor.interleavedHeads
    ? uninterleaveHeads(values, count, (tensor.interleavedHeads * count) / rows)
    : values;
}
