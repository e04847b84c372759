/**
 * Cross-entropy over a large vocabulary in chunks, so that all logits never exist at once.
 * @module
 */
import { withGradient } from '../../graph/differentiate.js';
import { add, log, mul, sub } from '../../graph/ops/elementwise.js';
import { addToColumns, pickColumns } from '../../graph/ops/indexing.js';
import { matmul } from '../../graph/ops/matmul.js';
import { softmax } from '../../graph/ops/normalization.js';
import { max, sumAll } from '../../graph/ops/reduce.js';
import { concat, expandTo, reshape, slice } from '../../graph/ops/shape.js';
import type { Tensor } from '../../graph/tensor.js';

/** Bytes that one chunk of logits may take. */
const CHUNK_BYTES = 64 * 2 ** 20;

/** The output head: a matrix [vocabulary, width], produced anew at each call, and whether it is trained. */
export interface Head {
  dense(): Tensor;
  /** The trained matrix itself, when it is one. */
  parameter?: Tensor;
}

/**
 * Σ of -log softmax(hidden·headᵀ)[target] over the rows.
 *
 * The gradient is computed right after the loss of a chunk, while its probabilities exist: p - onehot(target).
 *
 * @param hidden [targets, width], one row for each supervised token
 * @param targets int64 [targets], token ids
 * @param most the largest number of rows that the graph will see
 * @returns a scalar
 */
export function crossEntropySum(
  hidden: Tensor,
  targets: Tensor,
  head: Head,
  vocabulary: number,
  most: number,
): Tensor {
  const rows = Math.max(32, Math.floor(CHUNK_BYTES / 4 / vocabulary));
  const count = Math.max(1, Math.ceil(most / rows));
  const dHidden: Tensor[] = [];
  let dHead: Tensor | undefined;
  const inputs = head.parameter ? [hidden, head.parameter] : [hidden];

  const forward = (): Tensor[] => {
    const losses = Array.from({ length: count }, (_, c) => {
      const size = count > 1 ? `chunk${c}` : hidden.shape[0]!;
      const part = count > 1 ? slice(hidden, 0, c * rows, (c + 1) * rows, size) : hidden;
      const wanted = reshape(count > 1 ? slice(targets, 0, c * rows, (c + 1) * rows, size) : targets, [
        size,
        1,
      ]);
      const logits = matmul(part, head.dense(), { transB: true });
      const probabilities = softmax(logits);
      // log Σe^x = max - log(max p): exact where p of the target itself would underflow.
      const logSum = sub(max(logits, -1), log(max(probabilities, -1)));
      const loss = sumAll(sub(logSum, pickColumns(logits, wanted)));
      const minusOne = expandTo(hidden.graph.scalar(-1), wanted.shape);
      const dLogits = addToColumns(probabilities, wanted, minusOne);
      dHidden.push(matmul(dLogits, head.dense()));
      if (head.parameter) {
        const part_ = matmul(dLogits, part, { transA: true });
        dHead = dHead ? add(dHead, part_) : part_;
      }
      return loss;
    });
    return [losses.reduce(add)];
  };
  return withGradient(inputs, forward, ([dy]) => [
    mul(count > 1 ? concat(dHidden, 0, hidden.shape[0]) : dHidden[0]!, dy!),
    dHead && mul(dHead, dy!),
  ])[0]!;
}
