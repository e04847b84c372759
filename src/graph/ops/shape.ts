/**
 * Operators that move elements or rename dimensions without computing.
 * @module
 */
import { type Dim, positiveAxis, type Tensor } from '../tensor.js';
import { sumTo } from './reduce.js';

/** The sizes of `x` at run time, int64. */
export function shapeOf(x: Tensor): Tensor {
  return x.graph.node('Shape', [x], [{ dtype: 'int64', shape: [x.shape.length] }])[0]!;
}

/**
 * The same elements in another shape. A named size is resolved where the runtime's rules allow it: one
 * as the remainder, others when they stand at the same place in `x`; otherwise `sizes` gives the shape
 * at run time.
 */
export function reshape(x: Tensor, shape: readonly Dim[], sizes?: Tensor): Tensor {
  return x.graph.node('Reshape', [x, sizes ?? staticSizes(x, shape)], [{ dtype: x.dtype, shape }], {
    gradient: ([dy]) => [reshape(dy!, x.shape, canResolve(dy!, x.shape) ? undefined : shapeOf(x))],
  })[0]!;
}

function resolve(x: Tensor, shape: readonly Dim[]): number[] | undefined {
  const named = shape.filter((dim) => typeof dim === 'string').length;
  let remainder = false;
  const values = shape.map((dim, i) => {
    if (typeof dim === 'number') return dim;
    if (named > 1 && x.shape[i] === dim) return 0;
    if (remainder) return undefined;
    remainder = true;
    return -1;
  });
  return values.includes(undefined) ? undefined : (values as number[]);
}

function canResolve(x: Tensor, shape: readonly Dim[]): boolean {
  return resolve(x, shape) !== undefined;
}

function staticSizes(x: Tensor, shape: readonly Dim[]): Tensor {
  const values = resolve(x, shape);
  if (!values) throw new Error(`reshape of [${x.shape}] to [${shape}] needs the sizes at run time`);
  return x.graph.integers(...values);
}

/** Axes in another order: axis `i` of the result is axis `permutation[i]` of `x`. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  const inverse = permutation.map((_, i) => permutation.indexOf(i));
  return x.graph.node(
    'Transpose',
    [x],
    [{ dtype: x.dtype, shape: permutation.map((axis) => x.shape[axis]!) }],
    {
      attributes: { perm: { ints: [...permutation] } },
      gradient: ([dy]) => [transpose(dy!, inverse)],
    },
  )[0]!;
}

/**
 * Elements [start, end) of `axis`; both are cut at the axis' size at run time, so a slice may be empty.
 * `size` names the resulting size where it is not fixed.
 */
export function slice(x: Tensor, axis: number, start: number, end: number, size?: Dim): Tensor {
  const { graph } = x;
  const at = positiveAxis(x, axis);
  const whole = x.shape[at]!;
  const dim =
    size ??
    (typeof whole === 'number' ? Math.max(0, Math.min(end, whole) - Math.min(start, whole)) : end - start);
  const shape = x.shape.map((old, i) => (i === at ? dim : old));
  return graph.node(
    'Slice',
    [x, graph.integers(start), graph.integers(end), graph.integers(at)],
    [{ dtype: x.dtype, shape }],
    {
      gradient: ([dy]) => [padTo(dy!, at, start, x)],
    },
  )[0]!;
}

/** Zeros around `x` along `axis`, so that it stands at `before` in the size of `like`. */
export function padTo(x: Tensor, axis: number, before: number, like: Tensor): Tensor {
  const { graph } = x;
  const size = (tensor: Tensor): Tensor =>
    graph.node('Gather', [shapeOf(tensor), graph.integers(axis)], [{ dtype: 'int64', shape: [1] }])[0]!;
  const [room] = graph.node('Sub', [size(like), size(x)], [{ dtype: 'int64', shape: [1] }]);
  const [after] = graph.node('Sub', [room!, graph.integers(before)], [{ dtype: 'int64', shape: [1] }]);
  // An empty slice leaves more room than it needs: it lies wholly behind the end.
  const [front] = graph.node('Min', [graph.integers(before), room!], [{ dtype: 'int64', shape: [1] }]);
  const [back] = graph.node('Max', [after!, graph.integers(0)], [{ dtype: 'int64', shape: [1] }]);
  const [pads] = graph.node('Concat', [front!, back!], [{ dtype: 'int64', shape: [2] }], {
    attributes: { axis: { int: 0 } },
  });
  return graph.node(
    'Pad',
    [x, pads!, undefined, graph.integers(axis)],
    [{ dtype: x.dtype, shape: like.shape }],
    {
      gradient: ([dy]) => [slice(dy!, axis, before, before + (x.shape[axis] as number))],
    },
  )[0]!;
}

/** Tensors one after the other along `axis`. */
export function concat(parts: readonly Tensor[], axis: number, size?: Dim): Tensor {
  const first = parts[0]!;
  const at = positiveAxis(first, axis);
  const sizes = parts.map((part) => part.shape[at]!);
  const fixed = sizes.every((dim) => typeof dim === 'number');
  const dim = size ?? (fixed ? (sizes as number[]).reduce((a, b) => a + b, 0) : undefined);
  if (dim === undefined) throw new Error('concat of named sizes needs a name for the result');
  const shape = first.shape.map((old, i) => (i === at ? dim : old));
  return first.graph.node('Concat', parts, [{ dtype: first.dtype, shape }], {
    attributes: { axis: { int: at } },
    gradient: fixed
      ? ([dy], needs) => {
          let start = 0;
          return parts.map((_, i) => {
            const from = start;
            start += sizes[i] as number;
            return needs[i] ? slice(dy!, at, from, start) : undefined;
          });
        }
      : undefined,
  })[0]!;
}

/** `x` cut along `axis` into pieces of the given sizes. */
export function split(x: Tensor, axis: number, sizes: readonly number[]): Tensor[] {
  const at = positiveAxis(x, axis);
  return x.graph.node(
    'Split',
    [x, x.graph.integers(...sizes)],
    sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.map((dim, i) => (i === at ? size : dim)) })),
    {
      attributes: { axis: { int: at } },
      gradient: (dys) => [
        concat(
          dys.map((dy, i) => dy ?? zerosOf(x, at, sizes[i]!)),
          at,
        ),
      ],
    },
  );
}

function zerosOf(x: Tensor, axis: number, size: number): Tensor {
  return sub0(slice(x, axis, 0, size));
}

function sub0(x: Tensor): Tensor {
  return x.graph.node('Sub', [x, x], [{ dtype: x.dtype, shape: x.shape }])[0]!;
}

/** `x` repeated to the shape that `like` has at run time. */
export function expandLike(x: Tensor, like: Tensor): Tensor {
  return expand(x, shapeOf(like), like.shape);
}

/** `x` repeated to `shape`, whose sizes at run time are in `sizes`. */
export function expand(x: Tensor, sizes: Tensor, shape: readonly Dim[]): Tensor {
  return x.graph.node('Expand', [x, sizes], [{ dtype: x.dtype, shape }], {
    gradient: ([dy]) => [sumTo(dy!, x.shape)],
  })[0]!;
}
