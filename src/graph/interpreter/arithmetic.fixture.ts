/**
 * Kernels that compute: element by element, over axes, matrix products and the runtime's fused operators.
 * @module
 */
import { type Attributes, integersOf, type Kernel } from './kernel.fixture.js';
import {
  around,
  axisOf,
  broadcastShape,
  broadcastTo,
  places,
  stridesOf,
  type Value,
  value,
} from './value.fixture.js';

function unary(f: (x: number, attributes: Attributes) => number): Kernel {
  return ([x], attributes) => [{ shape: x!.shape, data: x!.data.map((element) => f(element, attributes)) }];
}

function binary(f: (a: number, b: number) => number): Kernel {
  return ([a, b]) => {
    const shape = broadcastShape(a!.shape, b!.shape);
    const [left, right] = [broadcastTo(a!, shape).data, broadcastTo(b!, shape).data];
    const data = new Float64Array(left.length);
    for (let i = 0; i < data.length; i++) data[i] = f(left[i]!, right[i]!);
    return [{ shape, data }];
  };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Whether a `to` code of Cast names a type that holds integers only. */
export function isIntegerType(code: number): boolean {
  return [2, 3, 4, 5, 6, 7, 12, 13].includes(code);
}

function reduce(start: number, step: (sum: number, x: number) => number, mean = false): Kernel {
  return ([x, axes], attributes) => {
    const keep = attributes.int('keepdims', 1) === 1;
    const all = x!.shape.map((_, i) => i);
    const reduced = new Set(axes ? integersOf(axes).map((axis) => axisOf(x!, axis)) : all);
    const kept = x!.shape.map((dim, i) => (reduced.has(i) ? 1 : dim));
    const strides = stridesOf(kept).map((stride, i) => (reduced.has(i) ? 0 : stride));
    const out = value(kept);
    out.data.fill(start);
    const count = mean ? x!.data.length / out.data.length : 1;
    places(x!.shape, strides).forEach((place, i) => {
      out.data[place] = step(out.data[place]!, x!.data[i]! / count);
    });
    return [{ shape: keep ? kept : x!.shape.filter((_, i) => !reduced.has(i)), data: out.data }];
  };
}

/** alpha · op(a) · op(b) over the last two axes; equal batch axes. */
function product(a: Value, b: Value, transA: boolean, transB: boolean, alpha: number): Value {
  const batchShape = a.shape.slice(0, -2);
  if (b.shape.length !== a.shape.length) throw new Error(`[${a.shape}] and [${b.shape}] do not fit`);
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transA ? [aColumns, aRows] : [aRows, aColumns];
  const [inner, n] = transB ? [bColumns, bRows] : [bRows, bColumns];
  if (inner !== k) throw new Error(`[${a.shape}] and [${b.shape}] do not fit`);
  const out = value([...batchShape, m, n]);
  const [rowStep, aStep] = transA ? [1, aColumns] : [aColumns, 1];
  const [columnStep, bStep] = transB ? [bColumns, 1] : [1, bColumns];
  const batches = out.data.length / (m * n) || 0;
  // Numbers the matrices of `b` as `a`'s are counted: an axis of 1 stands for all of them.
  const matrices = value(b.shape.slice(0, -2));
  matrices.data.forEach((_, i) => {
    matrices.data[i] = i;
  });
  const shared = broadcastTo(matrices, batchShape).data;
  for (let batch = 0; batch < batches; batch++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        let at = batch * m * k + i * rowStep;
        let bt = shared[batch]! * k * n + j * columnStep;
        for (let l = 0; l < k; l++, at += aStep, bt += bStep) sum += a.data[at]! * b.data[bt]!;
        out.data[(batch * m + i) * n + j] = alpha * sum;
      }
    }
  }
  return out;
}

const argMax: Kernel = ([x], attributes) => {
  const width = x!.shape.at(-1)!;
  const lastAxis = axisOf(x!, attributes.int('axis', 0)) === x!.shape.length - 1;
  if (!lastAxis || attributes.int('keepdims', 1) === 1) throw new Error('only rows are searched');
  const out = value(x!.shape.slice(0, -1));
  out.data.forEach((_, row) => {
    const elements = x!.data.subarray(row * width, (row + 1) * width);
    out.data[row] = elements.indexOf(elements.reduce((most, element) => Math.max(most, element)));
  });
  return [out];
};

const softmax: Kernel = ([x], attributes) => {
  const { before, along, after } = around(x!.shape, axisOf(x!, attributes.int('axis', -1)));
  const out = value(x!.shape);
  for (let o = 0; o < before; o++) {
    for (let r = 0; r < after; r++) {
      const at = (i: number): number => (o * along + i) * after + r;
      let most = -Infinity;
      for (let i = 0; i < along; i++) most = Math.max(most, x!.data[at(i)]!);
      let sum = 0;
      for (let i = 0; i < along; i++) {
        out.data[at(i)] = Math.exp(x!.data[at(i)]! - most);
        sum += out.data[at(i)]!;
      }
      for (let i = 0; i < along; i++) out.data[at(i)]! /= sum;
    }
  }
  return [out];
};

const rmsNorm: Kernel = ([x, weight], attributes) => {
  const width = x!.shape.at(-1)!;
  const y = value(x!.shape);
  const inverse = value([...x!.shape.slice(0, -1), 1]);
  for (let row = 0; row < inverse.data.length; row++) {
    const elements = x!.data.subarray(row * width, (row + 1) * width);
    const mean = elements.reduce((sum, element) => sum + element * element, 0) / width;
    inverse.data[row] = 1 / Math.sqrt(mean + attributes.float('epsilon', 1e-5));
    for (let i = 0; i < width; i++) {
      y.data[row * width + i] = elements[i]! * inverse.data[row]! * weight!.data[i]!;
    }
  }
  return [y, inverse];
};

/** x [batch, heads, sequence, headDim], positions [batch, sequence], tables [positions, headDim / 2]. */
const rotaryEmbedding: Kernel = ([x, positions, cos, sin]) => {
  const [batch, heads, sequence, headDim] = x!.shape as [number, number, number, number];
  const half = headDim / 2;
  const out = value(x!.shape);
  for (let vector = 0; vector < batch * heads * sequence; vector++) {
    const b = Math.floor(vector / (heads * sequence));
    const position = positions!.data[b * sequence + (vector % sequence)]!;
    for (let i = 0; i < half; i++) {
      const [c, s] = [cos!.data[position * half + i]!, sin!.data[position * half + i]!];
      const [first, second] = [x!.data[vector * headDim + i]!, x!.data[vector * headDim + half + i]!];
      out.data[vector * headDim + i] = first * c - second * s;
      out.data[vector * headDim + half + i] = second * c + first * s;
    }
  }
  return [out];
};

/** The levels of NF4 (arXiv 2305.14314, appendix E) by their derivation's published digits. */
const NF4 = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
  -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
  0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
];

const matMulBnb4: Kernel = ([x, codes, absmax], attributes) => {
  if (attributes.int('quant_type') !== 1) throw new Error('only NF4 is interpreted');
  const [n, k] = [attributes.int('N'), attributes.int('K')];
  const block = attributes.int('block_size');
  const weight = value([n, k]);
  for (let i = 0; i < n * k; i++) {
    const byte = codes!.data[i >> 1]!;
    weight.data[i] = NF4[i % 2 === 0 ? byte >> 4 : byte & 15]! * absmax!.data[Math.floor(i / block)]!;
  }
  return [product(x!, weight, false, true, 1)];
};

export const arithmetic: Record<string, Kernel> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Min: binary(Math.min),
  Max: binary(Math.max),
  Equal: binary((a, b) => (a === b ? 1 : 0)),
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Sigmoid: unary(sigmoid),
  QuickGelu: unary((x, attributes) => x * sigmoid(attributes.float('alpha', 1.702) * x)),
  Cast: unary((x) => x),
  ReduceSum: reduce(0, (sum, x) => sum + x),
  ReduceMean: reduce(0, (sum, x) => sum + x, true),
  ReduceMax: reduce(-Infinity, Math.max),
  ReduceMin: reduce(Infinity, Math.min),
  ReduceProd: reduce(1, (sum, x) => sum * x),
  ArgMax: argMax,
  MatMul: ([a, b]) => [product(a!, b!, false, false, 1)],
  FusedMatMul: ([a, b], attributes) => [
    product(
      a!,
      b!,
      attributes.int('transA', 0) === 1,
      attributes.int('transB', 0) === 1,
      attributes.float('alpha', 1),
    ),
  ],
  Gemm: ([a, b, c], attributes) => {
    if (c) throw new Error('a Gemm that adds is not interpreted');
    const [transA, transB] = [attributes.int('transA', 0) === 1, attributes.int('transB', 0) === 1];
    return [product(a!, b!, transA, transB, attributes.float('alpha', 1))];
  },
  MatMulBnb4: matMulBnb4,
  Softmax: softmax,
  SimplifiedLayerNormalization: rmsNorm,
  RotaryEmbedding: rotaryEmbedding,
};
