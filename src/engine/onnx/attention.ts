/**
 * Grouped-query attention for training, in blocks of queries that skip what causality masks anyway.
 * @module
 */
import { withGradient } from '../../graph/differentiate.js';
import type { Tensor } from '../../graph/graph.js';
import { reshape, sum } from '../../graph/ops/broadcast.js';
import { add, mul, sub } from '../../graph/ops/elementwise.js';
import { matmul } from '../../graph/ops/matmul.js';
import { softmax } from '../../graph/ops/normalization.js';
import { concat, padTo, slice } from '../../graph/ops/shape.js';

/** The additive mask, cut into the blocks that attention works in; made once and shared by all layers. */
export interface MaskBlocks {
  /** Queries in a block. */
  size: number;
  /** For each block [batch, 1, groupSize · rows, columns]: its queries against all keys up to its end. */
  blocks: Tensor[];
}

/**
 * Cuts the mask [batch, 1, sequence, sequence] (0 or a large negative number) into causal blocks.
 *
 * @param longest the longest sequence that the graph will see
 * @param groupSize query heads that share one key/value head
 * @param inOneBlock computes what is masked too: no sequence, however short, leaves a block empty
 */
export function maskBlocks(mask: Tensor, longest: number, groupSize: number, inOneBlock = false): MaskBlocks {
  const size = inOneBlock ? longest : blockSize(longest);
  const blocks = Array.from({ length: Math.ceil(longest / size) }, (_, b) => {
    const rows = slice(mask, 2, b * size, (b + 1) * size, `rows${b}`);
    const block = slice(rows, 3, 0, (b + 1) * size, `columns${b}`);
    return concat(Array<Tensor>(groupSize).fill(block), 2, `grouped${b}`);
  });
  return { size, blocks };
}

/** Blocks of at least 64 queries, at most 8 of them: smaller ones skip more but make more nodes. */
export function blockSize(longest: number): number {
  return Math.max(64, Math.ceil(longest / 8 / 64) * 64);
}

/**
 * softmax(q·kᵀ/√headDim + mask)·v.
 *
 * The gradient is that of FlashAttention (arXiv 2205.14135): with D = Σ dO·O over a head's width,
 * dS = P·(dO·vᵀ - D), which needs no pass over the squares but the two products and one multiplication.
 *
 * @param q [batch, heads, sequence, headDim], rotated
 * @param k [batch, kvHeads, sequence, headDim], rotated
 * @param v [batch, kvHeads, sequence, headDim]
 * @returns [batch, heads, sequence, headDim]
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, mask: MaskBlocks): Tensor {
  const [, heads, , headDim] = q.shape as [string, number, string, number];
  const kvHeads = k.shape[1] as number;
  const group = heads / kvHeads;
  const alpha = 1 / Math.sqrt(headDim);
  const count = mask.blocks.length;

  const cutRows = (x: Tensor, b: number): Tensor => {
    const width = x.shape[3]!;
    const grouped = reshape(x, ['batch', kvHeads, group, 'sequence', width]);
    const rows = count > 1 ? slice(grouped, 3, b * mask.size, (b + 1) * mask.size, `rows${b}`) : grouped;
    return reshape(rows, ['batch', kvHeads, `grouped${b}`, width]);
  };
  const joinRows = (parts: Tensor[]): Tensor => {
    const grouped = parts.map((part, b) =>
      reshape(part, ['batch', kvHeads, group, count > 1 ? `rows${b}` : 'sequence', headDim]),
    );
    return reshape(count > 1 ? concat(grouped, 3, 'sequence') : grouped[0]!, [
      'batch',
      heads,
      'sequence',
      headDim,
    ]);
  };
  const cutColumns = (x: Tensor, b: number): Tensor =>
    b === count - 1
      ? { ...x, shape: ['batch', kvHeads, `columns${b}`, headDim] }
      : slice(x, 2, 0, (b + 1) * mask.size, `columns${b}`);

  const saved: { queries: Tensor; keys: Tensor; values: Tensor; weights: Tensor }[] = [];
  let joined: Tensor;
  const forward = (): Tensor[] => {
    const outputs: Tensor[] = [];
    for (let b = 0; b < count; b++) {
      const queries = cutRows(q, b);
      const keys = cutColumns(k, b);
      const values = cutColumns(v, b);
      const scores = matmul(queries, keys, { transB: true, alpha });
      const weights = softmax(add(scores, mask.blocks[b]!));
      saved.push({ queries, keys, values, weights });
      outputs.push(matmul(weights, values));
    }
    joined = joinRows(outputs);
    return [joined];
  };
  return withGradient([q, k, v], forward, ([dy], needs) => {
    const dq: Tensor[] = [];
    let dk: Tensor | undefined;
    let dv: Tensor | undefined;
    const grow = (sum: Tensor | undefined, part: Tensor, b: number): Tensor => {
      const whole = padTo(b === 0 ? part : unlessEmpty(part, b, mask.size), 2, 0, k);
      return sum ? add(sum, whole) : whole;
    };
    // Summed before the rows are cut: a block can be empty, and the runtime's ReduceSum leaves the axis of an empty
    // tensor as it is instead of making it 1.
    const inner = sum(mul(dy!, joined), -1);
    saved.forEach(({ queries, keys, values, weights }, b) => {
      const dOutput = cutRows(dy!, b);
      if (needs[2]) dv = grow(dv, matmul(weights, dOutput, { transA: true }), b);
      const dWeights = matmul(dOutput, values, { transB: true });
      const dScores = mul(weights, sub(dWeights, cutRows(inner, b)));
      if (needs[0]) dq.push(matmul(dScores, keys, { alpha }));
      if (needs[1]) dk = grow(dk, matmul(dScores, queries, { transA: true, alpha }), b);
    });
    return [needs[0] ? joinRows(dq) : undefined, dk, dv];
  })[0]!;
}

/**
 * A sum over the rows of block `b` [batch, kvHeads, columns, headDim], cut to no columns where a short sequence leaves
 * the block without rows: the runtime does not write the result of a batched product over nothing.
 */
function unlessEmpty(part: Tensor, b: number, size: number): Tensor {
  const { graph } = part;
  const end = graph.derived(`kept${b}`, () => {
    const sizes = [graph.sizes([`rows${b}`]), graph.integers((b + 1) * size)];
    return graph.node('Mul', sizes, [{ dtype: 'int64', shape: [1] }])[0]!;
  });
  const shape = part.shape.map((dim, axis) => (axis === 2 ? `kept${b}` : dim));
  const inputs = [part, graph.integers(0), end, graph.integers(2)];
  return graph.node('Slice', inputs, [{ dtype: part.dtype, shape }])[0]!;
}
