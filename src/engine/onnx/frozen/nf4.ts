/**
 * Frozen matrices in bitsandbytes' NF4.
 * @module
 */
import { nf4Levels } from '../../../adapter/nf4.js';
import type { QuantizedWeight } from '../../../adapter/quantized-weights.js';
import { withGradient } from '../../../graph/differentiate.js';
import { type Graph, MICROSOFT, type Tensor } from '../../../graph/graph.js';
import { reshape } from '../../../graph/ops/broadcast.js';
import { cast, mul } from '../../../graph/ops/elementwise.js';
import { gatherRows } from '../../../graph/ops/indexing.js';
import { matmul } from '../../../graph/ops/matmul.js';
import { bring, type FrozenMatrix } from './base.js';

/** A matrix in NF4: two codes a byte and one scale for 64 weights. */
export function nf4Matrix(
  graph: Graph,
  { codes, absmax }: QuantizedWeight,
  shape: readonly [number, number],
): FrozenMatrix {
  const [out, inner] = shape;
  const dense = (): Tensor => {
    // One byte holds two codes, so one look-up in a table of 256 pairs gives two weights.
    const pairs = Float32Array.from({ length: 512 }, (_, i) => nf4Levels[i % 2 ? (i >> 1) & 15 : i >> 5]!);
    const indices = cast(bring(graph, codes, [(out * inner) / 2]), 'int32');
    const values = gatherRows(graph.constant('float32', [256, 2], pairs), indices);
    const blocks = reshape(values, [(out * inner) / 64, 64]);
    return reshape(mul(blocks, bring(graph, absmax, [(out * inner) / 64, 1])), shape);
  };
  const apply = (x: Tensor): Tensor =>
    graph.node(
      'MatMulBnb4',
      [x, bring(graph, codes, [(out * inner) / 2]), bring(graph, absmax, [(out * inner) / 64])],
      [{ dtype: 'float32', shape: [...x.shape.slice(0, -1), out] }],
      {
        domain: MICROSOFT,
        attributes: { K: { int: inner }, N: { int: out }, block_size: { int: 64 }, quant_type: { int: 1 } },
      },
    )[0]!;
  return {
    shape,
    dense,
    // The operator's own transposed product is wrong on the CPU, so the gradient multiplies by the dense matrix.
    apply: (x) =>
      withGradient(
        [x],
        () => [apply(x)],
        ([dy]) => [matmul(dy!, dense())],
      )[0]!,
  };
}
