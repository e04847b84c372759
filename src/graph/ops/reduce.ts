/**
 * Sums, means and maxima over axes.
 * @module
 */
import { type Dim, positiveAxis, type Tensor } from '../tensor.js';
import { mul } from './elementwise.js';
import { expandTo, reshape } from './shape.js';

function reducedShape(x: Tensor, axes: readonly number[], keepDims: boolean): Dim[] {
  const reduced = new Set(axes.map((axis) => positiveAxis(x, axis)));
  return x.shape.flatMap((dim, i) => (reduced.has(i) ? (keepDims ? [1] : []) : [dim]));
}

function reduce(opType: string, x: Tensor, axes: readonly number[], keepDims: boolean): Tensor {
  return x.graph.node(
    opType,
    [x, x.graph.integers(...axes)],
    [{ dtype: x.dtype, shape: reducedShape(x, axes, keepDims) }],
    {
      attributes: { keepdims: { int: keepDims ? 1 : 0 } },
      gradient: opType === 'ReduceSum' && keepDims ? ([dy]) => [expandTo(dy!, x.shape)] : undefined,
    },
  )[0]!;
}

/** Sum over `axes`, kept as dimensions of size 1. */
export function sum(x: Tensor, ...axes: number[]): Tensor {
  return reduce('ReduceSum', x, axes, true);
}

/** Mean over the last axis, whose size must be fixed, kept as a dimension of size 1. */
export function meanLast(x: Tensor): Tensor {
  const size = x.shape.at(-1);
  if (typeof size !== 'number') throw new Error(`the last axis of [${x.shape}] has no fixed size`);
  return x.graph.node(
    'ReduceMean',
    [x, x.graph.integers(-1)],
    [{ dtype: x.dtype, shape: reducedShape(x, [-1], true) }],
    {
      attributes: { keepdims: { int: 1 } },
      gradient: ([dy]) => [expandTo(mul(dy!, x.graph.scalar(1 / size)), x.shape)],
    },
  )[0]!;
}

/** Maximum over `axes`, kept as dimensions of size 1. Used on values that need no gradient. */
export function max(x: Tensor, ...axes: number[]): Tensor {
  return reduce('ReduceMax', x, axes, true);
}

/** Sum of all elements as a scalar. */
export function sumAll(x: Tensor): Tensor {
  return x.graph.node('ReduceSum', [x], [{ dtype: x.dtype, shape: [] }], {
    attributes: { keepdims: { int: 0 } },
    gradient: ([dy]) => [expandTo(dy!, x.shape)],
  })[0]!;
}

/** Undoes broadcasting: sums `x` down to `shape`, the gradient of an operand that was broadcast. */
export function sumTo(x: Tensor, shape: readonly Dim[]): Tensor {
  const missing = x.shape.length - shape.length;
  const axes = x.shape.flatMap((dim, i) => {
    const target = i < missing ? 1 : shape[i - missing];
    return i < missing || (target === 1 && dim !== 1) ? [i] : [];
  });
  if (axes.length === 0) return x;
  const summed = sum(x, ...axes);
  return missing > 0 ? reshape(summed, shape) : summed;
}
