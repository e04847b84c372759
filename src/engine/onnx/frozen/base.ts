/**
 * What a graph has to know of the base model's numbers.
 * @module
 */
import type { Int8Weight, QuantizedWeight } from '../../../adapter/quantized-weights.js';
import type { Graph, Tensor } from '../../../graph/graph.js';
import type { StoredTensor } from '../../../model/weights.js';

/** Everything that a graph needs to know of the base model's numbers. */
export interface BaseWeights {
  /** Float32 or bfloat16, by Transformers' names. */
  tensors: ReadonlyMap<string, StoredTensor>;
  /** Linear layers that are held in NF4, by the same names. */
  quantized?: ReadonlyMap<string, QuantizedWeight>;
  /** Linear layers that are held in 8 bits, by the same names. */
  int8?: ReadonlyMap<string, Int8Weight>;
  /** What frozen layers in 8 bits multiply in. Default float32. */
  int8Compute?: 'float32' | 'int8';
}

/** A matrix [out, in] that can be brought into a graph. */
export interface FrozenMatrix {
  readonly shape: readonly [number, number];
  /** x [n, in] → x·Wᵀ [n, out]; the gradient flows to `x` only. */
  apply(x: Tensor): Tensor;
  /** The matrix itself as float32, produced where it is asked for so that it lives no longer than needed. */
  dense(): Tensor;
}

/** The tensor `name`, which the model must have. */
export function stored(tensors: ReadonlyMap<string, StoredTensor>, name: string): StoredTensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`the model has no tensor ${name}`);
  return tensor;
}

/** A stored tensor as weights of the graph, mapped from its file. */
export function bring(graph: Graph, tensor: StoredTensor, shape: readonly number[] = tensor.shape): Tensor {
  const types = { F32: 'float32', BF16: 'bfloat16', U8: 'uint8', I8: 'int8' } as const;
  const dtype = types[tensor.dtype as keyof typeof types];
  if (!dtype) throw new Error(`${tensor.name} is ${tensor.dtype}, which cannot be mapped`);
  return graph.mapped(dtype, shape, tensor);
}
