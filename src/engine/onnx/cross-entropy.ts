/**
 * Cross-entropy over a large vocabulary in chunks, so that all logits never exist at once.
 * @module
 */
import { withGradient } from '../../graph/differentiate.js';
import type { Tensor } from '../../graph/graph.js';
import { expandTo, reshape } from '../../graph/ops/broadcast.js';
import { add, log, mul, sub } from '../../graph/ops/elementwise.js';
import { addToColumns, pickColumns } from '../../graph/ops/indexing.js';
import { matmul } from '../../graph/ops/matmul.js';
import { softmax } from '../../graph/ops/normalization.js';
import { maxLast, sumAll } from '../../graph/ops/reduce.js';
import { concat, sliceBetween } from '../../graph/ops/shape.js';

/** Bytes that one chunk of logits may take where nothing else is said. */
const CHUNK_BYTES = 64 * 2 ** 20;

/** The output head: a matrix [vocabulary, width], produced anew at each call, and whether it is trained. */
export interface Head {
  dense(): Tensor;
  /** The trained matrix itself, when it is one. */
  parameter?: Tensor;
}

/** Chunks that keep the logits of `targets` rows within `bytes` each (default 64 MiB), but not below 32 rows. */
export function chunkCount(targets: number, vocabulary: number, bytes = CHUNK_BYTES): number {
  const rows = Math.max(32, Math.floor(bytes / 4 / vocabulary));
  return Math.max(1, Math.ceil(targets / rows));
}

/**
 * Σ of -weight · log softmax(hidden·headᵀ)[target] over the rows.
 *
 * The gradient is computed right after the loss of a chunk, while its probabilities exist: p - onehot(target).
 *
 * @param hidden [targets, width], one row for each supervised token
 * @param targets int64 [targets], token ids
 * @param weights [targets, 1]
 * @param chunks pieces of about equal size; at most the number of rows, so that none is empty: not all of the
 *   runtime's products over nothing can be trusted (docs/engine.md)
 * @returns a scalar
 */
export function crossEntropySum(
  hidden: Tensor,
  targets: Tensor,
  weights: Tensor,
  head: Head,
  chunks: number,
): Tensor {
  const dHidden: Tensor[] = [];
  let dHead: Tensor | undefined;
  const inputs = head.parameter ? [hidden, head.parameter] : [hidden];
  const cut = (x: Tensor, c: number): Tensor =>
    chunks === 1 ? x : sliceBetween(x, 0, boundary(x, c, chunks), boundary(x, c + 1, chunks), `chunk${c}`);

  const forward = (): Tensor[] => {
    const losses = Array.from({ length: chunks }, (_, c) => {
      const part = cut(hidden, c);
      const wanted = reshape(cut(targets, c), [part.shape[0]!, 1]);
      const logits = matmul(part, head.dense(), { transB: true });
      const probabilities = softmax(logits);
      // log Σe^x = max - log(max p): exact where p of the target itself would underflow.
      const logSum = sub(maxLast(logits), log(maxLast(probabilities)));
      const weight = cut(weights, c);
      const loss = sumAll(mul(sub(logSum, pickColumns(logits, wanted)), weight));
      const minusOne = expandTo(hidden.graph.scalar(-1), wanted.shape);
      const dLogits = addToColumns(probabilities, wanted, minusOne);
      dHidden.push(matmul(dLogits, head.dense()));
      if (head.parameter) {
        const fromChunk = matmul(dLogits, mul(part, weight), { transA: true });
        dHead = dHead ? add(dHead, fromChunk) : fromChunk;
      }
      return loss;
    });
    return [losses.reduce(add)];
  };
  return withGradient(inputs, forward, ([dy]) => [
    mul(chunks > 1 ? concat(dHidden, 0, hidden.shape[0]) : dHidden[0]!, mul(weights, dy!)),
    dHead && mul(dHead, dy!),
  ])[0]!;
}

/** The first row of chunk `c`: rows · c / chunks, rounded down. */
function boundary(x: Tensor, c: number, chunks: number): Tensor {
  const { graph } = x;
  const integer = { dtype: 'int64' as const, shape: [1] };
  return graph.derived(`boundary:${x.shape[0]}:${c}:${chunks}`, () => {
    const [times] = graph.node('Mul', [graph.sizes([x.shape[0]!]), graph.integers(c)], [integer]);
    return graph.node('Div', [times!, graph.integers(chunks)], [integer])[0]!;
  });
}
