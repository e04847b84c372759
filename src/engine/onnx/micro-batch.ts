/**
 * Rows of token shards as the inputs of a graph.
 * @module
 */
import * as ort from 'onnxruntime-node';
import type { ShardSet } from '../../chat/shard.js';
import { fillAttentionMask, supervisedTargets } from '../../chat/visibility.js';
import type { Values } from './session.js';

/** What hides a token from attention; large enough to vanish, small enough to add without overflow. */
const MASKED = -1e9;

/** Sequence lengths are rounded up to this, so that few different shapes occur. */
const LENGTH_STEP = 8;

/** Inputs of a graph and what they hold. */
export interface MicroBatch {
  inputs: Values;
  /** Padding excluded. */
  tokens: number;
  /** Rows × sequence length, padding included. */
  positions: number;
  supervisedTokens: number;
}

/** What of a set of shards is read here. */
export type RowSource = Pick<ShardSet, 'length' | 'lengthPerRow' | 'row'>;

/** Tokens of each of these rows together: the longest one's, rounded up. */
export function batchLength(
  shards: Pick<RowSource, 'length' | 'lengthPerRow'>,
  rows: readonly number[],
): number {
  const longest = Math.max(...rows.map((row) => shards.lengthPerRow[row]!));
  return Math.min(shards.length, Math.ceil(longest / LENGTH_STEP) * LENGTH_STEP);
}

/**
 * The inputs for `rows`; padding at the end that all rows share is cut off.
 *
 * @param scale factor of the loss
 * @param fewestTargets fewer supervised tokens are filled up with ones whose weight is 0
 */
export function microBatch(
  shards: RowSource,
  rows: readonly number[],
  scale: number,
  fewestTargets = 1,
): MicroBatch {
  const length = batchLength(shards, rows);
  const ids = new BigInt64Array(rows.length * length);
  const positions = new BigInt64Array(rows.length * length);
  const mask = new Float32Array(rows.length * length * length);
  const predictors: bigint[] = [];
  const targets: bigint[] = [];
  for (const [i, index] of rows.entries()) {
    const row = shards.row(index);
    for (let j = 0; j < length; j++) {
      ids[i * length + j] = BigInt(row.inputIds[j]!);
      positions[i * length + j] = BigInt(row.positionIds[j]!);
    }
    fillAttentionMask(row, length, mask, i * length * length, MASKED);
    const supervised = supervisedTargets(row);
    for (const at of supervised.predictors) predictors.push(BigInt(i * length + at));
    for (const id of supervised.targets) targets.push(BigInt(id));
  }
  const supervisedTokens = targets.length;
  while (targets.length < fewestTargets) {
    predictors.push(0n);
    targets.push(0n);
  }
  const weights = Float32Array.from(targets, (_, i) => (i < supervisedTokens ? 1 : 0));
  const integers = (data: BigInt64Array, dims: number[]): ort.Tensor => new ort.Tensor('int64', data, dims);
  return {
    inputs: {
      input_ids: integers(ids, [ids.length]),
      position_ids: integers(positions, [rows.length, length]),
      mask: new ort.Tensor('float32', mask, [rows.length, 1, length, length]),
      predictors: integers(BigInt64Array.from(predictors), [predictors.length]),
      target_ids: integers(BigInt64Array.from(targets), [targets.length]),
      target_weights: new ort.Tensor('float32', weights, [weights.length, 1]),
      loss_scale: new ort.Tensor('float32', Float32Array.of(scale), []),
    },
    tokens: rows.reduce((sum, row) => sum + shards.lengthPerRow[row]!, 0),
    positions: rows.length * length,
    supervisedTokens,
  };
}
