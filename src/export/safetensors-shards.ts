/**
 * Which tensors of a model go into which safetensors file, as Transformers divides them.
 * @module
 */

/** A tensor's share of a file. */
export interface SizedTensor {
  name: string;
  byteLength: number;
}

/** A file with the tensors in it. */
export interface Shard<T extends SizedTensor> {
  file: string;
  tensors: T[];
}

/**
 * Fills one file after the other, in order; a tensor that would make a file larger than `limit` begins the next one, and
 * one that is larger by itself has a file of its own. A single file is `model.safetensors`, several are
 * `model-00001-of-00002.safetensors` and so on.
 *
 * @param limit bytes of tensors in a file
 */
export function shardTensors<T extends SizedTensor>(tensors: readonly T[], limit: number): Shard<T>[] {
  const groups: T[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const tensor of tensors) {
    if (size + tensor.byteLength > limit) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)!.push(tensor);
    size += tensor.byteLength;
  }
  const number = (value: number): string => String(value).padStart(5, '0');
  return groups.map((group, i) => ({
    file:
      groups.length === 1
        ? 'model.safetensors'
        : `model-${number(i + 1)}-of-${number(groups.length)}.safetensors`,
    tensors: group,
  }));
}
