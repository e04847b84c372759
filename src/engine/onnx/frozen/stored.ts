/**
 * Frozen matrices that lie in a file as float32 or bfloat16.
 * @module
 */
import { withGradient } from '../../../graph/differentiate.js';
import type { Graph, Tensor } from '../../../graph/graph.js';
import { cast } from '../../../graph/ops/elementwise.js';
import { matmul } from '../../../graph/ops/matmul.js';
import type { StoredTensor } from '../../../model/weights.js';
import { bring, type FrozenMatrix } from './base.js';

/** A matrix that lies in a file as float32 or bfloat16. */
export function storedMatrix(graph: Graph, tensor: StoredTensor): FrozenMatrix {
  const dense = (): Tensor => {
    const weight = bring(graph, tensor);
    return weight.dtype === 'float32' ? weight : cast(weight, 'float32');
  };
  return {
    shape: tensor.shape as [number, number],
    dense,
    apply: (x) =>
      withGradient(
        [x],
        () => [matmul(x, dense(), { transB: true })],
        ([dy]) => [matmul(dy!, dense())],
      )[0]!,
  };
}
