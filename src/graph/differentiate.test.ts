import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { checkpoint, differentiate, withGradient } from './differentiate.js';
import { expectGradients } from './gradient-check.fixture.js';
import type { Tensor } from './graph.js';
import { Graph } from './graph.js';
import { interpreter } from './interpreter/interpreter.fixture.js';
import { type InputSpec, normal } from './interpreter/random.fixture.js';
import { value } from './interpreter/value.fixture.js';
import { add, exp, mul, sigmoid, silu } from './ops/elementwise.js';
import { matmul } from './ops/matmul.js';
import { rmsNorm } from './ops/normalization.js';
import { sumAll } from './ops/reduce.js';
import { split } from './ops/shape.js';
import { liveNodes } from './schedule.js';

/** A block with a residual path: what checkpointing is for. */
const block = (x: Tensor, w: Tensor, g: Tensor): Tensor =>
  add(x, matmul(silu(matmul(rmsNorm(x, g, 1e-5), w)), w, { transB: true }));

const inputs = () => ({ x: normal([3, 4], ['n', 4]), w: normal([4, 6]), g: normal([4]) });

describe('differentiate', () => {
  it('adds up the gradients of a value that is used more than once', () => {
    expectGradients({
      inputs: { x: normal([2, 3]), y: normal([3]) },
      build: ({ x, y }) => add(mul(exp(x), x), mul(mul(x, y), add(y, x))),
    });
  });

  it('follows several outputs at once, one of them inside of another', () => {
    expectGradients({
      inputs: { x: normal([2, 6]) },
      build: ({ x }) => {
        const inner = sigmoid(x);
        const [left, right] = split(mul(inner, x), 1, [2, 4]);
        return [inner, mul(left!, left!), sumAll(right!)];
      },
    });
  });

  it('gives a target that another target depends on its whole gradient', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const inner = mul(x, x);
    const seed = graph.input('seed', 'float32', [2]);
    const gradients = differentiate([[mul(inner, x), seed]], [x, inner]);
    for (const gradient of gradients) graph.output(gradient!);
    const [dx, dInner] = interpreter(graph)({ x: value([2], [2, 3]), seed: value([2], [1, 10]) }).values();
    expect([...dx!.data]).toEqual([12, 270]);
    expect([...dInner!.data]).toEqual([2, 30]);
  });

  it('gives nothing where no path leads, and builds nothing for it', () => {
    const graph = new Graph();
    const [x, y, apart] = ['x', 'y', 'apart'].map((name) => graph.input(name, 'float32', [2]));
    const product = mul(x!, y!);
    const before = graph.nodes.length;
    const [none] = differentiate([[product, x!]], [apart!]);
    expect(none).toBeUndefined();
    expect(graph.nodes).toHaveLength(before);
    const [dx, alsoNone] = differentiate([[product, x!]], [x!, apart!]);
    expect([dx === undefined, alsoNone]).toEqual([false, undefined]);
    expect(graph.nodes.slice(before).map((node) => node.opType)).toEqual(['Mul']);
  });
});

describe('withGradient', () => {
  it('uses its own rule, of which a wrong one is found', () => {
    const square = (factor: number) => (x: Tensor) =>
      withGradient(
        [x],
        () => [mul(x, x)],
        ([dy]) => [mul(mul(dy!, x), x.graph.scalar(factor))],
      );
    const given = { x: normal([3]) };
    expectGradients({ inputs: given, build: ({ x }) => square(2)(x) });
    expect(() => expectGradients({ inputs: given, build: ({ x }) => square(2.00001)(x) })).toThrow('d/dx[0]');
  });
});

describe('checkpoint', () => {
  it('has the gradients of what it wraps', () => {
    const build = ({ x, w, g }: Record<'x' | 'w' | 'g', Tensor>) => {
      const [first] = checkpoint([x, w, g], (...again) => [block(again[0]!, again[1]!, again[2]!)]);
      return checkpoint([first!, w, g], (...again) => [block(again[0]!, again[1]!, again[2]!)]);
    };
    const given: Record<'x' | 'w' | 'g', InputSpec> = inputs();
    expectGradients({ inputs: given, build });
    expectGradients({ inputs: given, build, by: ['x'] });
    expectGradients({ inputs: given, build, by: ['w', 'g'] });
  });

  it('can be nested, and wrap several outputs of which one is not used', () => {
    expectGradients({
      inputs: inputs(),
      build: ({ x, w, g }) => {
        const [once, , twice] = checkpoint([x, w, g], (x, w, g) => {
          const inner = checkpoint([x!, w!, g!], (x, w, g) => [block(x!, w!, g!)])[0]!;
          return [inner, exp(inner), mul(inner, inner)];
        });
        return [once!, twice!];
      },
    });
  });

  it('keeps nothing of the first pass for the second: the gradient reads inputs and what was computed again', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [3, 4]);
    const w = graph.input('w', 'float32', [4, 6]);
    const g = graph.input('g', 'float32', [4]);
    const [y] = checkpoint([x, w, g], (x, w, g) => [block(x!, w!, g!)]);
    const forward = new Set(graph.nodes.flatMap((node) => node.outputs));
    const seed = graph.input('seed', 'float32', [3, 4]);
    for (const gradient of differentiate([[y!, seed]], [x, w, g])) graph.output(gradient!);
    expect(liveNodes(graph).filter((node) => node.outputs.some((name) => forward.has(name)))).toEqual([]);
  });
});

describe('operators', () => {
  it('stand beside their tests', async () => {
    const files = await readdir(new URL('ops', import.meta.url));
    const sources = files.filter((file) => !file.endsWith('.test.ts'));
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) expect(files).toContain(source.replace('.ts', '.test.ts'));
  });
});
