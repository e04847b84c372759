import { beforeAll, describe, expect, it } from 'vitest';
import { int8Levels, quantizeInt8, transposeCodes } from '../../../adapter/int8.js';
import type { Int8Weight } from '../../../adapter/quantized-weights.js';
import { differentiate } from '../../../graph/differentiate.js';
import { Graph, type Tensor } from '../../../graph/graph.js';
import { type InputSpec, normal } from '../../../graph/interpreter/random.fixture.js';
import { expectRuntimeAgrees, runInRuntime } from '../../../graph/interpreter/runtime.fixture.js';
import { value } from '../../../graph/interpreter/value.fixture.js';
import { liveNodes } from '../../../graph/schedule.js';
import { readSafetensors } from '../../../model/safetensors.js';
import { int8Base } from '../int8-base.fixture.js';
import { tinyBase } from '../tiny-training.fixture.js';
import { int8Products } from './int8.js';

const GATE = 'model.layers.0.mlp.gate_proj';
const UP = 'model.layers.0.mlp.up_proj';
const DOWN = 'model.layers.0.mlp.down_proj';
const shapes = { [GATE]: [24, 16], [UP]: [24, 16], [DOWN]: [16, 24] } as Record<string, [number, number]>;
let weights: ReadonlyMap<string, Int8Weight>;
let matrices: Map<string, Float32Array>;

beforeAll(async () => {
  const tiny = await tinyBase();
  const { tensors } = await readSafetensors(`${tiny.directory}/model.safetensors`);
  matrices = new Map(
    [GATE, UP, DOWN].map((name) => [name, tensors.get(`${name}.weight`)!.data as Float32Array]),
  );
  weights = (await int8Base(tiny)).int8!;
});

const layers = (...names: string[]): [string, Int8Weight][] =>
  names.map((name) => [name, weights.get(`${name}.weight`)!]);

/** y = x·Wᵀ of each layer, and dx, in the runtime; `change` may edit the graph. */
async function run(names: string[], x: InputSpec, dys: InputSpec[], change?: (graph: Graph) => void) {
  const graph = new Graph();
  const inputs: Record<string, InputSpec> = { x };
  const input = graph.input('x', 'float32', ['tokens', x.dims[1]!]);
  const ys = int8Products(input, layers(...names));
  const seeds = ys.map((y, i): [Tensor, Tensor] => {
    inputs[`dy${i}`] = dys[i]!;
    return [y, graph.input(`dy${i}`, 'float32', ['tokens', dys[i]!.dims[1]!])];
  });
  const [dx] = differentiate(seeds, [input]);
  const wanted = [...ys, dx!].map((tensor) => graph.output(tensor));
  const levels = graph.output(graph.derived('code levels as float32', () => expect.fail('made by then')));
  change?.(graph);
  const results = await runInRuntime(graph, inputs);
  const [products, gradient] = [wanted.slice(0, -1), wanted.at(-1)!];
  return {
    graph,
    inputs,
    ys: products.map((name) => Float32Array.from(results.get(name)!.data)),
    dx: Float32Array.from(results.get(gradient)!.data),
    levels: results.get(levels)!.data[0]!,
  };
}

/** The same in plain code: rows quantized by their largest magnitude, products of whole numbers, float32 scales. */
function multiply(rows: Float64Array, codes: Int8Array, scales: Float32Array, levels: number): Float32Array {
  const columns = scales.length;
  const width = codes.length / columns;
  const out = new Float32Array((rows.length / width) * columns);
  for (let row = 0; row * width < rows.length; row++) {
    const own = rows.subarray(row * width, (row + 1) * width);
    const largest = Math.max(2 ** -100, ...own.map(Math.abs));
    const scale = Math.fround(largest / levels);
    const whole = own.map((element) => {
      const scaled = Math.fround(element / scale);
      const nearest = Math.round(scaled);
      return Math.abs(scaled % 1) === 0.5 ? 2 * Math.round(scaled / 2) : nearest;
    });
    for (let column = 0; column < columns; column++) {
      const sum = whole.reduce((total, code, i) => total + code * codes[i * columns + column]!, 0);
      out[row * columns + column] = Math.fround(sum * scales[column]!) * scale;
    }
  }
  return out;
}

const dense = (
  rows: Float64Array,
  width: number,
  at: (inner: number, column: number) => number,
  columns: number,
) =>
  Float32Array.from({ length: (rows.length / width) * columns }, (_, i) => {
    const own = rows.subarray(Math.floor(i / columns) * width);
    let sum = 0;
    for (let inner = 0; inner < width; inner++) sum += own[inner]! * at(inner, i % columns);
    return sum;
  });

const relativeError = (actual: Float32Array, wanted: Float32Array): number =>
  Math.hypot(...actual.map((x, i) => x - wanted[i]!)) / Math.hypot(...wanted);

const forwardCodes = (name: string) => {
  const { codes, scales } = quantizeInt8(matrices.get(name)!, shapes[name]!, 'row');
  return { codes: transposeCodes(codes, shapes[name]!), scales };
};

describe('layers multiplied in 8 bits', () => {
  const x = normal([7, 16]);
  const dys = [normal([7, 24]), normal([7, 24])];

  it('are, bit for bit, the products of whole numbers that plain code computes', async () => {
    const { ys, dx, levels } = await run([GATE, UP], x, dys);
    expect([63, 127]).toContain(levels);
    for (const [i, name] of [GATE, UP].entries()) {
      const { codes, scales } = forwardCodes(name);
      expect(ys[i]).toEqual(multiply(x.value.data, codes, scales, levels));
    }
    const parts = [GATE, UP].map((name, i) => {
      const { codes, scales } = quantizeInt8(matrices.get(name)!, shapes[name]!, 'column');
      return multiply(dys[i]!.value.data, codes, scales, levels);
    });
    expect(dx).toEqual(parts[0]!.map((part, i) => part + parts[1]![i]!));
  });

  it('are near those of float32', async () => {
    const { ys, dx, levels } = await run([GATE], x, dys);
    const bound = (2 * 0.75) / levels;
    const matrix = matrices.get(GATE)!;
    const y = dense(x.value.data, 16, (inner, column) => matrix[column * 16 + inner]!, 24);
    expect(relativeError(ys[0]!, y)).toBeLessThan(bound);
    expect(relativeError(ys[0]!, y)).toBeGreaterThan(1e-4);
    const wanted = dense(dys[0]!.value.data, 24, (inner, column) => matrix[inner * 16 + column]!, 16);
    expect(relativeError(dx, wanted)).toBeLessThan(bound);
  });

  it('mean in the interpreter what they mean in the runtime', async () => {
    const { graph, inputs } = await run([GATE, UP], x, dys);
    await expectRuntimeAgrees(graph, inputs, 2e-6);
  });

  it('keep rows of zeros, and give each row what it would get alone', async () => {
    const mixed = normal([4, 16]);
    mixed.value.data.fill(0, 16, 32);
    for (let i = 32; i < 48; i++) mixed.value.data[i]! *= 1000;
    for (let i = 48; i < 64; i++) mixed.value.data[i]! *= 1e-9;
    const gradients = normal([4, 24]);
    gradients.value.data.fill(0, 24, 48);
    const together = await run([GATE], mixed, [gradients]);
    expect([...together.ys[0]!.subarray(24, 48), ...together.dx.subarray(16, 32)].every((y) => y === 0)).toBe(
      true,
    );
    for (let row = 0; row < 4; row++) {
      const one = (spec: InputSpec, width: number): InputSpec => ({
        ...spec,
        value: value([1, width], spec.value.data.subarray(row * width, (row + 1) * width)),
      });
      const alone = await run([GATE], one(mixed, 16), [one(gradients, 24)]);
      expect(alone.ys[0]).toEqual(together.ys[0]!.subarray(row * 24, (row + 1) * 24));
      expect(alone.dx).toEqual(together.dx.subarray(row * 16, (row + 1) * 16));
    }
  });

  it('use fewer levels on a processor that would cut sums of two products off', async () => {
    const { ys, levels } = await run([GATE], x, dys, (graph) => {
      // What such a processor computes for the largest numbers is not what is expected.
      const exact = graph.initializers.find(
        ({ data }) => !('file' in data) && data[0] === 64 * 255 * int8Levels,
      );
      exact!.data = Int32Array.of(64 * 255 * int8Levels + 1);
    });
    expect(levels).toBe(63);
    const { codes, scales } = forwardCodes(GATE);
    expect(ys[0]).toEqual(multiply(x.value.data, codes, scales, 63));
  });

  it('quantize a shared input once', () => {
    const graph = new Graph();
    const ys = int8Products(graph.input('x', 'float32', ['tokens', 16]), layers(GATE, UP));
    for (const y of ys) graph.output(y);
    const count = (opType: string): number =>
      liveNodes(graph).filter((node) => node.opType === opType).length;
    expect([count('QuantizeLinear'), count('MatMulIntegerToFloat')]).toEqual([1, 2]);
  });
});

describe('down_proj', () => {
  it('has its input in float32, and its gradient in 8 bits', async () => {
    const x = normal([5, 24]);
    // An outlier that would leave the rest of its row a few levels.
    x.value.data[3] = 4000;
    const dy = normal([5, 16]);
    const { ys, dx, levels } = await run([DOWN], x, [dy]);
    const { codes, scales } = forwardCodes(DOWN);
    const y = dense(x.value.data, 24, (inner, column) => codes[inner * 16 + column]! * scales[column]!, 16);
    expect(relativeError(ys[0]!, y)).toBeLessThan(1e-6);
    const gradient = quantizeInt8(matrices.get(DOWN)!, shapes[DOWN]!, 'column');
    expect(dx).toEqual(multiply(dy.value.data, gradient.codes, gradient.scales, levels));
  });
});
