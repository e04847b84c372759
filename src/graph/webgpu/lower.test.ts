import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  noSwiftShader,
  swiftShaderNote,
  useSwiftShader,
} from '../../engine/onnx/webgpu/swiftshader.fixture.js';
import { randomStream } from '../../random.js';
import { Graph, type Tensor } from '../graph.js';
import { type InputSpec, integers, normal } from '../interpreter/random.fixture.js';
import { expandTo, reshape } from '../ops/broadcast.js';
import { neg } from '../ops/elementwise.js';
import { argMax, gatherRows, pickColumns, scatterAddRows } from '../ops/indexing.js';
import { matmul } from '../ops/matmul.js';
import { rmsNorm } from '../ops/normalization.js';
import { concat, padTo, slice, sliceBetween } from '../ops/shape.js';
import { lowerForWebGpu } from './lower.js';
import { expectDeviceAgrees, expectLoweringKeepsResults } from './lowered.fixture.js';

/** A graph over the given inputs with what `build` returns as its outputs. */
function graphOf(
  inputs: Readonly<Record<string, InputSpec>>,
  build: (tensors: Record<string, Tensor>, graph: Graph) => Tensor[],
): Graph {
  const graph = new Graph();
  const tensors = Object.entries(inputs).map(([name, { dtype, dims }]) => [
    name,
    graph.input(name, dtype, dims),
  ]);
  for (const tensor of build(Object.fromEntries(tensors), graph)) graph.output(tensor);
  return graph;
}

interface Rewriting {
  name: string;
  inputs: Record<string, InputSpec>;
  build: (tensors: Record<string, Tensor>, graph: Graph) => Tensor[];
}

const flags = [
  [false, true],
  [true, false],
  [true, true],
] as const;

const rewritings: Rewriting[] = [
  ...flags.flatMap(([transA, transB]): Rewriting[] => {
    const a = transA ? [3, 5] : [5, 3];
    const b = transB ? [4, 3] : [3, 4];
    const build = ({ a, b }: Record<string, Tensor>): Tensor[] => [
      matmul(a!, b!, { transA, transB, alpha: 0.3 }),
      matmul(a!, b!, { transA, transB }),
    ];
    const name = `transA ${transA}, transB ${transB}`;
    return [
      { name: `a product of matrices, ${name}`, inputs: { a: normal(a), b: normal(b) }, build },
      {
        name: `a product of batches, ${name}`,
        inputs: { a: normal([2, 3, ...a]), b: normal([2, 3, ...b]) },
        build,
      },
    ];
  }),
  {
    name: 'a normalization whose inverse deviation is read',
    inputs: { x: normal([4, 6]), w: normal([6]) },
    build: ({ x, w }) => {
      const y = rmsNorm(x!, w!, 1e-3);
      return y.operation!.outputs as Tensor[];
    },
  },
  {
    name: 'a normalization whose inverse deviation nobody reads',
    inputs: { x: normal([4, 6]), w: normal([6]) },
    build: ({ x, w }) => [rmsNorm(x!, w!, 1e-3)],
  },
  {
    name: 'sizes, cut token numbers and sums at repeated places',
    inputs: { x: normal([7, 3], ['n', 3]), ids: integers([1, 0, 1, 2, 6], [5]) },
    build: ({ x, ids }, graph) => {
      const half = graph.node(
        'Div',
        [graph.sizes(['n']), graph.integers(2)],
        [{ dtype: 'int64', shape: [1] }],
      )[0]!;
      const first = sliceBetween(ids!, 0, graph.integers(0), half, 'half');
      return [
        gatherRows(x!, first),
        pickColumns(gatherRows(x!, first), reshape(first, ['half', 1])),
        scatterAddRows(first, neg(gatherRows(x!, first)), x!),
      ];
    },
  },
  {
    name: 'pieces whose sizes are known only when the graph runs',
    inputs: { x: normal([2, 5, 3], ['batch', 'sequence', 3]) },
    build: ({ x }) => {
      const piece = slice(x!, 1, 2, 4, 'piece');
      const twice = concat([piece, x!], 1, 'both');
      return [padTo(piece, 1, 1, x!), padTo(piece, 1, 3, twice)];
    },
  },
];
describe('a graph that is rewritten for WebGPU', () => {
  it.each(rewritings)('gives the same: $name', async ({ inputs, build }) => {
    const { graph } = await expectLoweringKeepsResults(graphOf(inputs, build), inputs);
    const known = new Set(['FusedMatMul', 'Shape']);
    expect(graph.nodes.filter(({ opType }) => known.has(opType))).toEqual([]);
    expect(graph.results.filter(({ dtype }) => dtype.startsWith('int'))).toEqual([]);
  });

  it('leaves on the device what follows from numbers there, and says what it cannot foresee', () => {
    const searched = lowerForWebGpu(graphOf({ x: normal([3, 4]) }, ({ x }) => [argMax(x!)]));
    expect(searched.graph.nodes.map(({ opType }) => opType)).toEqual(['ArgMax']);

    const graph = graphOf({ x: normal([3, 4], ['n', 4]) }, ({ x }) => {
      const [places] = x!.graph.node('NonZero', [x!], [{ dtype: 'int64', shape: [2, 'found'] }]);
      return [expandTo(x!.graph.scalar(1), places!.shape.slice(1))];
    });
    const { hostInputs } = lowerForWebGpu(graph);
    expect(() => hostInputs({ x: { dims: [3, 4], data: new Float32Array(12) } })).toThrow('NonZero');
  });

  it('cuts a large matrix wherever it is read, for any size of a piece', async () => {
    const [rows, width] = [11, 4];
    const random = randomStream(5, 'matrix');
    const file = join(await mkdtemp(join(tmpdir(), 'attune-large-')), 'matrix');
    await writeFile(
      file,
      Float32Array.from({ length: rows * width }, () => random.normal()),
    );
    const inputs = { x: normal([3, width]), wide: normal([3, rows]), ids: integers([10, 0, 5, 4, 7], [5]) };
    const build = ({ x, wide, ids }: Record<string, Tensor>, graph: Graph): Tensor[] => {
      const bytes = { file, offset: 0, byteLength: rows * width * 4 };
      const matrix = graph.mapped('float32', [rows, width], bytes);
      return [
        gatherRows(matrix, ids!),
        matmul(x!, matrix, { transB: true, alpha: 2 }),
        matmul(wide!, matrix),
      ];
    };
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (largest) => {
        const { graph } = await expectLoweringKeepsResults(graphOf(inputs, build), inputs, largest);
        const held = graph.initializers.flatMap(({ data }) => ('file' in data ? [data.byteLength] : []));
        expect(Math.max(...held)).toBeLessThanOrEqual(Math.max(largest, width * 4));
        expect(held.reduce((sum, bytes) => sum + bytes, 0)).toBe(rows * width * 4);
      }),
      { numRuns: 12, examples: [[16], [48], [175], [176]], seed: 3 },
    );
  });
});

describe.skipIf(noSwiftShader)(`a rewritten graph on the device${swiftShaderNote}`, () => {
  beforeAll(useSwiftShader);

  it.each(rewritings)('gives what the interpreter gives: $name', async ({ inputs, build }) => {
    await expectDeviceAgrees(graphOf(inputs, build), inputs, 1e-5);
  });
});
