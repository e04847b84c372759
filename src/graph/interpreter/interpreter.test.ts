import { describe, expect, it } from 'vitest';
import { type Attribute, type DataType, Graph, MICROSOFT } from '../graph.js';
import { kernels } from './interpreter.fixture.js';
import { Attributes } from './kernel.fixture.js';
import { type InputSpec, integers, normal, positive } from './random.fixture.js';
import { expectRuntimeAgrees, runInRuntime } from './runtime.fixture.js';
import { value } from './value.fixture.js';

interface Case {
  inputs: (InputSpec | undefined)[];
  attributes?: Record<string, Attribute>;
  domain?: string;
  /** Element types of the outputs. Default: one float32. */
  outputs?: DataType[];
}

const int = (given: number): Attribute => ({ int: given });
const float = (given: number): Attribute => ({ float: given });
const binary = [
  { inputs: [normal([2, 3]), positive([2, 3])] },
  { inputs: [normal([2, 1, 3]), positive([4, 1])] },
  { inputs: [normal([]), positive([2, 2])] },
];
const unary = [{ inputs: [positive([2, 3])] }, { inputs: [positive([0, 3])] }];
const signed = [{ inputs: [normal([5])] }];
const reduction = [
  { inputs: [normal([2, 3, 4]), integers([-1])] },
  { inputs: [normal([2, 3, 4]), integers([0, 2])], attributes: { keepdims: int(0) } },
  { inputs: [normal([2, 3])], attributes: { keepdims: int(0) } },
];
const fused = (transA: number, transB: number): Case => ({
  inputs: [normal(transA ? [2, 4, 3] : [2, 3, 4]), normal(transB ? [2, 5, 4] : [2, 4, 5])],
  attributes: { transA: int(transA), transB: int(transB), alpha: float(0.75) },
  domain: MICROSOFT,
});
const gemm = (transA: number, transB: number): Case => ({
  inputs: [normal(transA ? [4, 3] : [3, 4]), normal(transB ? [5, 4] : [4, 5])],
  attributes: { transA: int(transA), transB: int(transB), alpha: float(0.75) },
});
const bytes = (data: number[]): InputSpec => ({ ...integers(data), dtype: 'uint8' });
const codes = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * 37 + 5) % 256);
const signedBytes = (shape: [number, number]): InputSpec => ({
  ...integers(
    codes(shape[0] * shape[1]).map((code) => code - 128),
    shape,
  ),
  dtype: 'int8',
});
const int32 = (data: number[]): InputSpec => ({ ...integers(data), dtype: 'int32' });
const int64Arithmetic: Case = { inputs: [integers([5, -3]), integers([4])], outputs: ['int64'] };

/** Every kernel with inputs that reach its rules. */
const cases: Record<string, Case[]> = {
  Add: [...binary, int64Arithmetic],
  Sub: [...binary, int64Arithmetic],
  Mul: binary,
  Div: [...binary, { inputs: [integers([7, -7, 8]), integers([4])], outputs: ['int64'] }],
  Min: [int64Arithmetic],
  Max: [...binary, int64Arithmetic],
  Equal: [{ inputs: [int32([3, -4, 0]), int32([3, 4, 0])], outputs: ['bool'] }],
  Neg: [...unary, ...signed],
  Exp: [...unary, ...signed],
  Log: unary,
  Sqrt: unary,
  Sigmoid: [...unary, ...signed],
  QuickGelu: [{ inputs: [normal([2, 3])], domain: MICROSOFT, attributes: { alpha: float(1) } }],
  Cast: [
    { inputs: [normal([6])], attributes: { to: int(7) }, outputs: ['int64'] },
    { inputs: [bytes([0, 7, 255])], attributes: { to: int(6) }, outputs: ['int32'] },
    { inputs: [int32([3, -4])], attributes: { to: int(1) } },
  ],
  ReduceSum: reduction,
  ReduceMean: reduction,
  ReduceMax: reduction,
  ReduceMin: [
    ...reduction,
    { inputs: [int32([3, -4, 5])], attributes: { keepdims: int(0) }, outputs: ['int32'] },
  ],
  ReduceProd: [{ inputs: [integers([3, 4]), integers([0])], outputs: ['int64'] }],
  ArgMax: [
    {
      inputs: [{ ...normal([2, 3]), value: value([2, 3], [1, 4, 4, -1, -3, -2]) }],
      attributes: { axis: int(-1), keepdims: int(0) },
      outputs: ['int64'],
    },
  ],
  MatMul: [
    { inputs: [normal([3, 4]), normal([4, 2])] },
    { inputs: [normal([2, 2, 3, 4]), normal([2, 2, 4, 5])] },
    { inputs: [normal([0, 4]), normal([4, 2])] },
  ],
  Gemm: [gemm(0, 0), gemm(0, 1), gemm(1, 0), gemm(1, 1)],
  FusedMatMul: [fused(0, 0), fused(0, 1), fused(1, 0), fused(1, 1)],
  MatMulBnb4: [
    {
      inputs: [normal([3, 64]), bytes(codes(160)), positive([5])],
      domain: MICROSOFT,
      attributes: { K: int(64), N: int(5), block_size: int(64), quant_type: int(1) },
    },
  ],
  QuantizeLinear: [
    {
      inputs: [
        // Ties, and numbers outside of the range.
        {
          ...normal([3, 4]),
          value: value([3, 4], [0.5, 1.5, -2.5, -0.5, 900, -900, 3, 0, 0.3, -0.3, 8, -7]),
        },
        { ...normal([3]), value: value([3], [1, 2, 0.125]) },
        bytes([128, 128, 64]),
      ],
      attributes: { axis: int(0) },
      outputs: ['uint8'],
    },
  ],
  MatMulInteger: [
    {
      inputs: [{ ...integers(codes(12), [3, 4]), dtype: 'uint8' }, signedBytes([4, 5])],
      outputs: ['int32'],
    },
  ],
  MatMulIntegerToFloat: [
    {
      inputs: [
        { ...integers(codes(12), [3, 4]), dtype: 'uint8' },
        signedBytes([4, 5]),
        positive([]),
        positive([5]),
        { ...integers([128], []), dtype: 'uint8' },
      ],
      domain: MICROSOFT,
    },
  ],
  Softmax: [
    { inputs: [normal([2, 3, 4])], attributes: { axis: int(-1) } },
    { inputs: [normal([2, 3, 4])], attributes: { axis: int(1) } },
    { inputs: [normal([0, 4])], attributes: { axis: int(-1) } },
  ],
  SimplifiedLayerNormalization: [
    {
      inputs: [normal([3, 8]), normal([8])],
      attributes: { axis: int(-1), epsilon: float(0.125) },
      outputs: ['float32', 'float32'],
    },
  ],
  RotaryEmbedding: [
    {
      inputs: [
        normal([2, 3, 4, 6]),
        integers([0, 1, 2, 4, 3, 0, 1, 4], [2, 4]),
        normal([5, 3]),
        normal([5, 3]),
      ],
      domain: MICROSOFT,
    },
  ],
  Reshape: [
    { inputs: [normal([2, 3, 4]), integers([0, -1])] },
    { inputs: [normal([2, 3, 4]), integers([4, 6])] },
    { inputs: [normal([0]), integers([-1, 1])] },
  ],
  Transpose: [{ inputs: [normal([2, 3, 4])], attributes: { perm: { ints: [2, 0, 1] } } }],
  Slice: [
    { inputs: [normal([5, 3]), integers([1]), integers([3]), integers([0])] },
    { inputs: [normal([5, 3]), integers([4]), integers([9]), integers([0])] },
    { inputs: [normal([5, 3]), integers([7]), integers([9]), integers([0])] },
    { inputs: [normal([5, 3]), integers([0, 1]), integers([2, 3]), integers([0, 1])] },
  ],
  Pad: [
    { inputs: [normal([2, 3]), integers([1, 2]), undefined, integers([1])] },
    { inputs: [normal([0, 3]), integers([4, 0]), undefined, integers([0])] },
  ],
  Concat: [
    { inputs: [normal([2, 3]), normal([2, 1]), normal([2, 0])], attributes: { axis: int(1) } },
    { inputs: [integers([1, 2]), integers([3])], attributes: { axis: int(0) }, outputs: ['int64'] },
  ],
  Split: [
    {
      inputs: [normal([2, 5]), integers([2, 0, 3])],
      attributes: { axis: int(1) },
      outputs: ['float32', 'float32', 'float32'],
    },
  ],
  Expand: [
    { inputs: [normal([3, 1]), integers([2, 1, 4])] },
    { inputs: [normal([]), integers([2, 2])] },
    { inputs: [normal([1]), integers([0, 3])] },
  ],
  Shape: [
    { inputs: [normal([2, 0, 4])], outputs: ['int64'] },
    { inputs: [normal([2, 0, 4])], attributes: { start: int(2), end: int(3) }, outputs: ['int64'] },
  ],
  Gather: [
    { inputs: [normal([4, 3]), integers([3, 0, 3, 1], [2, 2])], attributes: { axis: int(0) } },
    { inputs: [normal([2, 3]), integers([2, 2])], attributes: { axis: int(1) } },
  ],
  GatherElements: [{ inputs: [normal([3, 4]), integers([1, 0, 3], [3, 1])], attributes: { axis: int(1) } }],
  ScatterElements: [
    {
      inputs: [normal([3, 4]), integers([1, 0, 3], [3, 1]), normal([3, 1])],
      attributes: { axis: int(1), reduction: { string: 'add' } },
    },
    {
      inputs: [normal([3, 2]), integers([1, 1, 1, 1, 0, 0], [3, 2]), normal([3, 2])],
      attributes: { axis: int(0), reduction: { string: 'add' } },
    },
  ],
};

/** All cases of one operator as one graph: a session is what costs time. */
function graphOf(opType: string, given: readonly Case[]) {
  const graph = new Graph();
  const specs = new Map<string, InputSpec>();
  given.forEach(({ inputs, attributes, domain, outputs = ['float32'] }, c) => {
    const tensors = inputs.map((spec, i) => {
      if (!spec) return undefined;
      specs.set(`${c}.${i}`, spec);
      return graph.input(`${c}.${i}`, spec.dtype, spec.dims);
    });
    const values = inputs.map((spec) => spec?.value);
    const shapes = kernels[opType]!(values, new Attributes(attributes ?? {})).map(({ shape }) => shape);
    const types = outputs.map((dtype, i) => ({ dtype, shape: shapes[i]! }));
    const results = graph.node(opType, tensors, types, { domain, attributes });
    for (const tensor of results) graph.output(tensor);
  });
  return { graph, specs };
}

describe('the interpreter means what the runtime means', () => {
  it.each(Object.keys(kernels).sort())('%s', async (opType) => {
    const given = cases[opType];
    expect(given, 'every kernel has a case').toBeDefined();
    const { graph, specs } = graphOf(opType, given!);
    await expectRuntimeAgrees(graph, Object.fromEntries(specs), 2e-6);
  });
});

describe('the runtime, where graphs have to avoid it', () => {
  it('reduces an axis of an empty tensor without making its size 1', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n', 3]);
    const sizes = [x, graph.integers(-1)];
    graph.output(graph.node('ReduceSum', sizes, [{ dtype: 'float32', shape: ['n', 1] }])[0]!);
    const [sum] = (await runInRuntime(graph, { x: normal([0, 3]) })).values();
    expect(sum!.shape).toEqual([0, 3]);
  });
});
