/**
 * Means, maxima and sums that drop their axes.
 * @module
 */
import type { Dim, Tensor } from '../graph.js';
import { expandTo } from './broadcast.js';
import { mul } from './elementwise.js';

function withoutLast(x: Tensor): Dim[] {
  return [...x.shape.slice(0, -1), 1];
}

/** Mean over the last axis, whose size must be fixed, kept as a dimension of size 1. */
export function meanLast(x: Tensor): Tensor {
  const size = x.shape.at(-1);
  if (typeof size !== 'number') throw new Error(`the last axis of [${x.shape}] has no fixed size`);
  const output = { dtype: x.dtype, shape: withoutLast(x) };
  return x.graph.node('ReduceMean', [x, x.graph.integers(-1)], [output], {
    attributes: { keepdims: { int: 1 } },
    gradient: ([dy]) => [expandTo(mul(dy!, x.graph.scalar(1 / size)), x.shape)],
  })[0]!;
}

/** Maximum over the last axis, kept as a dimension of size 1. Used on values that need no gradient. */
export function maxLast(x: Tensor): Tensor {
  const output = { dtype: x.dtype, shape: withoutLast(x) };
  return x.graph.node('ReduceMax', [x, x.graph.integers(-1)], [output], {
    attributes: { keepdims: { int: 1 } },
  })[0]!;
}

/** Minimum over the last axis, kept as a dimension of size 1. Used on values that need no gradient. */
export function minLast(x: Tensor): Tensor {
  const output = { dtype: x.dtype, shape: withoutLast(x) };
  return x.graph.node('ReduceMin', [x, x.graph.integers(-1)], [output], {
    attributes: { keepdims: { int: 1 } },
  })[0]!;
}

/** Sum of all elements as a scalar. */
export function sumAll(x: Tensor): Tensor {
  return x.graph.node('ReduceSum', [x], [{ dtype: x.dtype, shape: [] }], {
    attributes: { keepdims: { int: 0 } },
    gradient: ([dy]) => [expandTo(dy!, x.shape)],
  })[0]!;
}
