/**
 * Arrays of the reference interpreter.
 * @module
 */

/** A dense row-major array; integers and booleans are held as numbers too. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Number of elements of `shape`. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** An array of `shape` filled from `data`, or with zeros. */
export function value(shape: readonly number[], data?: ArrayLike<number>): Value {
  const size = sizeOf(shape);
  if (data && data.length !== size) throw new Error(`${data.length} elements do not fill [${shape}]`);
  return { shape: [...shape], data: data ? Float64Array.from(data) : new Float64Array(size) };
}

/** Distance in memory between neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** For each element of an array of `shape`, in order, the place `start + Σ index · stride`. */
export function places(shape: readonly number[], strides: readonly number[], start = 0): Int32Array {
  const result = new Int32Array(sizeOf(shape));
  const index = shape.map(() => 0);
  const last = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  let place = start;
  for (let i = 0; i < result.length; i += last) {
    for (let j = 0; j < last; j++) result[i + j] = place + j * step;
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      place += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      place -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** The elements of `x` that stand at `from`, in the shape `shape`. */
export function pick(x: Value, shape: readonly number[], from: Int32Array): Value {
  const data = new Float64Array(from.length);
  for (let i = 0; i < data.length; i++) data[i] = x.data[from[i]!]!;
  return { shape, data };
}

/** The shape that NumPy's broadcasting gives. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw new Error(`[${a}] and [${b}] do not broadcast`);
    return left === 1 ? right : left;
  });
}

/** `x` repeated to `shape`. */
export function broadcastTo(x: Value, shape: readonly number[]): Value {
  if (sizeOf(shape) === x.data.length) return { shape, data: x.data };
  const missing = shape.length - x.shape.length;
  const own = stridesOf(x.shape);
  const strides = shape.map((_, i) => (i < missing || x.shape[i - missing] === 1 ? 0 : own[i - missing]!));
  return pick(x, shape, places(shape, strides));
}

/** An axis counted from the front. */
export function axisOf(x: Value, axis: number): number {
  return axis < 0 ? axis + x.shape.length : axis;
}

/** Sizes before, along and after an axis: element (o, i, r) stands at (o · along + i) · after + r. */
export function around(
  shape: readonly number[],
  axis: number,
): { before: number; along: number; after: number } {
  return {
    before: sizeOf(shape.slice(0, axis)),
    along: shape[axis]!,
    after: sizeOf(shape.slice(axis + 1)),
  };
}
