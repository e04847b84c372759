/**
 * Kernels that move elements without computing.
 * @module
 */
import { integersOf, type Kernel } from './kernel.fixture.js';
import {
  around,
  axisOf,
  broadcastShape,
  broadcastTo,
  pick,
  places,
  sizeOf,
  stridesOf,
  type Value,
  value,
} from './value.fixture.js';

/** Places of `part`'s elements in an array of `shape`, where it stands at `start` along `axis`. */
function standingAt(
  part: readonly number[],
  shape: readonly number[],
  axis: number,
  start: number,
): Int32Array {
  const strides = stridesOf(shape);
  return places(part, strides, start * strides[axis]!);
}

const reshape: Kernel = ([x, sizes]) => {
  const wanted = integersOf(sizes).map((dim, i) => (dim === 0 ? x!.shape[i]! : dim));
  const rest = wanted.indexOf(-1);
  if (rest >= 0) wanted[rest] = x!.data.length / (-sizeOf(wanted) || 1);
  if (sizeOf(wanted) !== x!.data.length) throw new Error(`[${x!.shape}] is not reshaped to [${wanted}]`);
  return [{ shape: wanted, data: x!.data }];
};

const transpose: Kernel = ([x], attributes) => {
  const order = attributes.ints('perm');
  const strides = stridesOf(x!.shape);
  const shape = order.map((axis) => x!.shape[axis]!);
  return [
    pick(
      x!,
      shape,
      places(
        shape,
        order.map((axis) => strides[axis]!),
      ),
    ),
  ];
};

const slice: Kernel = ([x, starts, ends, axes]) => {
  const from = integersOf(starts);
  const to = integersOf(ends);
  let result = x!;
  integersOf(axes).forEach((given, i) => {
    const axis = axisOf(x!, given);
    const size = x!.shape[axis]!;
    const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
    const start = clamp(from[i]!);
    const shape = result.shape.map((dim, j) => (j === axis ? Math.max(0, clamp(to[i]!) - start) : dim));
    result = pick(result, shape, standingAt(shape, result.shape, axis, start));
  });
  return [result];
};

const pad: Kernel = ([x, pads, constant, axes]) => {
  if (constant) throw new Error('padding is interpreted with zeros only');
  const given = integersOf(axes).map((axis) => axisOf(x!, axis));
  const amounts = integersOf(pads);
  if (given.length !== 1 || amounts.some((amount) => amount < 0)) throw new Error('padding of one axis only');
  const axis = given[0]!;
  const shape = x!.shape.map((dim, i) => (i === axis ? dim + amounts[0]! + amounts[1]! : dim));
  const out = value(shape);
  standingAt(x!.shape, shape, axis, amounts[0]!).forEach((place, i) => {
    out.data[place] = x!.data[i]!;
  });
  return [out];
};

const concat: Kernel = (given, attributes) => {
  const parts = given as readonly Value[];
  const axis = axisOf(parts[0]!, attributes.int('axis'));
  const whole = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  const shape = parts[0]!.shape.map((dim, i) => (i === axis ? whole : dim));
  const out = value(shape);
  let start = 0;
  for (const part of parts) {
    const fits = part.shape.every((dim, i) => i === axis || dim === shape[i]);
    if (!fits) throw new Error(`[${part.shape}] does not join [${shape}]`);
    standingAt(part.shape, shape, axis, start).forEach((place, i) => {
      out.data[place] = part.data[i]!;
    });
    start += part.shape[axis]!;
  }
  return [out];
};

const split: Kernel = ([x, sizes], attributes) => {
  const axis = axisOf(x!, attributes.int('axis', 0));
  let start = 0;
  const parts = integersOf(sizes).map((size) => {
    const shape = x!.shape.map((dim, i) => (i === axis ? size : dim));
    const part = pick(x!, shape, standingAt(shape, x!.shape, axis, start));
    start += size;
    return part;
  });
  if (start !== x!.shape[axis]) throw new Error(`the parts of [${x!.shape}] make ${start}`);
  return parts;
};

const gather: Kernel = ([x, indices], attributes) => {
  const axis = axisOf(x!, attributes.int('axis', 0));
  const { before, along, after } = around(x!.shape, axis);
  const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)];
  const out = value(shape);
  let at = 0;
  for (let o = 0; o < before; o++) {
    for (const index of indices!.data) {
      const from = (o * along + inside(index, along)) * after;
      out.data.set(x!.data.subarray(from, from + after), at);
      at += after;
    }
  }
  return [out];
};

function inside(index: number, size: number): number {
  const at = index < 0 ? index + size : index;
  if (at < 0 || at >= size) throw new Error(`index ${index} is outside of an axis of ${size}`);
  return at;
}

/** Places in `x` that `indices` name along `axis`, all other coordinates being the indices' own. */
function named(x: Value, indices: Value, axis: number): Int32Array {
  const strides = stridesOf(x.shape);
  const origin = places(
    indices.shape,
    strides.map((stride, i) => (i === axis ? 0 : stride)),
  );
  return origin.map((place, i) => place + inside(indices.data[i]!, x.shape[axis]!) * strides[axis]!);
}

const gatherElements: Kernel = ([x, indices], attributes) => [
  pick(x!, indices!.shape, named(x!, indices!, axisOf(x!, attributes.int('axis', 0)))),
];

const scatterElements: Kernel = ([x, indices, updates], attributes) => {
  if (attributes.string('reduction', 'none') !== 'add')
    throw new Error('scattering is interpreted as adding');
  const out = value(x!.shape, x!.data);
  named(x!, indices!, axisOf(x!, attributes.int('axis', 0))).forEach((place, i) => {
    out.data[place]! += updates!.data[i]!;
  });
  return [out];
};

export const movement: Record<string, Kernel> = {
  Reshape: reshape,
  Transpose: transpose,
  Slice: slice,
  Pad: pad,
  Concat: concat,
  Split: split,
  Expand: ([x, sizes]) => [broadcastTo(x!, broadcastShape(x!.shape, integersOf(sizes)))],
  Shape: ([x], attributes) => {
    const sizes = x!.shape.slice(attributes.int('start', 0), attributes.int('end', x!.shape.length));
    return [value([sizes.length], sizes)];
  },
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
};
