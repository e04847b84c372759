/**
 * The frozen base inside a graph: linear layers, vectors and embeddings, in the precision of the recipe.
 * @module
 */
import type { Graph, Tensor } from '../../graph/graph.js';
import { cast } from '../../graph/ops/elementwise.js';
import { gatherRows } from '../../graph/ops/indexing.js';
import { type BaseWeights, bring, type FrozenMatrix, stored } from './frozen/base.js';
import { int8Matrix, int8Products } from './frozen/int8.js';
import { nf4Matrix } from './frozen/nf4.js';
import { storedMatrix } from './frozen/stored.js';

export type { BaseWeights } from './frozen/base.js';
export { storedMatrix } from './frozen/stored.js';

/** The linear layer `name` (without `.weight`). */
export function frozenMatrix(graph: Graph, base: BaseWeights, name: string): FrozenMatrix {
  const tensor = stored(base.tensors, `${name}.weight`);
  const shape = tensor.shape as [number, number];
  const nf4 = base.quantized?.get(`${name}.weight`);
  if (nf4) return nf4Matrix(graph, nf4, shape);
  const int8 = base.int8?.get(`${name}.weight`);
  return int8 ? int8Matrix(graph, int8, shape) : storedMatrix(graph, tensor);
}

/**
 * Linear layers that read the same input: x·Wᵀ for each; the gradient flows to `x` only.
 *
 * @param x [tokens, in]
 * @param names without `.weight`
 */
export function frozenProducts(x: Tensor, base: BaseWeights, names: readonly string[]): Tensor[] {
  const inFloat32 = base.int8Compute !== 'int8' || names.every((name) => !base.int8?.has(`${name}.weight`));
  if (inFloat32) return names.map((name) => frozenMatrix(x.graph, base, name).apply(x));
  return int8Products(
    x,
    names.map((name) => {
      const weight = base.int8?.get(`${name}.weight`);
      if (!weight) throw new Error(`the model has no ${name} in 8 bits`);
      return [name, weight];
    }),
  );
}

/** A vector such as a normalization's weight, as float32. */
export function frozenVector(graph: Graph, base: BaseWeights, name: string): Tensor {
  const vector = bring(graph, stored(base.tensors, name));
  return vector.dtype === 'float32' ? vector : cast(vector, 'float32');
}

/** Rows of the embedding table `name` as float32 [n, width]. */
export function embeddingRows(graph: Graph, base: BaseWeights, name: string, ids: Tensor): Tensor {
  const rows = gatherRows(bring(graph, stored(base.tensors, name)), ids);
  return rows.dtype === 'float32' ? rows : cast(rows, 'float32');
}
