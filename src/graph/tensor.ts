/**
 * Symbolic tensors: what a graph computes with before any number exists.
 * @module
 */
import type { Graph } from './graph.js';

/** Element types that the embedded runtime knows. `bfloat16` and `uint8` occur as stored weights only. */
export type DataType = 'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'uint8' | 'bfloat16';

/** A fixed size, or the name of a size that is known when the graph runs. */
export type Dim = number | string;

/** Gradients of an operation's inputs from those of its outputs; `needs[i]` tells which are wanted. */
export type GradientRule = (
  outputGradients: readonly (Tensor | undefined)[],
  needs: readonly boolean[],
) => (Tensor | undefined)[];

/** What differentiation sees: one application of an operator, or of a function with a gradient of its own. */
export interface Operation {
  /** Order of creation in the graph. */
  readonly id: number;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Absent where no gradient exists (comparisons, casts to integers). */
  readonly gradient?: GradientRule;
}

/** A named value of a graph. */
export interface Tensor {
  readonly graph: Graph;
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly Dim[];
  /** What produced it; absent for inputs, weights and constants. */
  operation?: Operation;
}

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
