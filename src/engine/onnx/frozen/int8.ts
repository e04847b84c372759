/**
 * Frozen matrices in 8 bits: widened to float32 where they are used, or multiplied as they are.
 * @module
 */
import type { Int8Weight } from '../../../adapter/quantized-weights.js';
import { withGradient } from '../../../graph/differentiate.js';
import type { Graph, Tensor } from '../../../graph/graph.js';
import { add, cast, mul } from '../../../graph/ops/elementwise.js';
import { matmul } from '../../../graph/ops/matmul.js';
import { multiplyRows, type QuantizedRows, quantizeRows } from '../../../graph/ops/quantize.js';
import { transpose } from '../../../graph/ops/shape.js';
import { bring, type FrozenMatrix } from './base.js';

/** A matrix in 8 bits whose products are float32. */
export function int8Matrix(
  graph: Graph,
  weight: Int8Weight,
  shape: readonly [number, number],
): FrozenMatrix {
  return {
    shape,
    dense: () => transpose(widened(graph, weight), [1, 0]),
    apply: (x) =>
      withGradient(
        [x],
        () => [matmul(x, widened(graph, weight))],
        ([dy]) => [matmul(dy!, widened(graph, weight), { transB: true })],
      )[0]!,
  };
}

/** The transpose [in, out] as float32, in two passes: the runtime's own operator takes five times as long for columns. */
function widened(graph: Graph, { codes, scales }: Int8Weight): Tensor {
  return mul(cast(bring(graph, codes), 'float32'), bring(graph, scales));
}

/**
 * Layers whose input is multiplied in float32: the product of gate and up has outliers that would leave all else in their row
 * a few levels (arXiv 2503.08040).
 */
const hasOutliers = (name: string): boolean => name.endsWith('.down_proj');

/**
 * Frozen layers that read the same input, multiplied in 8 bits: x·Wᵀ for each, and in the gradient Σ dy·W.
 *
 * Each row of `x`, and of each gradient, is quantized by its own largest magnitude; `x` once for all layers.
 *
 * @param x [tokens, in]
 * @param layers by name
 */
export function int8Products(x: Tensor, layers: readonly (readonly [string, Int8Weight])[]): Tensor[] {
  const { graph } = x;
  const product = (rows: QuantizedRows, { codes, scales }: Int8Weight): Tensor =>
    multiplyRows(rows, bring(graph, codes), bring(graph, scales));
  const forward = (): Tensor[] => {
    let rows: QuantizedRows | undefined;
    return layers.map(([name, weight]) => {
      if (hasOutliers(name)) return matmul(x, widened(graph, weight));
      rows ??= quantizeRows(x);
      return product(rows, weight);
    });
  };
  return withGradient([x], forward, (gradients) => {
    const parts = layers.flatMap(([, { gradientCodes, gradientScales }], i) => {
      const dy = gradients[i];
      if (!dy) return [];
      return multiplyRows(quantizeRows(dy), bring(graph, gradientCodes), bring(graph, gradientScales));
    });
    return [parts.reduce(add)];
  });
}
