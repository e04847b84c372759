/**
 * Broadcasting and its undoing: the operators that every other gradient rule builds on.
 * @module
 */
import { positiveAxis } from '../dims.js';
import type { Dim, Tensor } from '../graph.js';

/** The same elements in another shape. */
export function reshape(x: Tensor, shape: readonly Dim[]): Tensor {
  return x.graph.node('Reshape', [x, reshapeSizes(x, shape)], [{ dtype: x.dtype, shape }], {
    gradient: ([dy]) => [reshape(dy!, x.shape)],
  })[0]!;
}

/**
 * A constant where the runtime's rules resolve the named sizes (0 copies the size at the same place, -1 is what
 * remains); otherwise the sizes at run time.
 */
function reshapeSizes(x: Tensor, shape: readonly Dim[]): Tensor {
  const values = shape.map((dim, i) => (typeof dim === 'number' ? dim : dim === x.shape[i] ? 0 : -1));
  return values.filter((value) => value === -1).length > 1
    ? x.graph.sizes(shape)
    : x.graph.integers(...values);
}

/** `x` repeated to `shape`. */
export function expandTo(x: Tensor, shape: readonly Dim[]): Tensor {
  return x.graph.node('Expand', [x, x.graph.sizes(shape)], [{ dtype: x.dtype, shape }], {
    gradient: ([dy]) => [sumTo(dy!, x.shape)],
  })[0]!;
}

/** Sum over `axes`, kept as dimensions of size 1. */
export function sum(x: Tensor, ...axes: number[]): Tensor {
  const reduced = new Set(axes.map((axis) => positiveAxis(x, axis)));
  const shape = x.shape.map((dim, i) => (reduced.has(i) ? 1 : dim));
  return x.graph.node('ReduceSum', [x, x.graph.integers(...axes)], [{ dtype: x.dtype, shape }], {
    attributes: { keepdims: { int: 1 } },
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
