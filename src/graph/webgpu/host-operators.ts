/**
 * Integer operators on the host, as far as our graphs apply them to what follows from shapes and inputs.
 * @module
 */
import type { Node } from '../graph.js';
import { setting } from './rebuild.js';

/** Integers of any width. */
export interface HostArray {
  readonly dims: readonly number[];
  readonly data: BigInt64Array;
}

type HostOperator = (inputs: readonly HostArray[], node: Node) => HostArray;

/** Element by element; one of the operands may be a single number. */
function binary(f: (a: bigint, b: bigint) => bigint): HostOperator {
  return ([a, b]) => {
    const longer = a!.data.length < b!.data.length ? b! : a!;
    if (a!.data.length !== b!.data.length && Math.min(a!.data.length, b!.data.length) !== 1) {
      throw new Error(`[${a!.dims}] and [${b!.dims}] do not fit`);
    }
    const at = ({ data }: HostArray, i: number): bigint => data[data.length === 1 ? 0 : i]!;
    return { dims: longer.dims, data: longer.data.map((_, i) => f(at(a!, i), at(b!, i))) };
  };
}

function joined(parts: readonly HostArray[]): HostArray {
  if (parts.some(({ dims }) => dims.length !== 1)) throw new Error('only vectors are joined');
  const data = BigInt64Array.from(parts.flatMap((part) => [...part.data]));
  return { dims: [data.length], data };
}

/** Rows `indices` of a vector. */
function gathered([x, indices]: readonly HostArray[]): HostArray {
  if (x!.dims.length !== 1) throw new Error('only vectors are looked up');
  return { dims: indices!.dims, data: indices!.data.map((index) => x!.data.at(Number(index))!) };
}

/** Elements [start, end) of a vector, both cut at its length. */
function cut([x, start, end]: readonly HostArray[]): HostArray {
  if (x!.dims.length !== 1) throw new Error('only vectors are cut');
  const data = x!.data.slice(Number(start!.data[0]), Number(end!.data[0]));
  return { dims: [data.length], data };
}

function reshaped([x, wanted]: readonly HostArray[]): HostArray {
  const dims = [...wanted!.data].map((dim, axis) => (dim === 0n ? x!.dims[axis]! : Number(dim)));
  const rest = dims.indexOf(-1);
  if (rest >= 0) dims[rest] = x!.data.length / -dims.reduce((product, dim) => product * dim, 1);
  return { dims, data: x!.data };
}

/** A column repeated along the last axis. */
function repeated([x, wanted]: readonly HostArray[]): HostArray {
  const dims = [...wanted!.data].map(Number);
  const width = dims.at(-1)!;
  if (`${x!.dims}` !== `${[...dims.slice(0, -1), 1]}`) {
    throw new Error(`[${x!.dims}] is not repeated to [${dims}]`);
  }
  const data = new BigInt64Array(x!.data.length * width);
  x!.data.forEach((element, i) => {
    data.fill(element, i * width, (i + 1) * width);
  });
  return { dims, data };
}

/** What the host can compute, by operator. */
export const hostOperators: Readonly<Record<string, HostOperator>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  // biome-ignore lint/complexity/useMathMinMax: Math takes no bigint
  Min: binary((a, b) => (a < b ? a : b)),
  // biome-ignore lint/complexity/useMathMinMax: Math takes no bigint
  Max: binary((a, b) => (a > b ? a : b)),
  Cast: ([x]) => x!,
  Concat: joined,
  Gather: gathered,
  Slice: cut,
  Reshape: reshaped,
  Expand: repeated,
  ReduceProd: ([x], node) => {
    const product = x!.data.reduce((sofar, element) => sofar * element, 1n);
    return {
      dims: setting(node, 'keepdims', 1) ? x!.dims.map(() => 1) : [],
      data: BigInt64Array.of(product),
    };
  },
};
