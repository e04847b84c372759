/**
 * Reading and adding at given places.
 * @module
 */
import type { Tensor } from '../graph.js';
import { expandTo, reshape } from './broadcast.js';

/** Rows `indices` (int64 [n]) of `table` [rows, ...]. */
export function gatherRows(table: Tensor, indices: Tensor): Tensor {
  return table.graph.node(
    'Gather',
    [table, indices],
    [{ dtype: table.dtype, shape: [...indices.shape, ...table.shape.slice(1)] }],
    {
      attributes: { axis: { int: 0 } },
      gradient: ([dy]) => [scatterAddRows(indices, dy!, table), undefined],
    },
  )[0]!;
}

/**
 * Zeros in the shape of `like` [rows, width] with row `i` of `updates` [n, width] added at row `indices[i]`.
 * Rows may repeat; they are added one after the other, so that equal input gives equal bytes.
 */
export function scatterAddRows(indices: Tensor, updates: Tensor, like: Tensor): Tensor {
  const { graph } = like;
  const zeros = expandTo(graph.scalar(0), like.shape);
  const at = expandTo(reshape(indices, [...indices.shape, 1]), updates.shape);
  return graph.node('ScatterElements', [zeros, at, updates], [{ dtype: like.dtype, shape: like.shape }], {
    attributes: { axis: { int: 0 }, reduction: { string: 'add' } },
    gradient: ([dy]) => [undefined, undefined, gatherRows(dy!, indices)],
  })[0]!;
}

/** For each row the element at `indices` (int64 [n, 1]) of `x` [n, width]. */
export function pickColumns(x: Tensor, indices: Tensor): Tensor {
  return x.graph.node('GatherElements', [x, indices], [{ dtype: x.dtype, shape: indices.shape }], {
    attributes: { axis: { int: 1 } },
    gradient: ([dy]) => [addToColumns(expandTo(x.graph.scalar(0), x.shape), indices, dy!), undefined],
  })[0]!;
}

/** `x` [n, width] with `values` [n, 1] added at column `indices[i]` of row i. */
export function addToColumns(x: Tensor, indices: Tensor, values: Tensor): Tensor {
  return x.graph.node('ScatterElements', [x, indices, values], [{ dtype: x.dtype, shape: x.shape }], {
    attributes: { axis: { int: 1 }, reduction: { string: 'add' } },
    gradient: ([dy]) => [dy, undefined, pickColumns(dy!, indices)],
  })[0]!;
}

/** Column of the largest element of each row of `x` [n, width], int64 [n]; the first of equal ones. */
export function argMax(x: Tensor): Tensor {
  return x.graph.node('ArgMax', [x], [{ dtype: 'int64', shape: x.shape.slice(0, -1) }], {
    attributes: { axis: { int: -1 }, keepdims: { int: 0 } },
  })[0]!;
}
