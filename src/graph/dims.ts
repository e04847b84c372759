/**
 * Rules of shapes.
 * @module
 */
import type { Dim, Tensor } from './graph.js';

/** The shape that NumPy's broadcasting rules give for `a` and `b`; throws when they do not fit. */
export function broadcastShapes(a: readonly Dim[], b: readonly Dim[]): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new Error(`shapes [${a}] and [${b}] do not broadcast`);
  });
}

/** `axis` counted from the front. */
export function positiveAxis(tensor: Tensor, axis: number): number {
  return axis < 0 ? axis + tensor.shape.length : axis;
}
