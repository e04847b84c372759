/**
 * Operators that move elements or rename dimensions without computing.
 * @module
 */

import { positiveAxis } from '../dims.js';
import type { Dim, Graph, Tensor } from '../graph.js';
import { expandTo } from './broadcast.js';

/** Axes in another order: axis `i` of the result is axis `permutation[i]` of `x`. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  const inverse = permutation.map((_, i) => permutation.indexOf(i));
  const output = { dtype: x.dtype, shape: permutation.map((axis) => x.shape[axis]!) };
  return x.graph.node('Transpose', [x], [output], {
    attributes: { perm: { ints: [...permutation] } },
    gradient: ([dy]) => [transpose(dy!, inverse)],
  })[0]!;
}

/**
 * Elements [start, end) of `axis`; both are cut at the axis' size at run time, so a slice may be empty.
 * `size` names the resulting size where it is not fixed.
 */
export function slice(x: Tensor, axis: number, start: number, end: number, size?: Dim): Tensor {
  const { graph } = x;
  const at = positiveAxis(x, axis);
  const whole = x.shape[at]!;
  const fixed = typeof whole === 'number' ? Math.max(0, Math.min(end, whole) - start) : end - start;
  const shape = x.shape.map((old, i) => (i === at ? (size ?? fixed) : old));
  const inputs = [x, graph.integers(start), graph.integers(end), graph.integers(at)];
  return graph.node('Slice', inputs, [{ dtype: x.dtype, shape }], {
    gradient: ([dy]) => [padTo(dy!, at, start, x)],
  })[0]!;
}

/** Elements [start, end) of `axis` where both are known at run time only (int64 [1]); without a gradient. */
export function sliceBetween(x: Tensor, axis: number, start: Tensor, end: Tensor, size: Dim): Tensor {
  const { graph } = x;
  const shape = x.shape.map((old, i) => (i === axis ? size : old));
  return graph.node('Slice', [x, start, end, graph.integers(axis)], [{ dtype: x.dtype, shape }])[0]!;
}

/** Zeros around `x` along `axis`, so that it stands at `before` in a tensor of the shape of `like`. */
export function padTo(x: Tensor, axis: number, before: number, like: Tensor): Tensor {
  const { graph } = x;
  const part = x.shape[axis]!;
  const pads = padding(graph, part, like.shape[axis]!, before);
  const end = typeof part === 'number' ? before + part : Number.MAX_SAFE_INTEGER;
  return graph.node(
    'Pad',
    [x, pads, undefined, graph.integers(axis)],
    [{ dtype: x.dtype, shape: like.shape }],
    {
      gradient: ([dy]) => [slice(dy!, axis, before, end, part)],
    },
  )[0]!;
}

/** Zeros in front and behind, int64 [2], for a piece of size `part` that begins at `before` of `whole`. */
function padding(graph: Graph, part: Dim, whole: Dim, before: number): Tensor {
  // An empty piece leaves less room than its place needs: it lies wholly behind the end.
  if (typeof part === 'number' && typeof whole === 'number') {
    const front = Math.min(before, whole - part);
    return graph.integers(front, whole - part - front);
  }
  const integer = { dtype: 'int64' as const, shape: [1] };
  return graph.derived(`padding:${part}:${whole}:${before}`, () => {
    const [room] = graph.node('Sub', [graph.sizes([whole]), graph.sizes([part])], [integer]);
    const [front] = graph.node('Min', [graph.integers(before), room!], [integer]);
    const [back] = graph.node('Sub', [room!, front!], [integer]);
    const attributes = { axis: { int: 0 } };
    return graph.node('Concat', [front!, back!], [{ dtype: 'int64', shape: [2] }], { attributes })[0]!;
  });
}

/** Tensors one after the other along `axis`; `size` names the result's size where it is not fixed. */
export function concat(parts: readonly Tensor[], axis: number, size?: Dim): Tensor {
  const first = parts[0]!;
  const at = positiveAxis(first, axis);
  const sizes = parts.map((part) => part.shape[at]!);
  const fixed = sizes.every((dim) => typeof dim === 'number');
  if (!fixed && size === undefined) throw new Error('concat of named sizes needs a name for the result');
  const whole = size ?? (sizes as number[]).reduce((a, b) => a + b, 0);
  const output = { dtype: first.dtype, shape: first.shape.map((old, i) => (i === at ? whole : old)) };
  return first.graph.node('Concat', parts, [output], {
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
export function split(x: Tensor, axis: number, sizes: readonly Dim[]): Tensor[] {
  const at = positiveAxis(x, axis);
  const shapes = sizes.map((size) => x.shape.map((dim, i) => (i === at ? size : dim)));
  const outputs = shapes.map((shape) => ({ dtype: x.dtype, shape }));
  return x.graph.node('Split', [x, x.graph.sizes(sizes)], outputs, {
    attributes: { axis: { int: at } },
    gradient: (dys) => {
      const whole = dys.map((dy, i) => dy ?? expandTo(x.graph.scalar(0), shapes[i]!));
      return [concat(whole, at)];
    },
  });
}
