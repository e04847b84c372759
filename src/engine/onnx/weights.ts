/**
 * The frozen base inside a graph: weights mapped from their files, in the precision of the recipe.
 * @module
 */
import { nf4Levels } from '../../adapter/nf4.js';
import { withGradient } from '../../graph/differentiate.js';
import type { Tensor } from '../../graph/graph.js';
import { type Graph, MICROSOFT } from '../../graph/graph.js';
import { reshape } from '../../graph/ops/broadcast.js';
import { cast, mul } from '../../graph/ops/elementwise.js';
import { gatherRows } from '../../graph/ops/indexing.js';
import { matmul } from '../../graph/ops/matmul.js';
import type { StoredTensor } from '../../model/weights.js';

/** A linear layer in bitsandbytes' NF4: two codes a byte and one scale for 64 weights. */
export interface QuantizedWeight {
  codes: StoredTensor;
  absmax: StoredTensor;
}

/** Everything that a graph needs to know of the base model's numbers. */
export interface BaseWeights {
  /** Float32 or bfloat16, by Transformers' names. */
  tensors: ReadonlyMap<string, StoredTensor>;
  /** Linear layers that are held in NF4, by the same names. */
  quantized?: ReadonlyMap<string, QuantizedWeight>;
}

/** A matrix [out, in] that can be brought into a graph. */
export interface FrozenMatrix {
  readonly shape: readonly [number, number];
  /** x [n, in] → x·Wᵀ [n, out]; the gradient flows to `x` only. */
  apply(x: Tensor): Tensor;
  /** The matrix itself as float32, produced where it is asked for so that it lives no longer than needed. */
  dense(): Tensor;
}

function stored(tensors: ReadonlyMap<string, StoredTensor>, name: string): StoredTensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`the model has no tensor ${name}`);
  return tensor;
}

function bring(graph: Graph, tensor: StoredTensor, shape: readonly number[] = tensor.shape): Tensor {
  const types = { F32: 'float32', BF16: 'bfloat16', U8: 'uint8' } as const;
  const dtype = types[tensor.dtype as keyof typeof types];
  if (!dtype) throw new Error(`${tensor.name} is ${tensor.dtype}, which cannot be mapped`);
  return graph.mapped(dtype, shape, tensor);
}

/** The linear layer `name` (without `.weight`). */
export function frozenMatrix(graph: Graph, base: BaseWeights, name: string): FrozenMatrix {
  const quantized = base.quantized?.get(`${name}.weight`);
  return quantized
    ? quantizedMatrix(graph, quantized, stored(base.tensors, `${name}.weight`).shape as [number, number])
    : storedMatrix(graph, stored(base.tensors, `${name}.weight`));
}

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

function quantizedMatrix(
  graph: Graph,
  { codes, absmax }: QuantizedWeight,
  shape: [number, number],
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
