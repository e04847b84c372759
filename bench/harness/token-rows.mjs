/**
 * Token shards of random rows.
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSplitIndex } from '../../dist/chat/shard-index.js';
import { writeSafetensors } from '../../dist/model/safetensors.js';
import { randomStream } from '../../dist/random.js';

/**
 * Writes `rows` rows of `length` random tokens, one example a row, with the last `share` of each supervised.
 *
 * @param {string} directory
 * @param {{ rows: number; length: number; share: number; vocabSize: number }} shape
 */
export async function writeTokenRows(directory, { rows, length, share, vocabSize }) {
  const random = randomStream(1, 'rows', rows, length);
  const count = rows * length;
  // Nothing stands before the first token to predict it from.
  const first = Math.max(1, Math.round(length * (1 - share)));
  const arrays = {
    input_ids: Int32Array.from({ length: count }, () => 3 + random.integer(vocabSize - 3)),
    loss_mask: Uint8Array.from({ length: count }, (_, i) => (i % length >= first ? 1 : 0)),
    position_ids: Int32Array.from({ length: count }, (_, i) => i % length),
    segment_ids: new Int32Array(count).fill(1),
    parent_ids: new Int32Array(count),
  };
  await mkdir(directory, { recursive: true });
  await writeSafetensors(
    join(directory, 'train-0.safetensors'),
    Object.entries(arrays).map(([name, data]) => ({
      name,
      dtype: data instanceof Uint8Array ? 'U8' : 'I32',
      shape: [rows, length],
      data,
    })),
  );
  await writeSplitIndex(directory, 'train', {
    hash: `bench-${rows}x${length}-${share}`,
    files: ['train-0.safetensors'],
    rows,
    length,
    tokens: count,
    supervised_tokens: rows * (length - first),
    examples: Array.from({ length: rows }, (_, row) => ({
      id: `row-${row}`,
      row,
      segment: 1,
      tokens: length,
    })),
    contexts: Array.from({ length: rows }, () => []),
  });
}
