/**
 * The rows of the golden training runs, as an engine sees token shards.
 * @module
 */
import type { ShardSet } from '../src/chat/shard.js';
import { readSafetensors } from '../src/model/safetensors.js';

/** Reads `input_ids`, `loss_mask` and `lengths` of `file`: one example a row, padding at its end. */
export async function goldenShards(file: string): Promise<ShardSet> {
  const { tensors } = await readSafetensors(file);
  const ids = tensors.get('input_ids')!;
  const [rows, length] = ids.shape as [number, number];
  const lengths = tensors.get('lengths')!.data as Int32Array;
  const slice = <T extends Int32Array | Uint8Array>(data: T, row: number) =>
    data.slice(row * length, (row + 1) * length) as T;
  const mask = (row: number) => slice(tensors.get('loss_mask')!.data as Uint8Array, row);
  const supervisedPerRow = Int32Array.from(
    lengths,
    (_, row) => mask(row).filter((flag) => flag === 1).length,
  );
  const sum = (values: Int32Array) => values.reduce((total, value) => total + value, 0);
  return {
    rows,
    length,
    tokens: sum(lengths),
    supervisedTokens: sum(supervisedPerRow),
    examples: Array.from(lengths, (_, row) => ({ id: `row-${row}`, row, segment: 1 })),
    supervisedPerRow,
    lengthPerRow: lengths,
    row: (row) => {
      const real = (value: (i: number) => number) =>
        Int32Array.from({ length }, (_, i) => (i < lengths[row]! ? value(i) : 0));
      return {
        inputIds: slice(ids.data as Int32Array, row),
        lossMask: mask(row),
        positionIds: real((i) => i),
        segmentIds: real(() => 1),
        parentIds: real(() => 0),
      };
    },
  };
}
