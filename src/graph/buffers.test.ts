import { describe, expect, it } from 'vitest';
import { planBuffers, tensorBytes } from './buffers.js';
import { Graph } from './graph.js';
import { MemoryWalk } from './live-bytes.js';
import { reshape } from './ops/broadcast.js';
import { add, exp, sigmoid } from './ops/elementwise.js';
import { softmax } from './ops/normalization.js';
import { sumAll } from './ops/reduce.js';

const sizeOf = (): number => 1024;
const whole = 4 * 1024 * 64;

/** A graph over x [n, 64], and what its run takes with n = 1024. */
function peakOf(build: (x: ReturnType<Graph['input']>) => ReturnType<Graph['input']>): number {
  const graph = new Graph();
  graph.output(sumAll(build(graph.input('x', 'float32', ['n', 64]))));
  return new MemoryWalk(graph).run(sizeOf).peak;
}

describe('planBuffers', () => {
  it('gives every elementwise result a buffer of its own, beside its input', () => {
    expect(peakOf((x) => exp(exp(x)))).toBe(2 * whole);
  });

  it('takes a buffer again that nobody needs any more, so that a chain holds two', () => {
    expect(peakOf((x) => exp(exp(exp(exp(exp(x))))))).toBe(2 * whole);
  });

  it.each([
    ['a sigmoid', sigmoid],
    ['a softmax', softmax],
    ['another shape', (x: Parameters<typeof exp>[0]) => reshape(x, ['n', 8, 8])],
  ])('lets %s lie where its input lay', (_, operator) => {
    expect(peakOf((x) => operator(exp(x)))).toBe(whole + 4);
  });

  it('does not write over what another node still reads', () => {
    expect(
      peakOf((x) => {
        const y = exp(x);
        return add(sigmoid(y), y);
      }),
    ).toBe(3 * whole);
  });

  it('keeps a value under another shape as long as any of its names is read', () => {
    const graph = new Graph();
    const y = exp(graph.input('x', 'float32', ['n', 64]));
    const view = reshape(y, ['n', 8, 8]);
    const a = exp(view);
    graph.output(sumAll(add(a, view)));
    const { steps } = planBuffers(graph);
    const ends = steps.flatMap(({ node, ends: gone }) => gone.map((buffer) => [node.opType, buffer]));
    expect(ends.slice(0, 2)).toEqual([
      ['Add', 0],
      ['Add', 1],
    ]);
  });

  it('needs nothing for outputs in the buffers of the caller', () => {
    const graph = new Graph();
    const name = graph.output(exp(graph.input('x', 'float32', ['n', 64])));
    expect(new MemoryWalk(graph, { given: new Set([name]) }).run(sizeOf).peak).toBe(0);
    expect(new MemoryWalk(graph).run(sizeOf).peak).toBe(whole);
  });

  it('counts what an operator takes for itself', () => {
    const graph = new Graph();
    graph.output(exp(graph.input('x', 'float32', ['n', 64])));
    const walk = new MemoryWalk(graph, { scratch: ({ opType }) => (opType === 'Exp' ? 1000 : 0) });
    expect(walk.run(sizeOf).peak).toBe(whole + 1000);
  });

  it('knows the bytes of a shape', () => {
    expect(tensorBytes({ dtype: 'int64', shape: ['n', 3] }, sizeOf)).toBe(8 * 1024 * 3);
    expect(tensorBytes({ dtype: 'bfloat16', shape: [] }, sizeOf)).toBe(2);
  });
});

describe('the memory of runs', () => {
  it('grows by a longer batch only by what is not there yet', () => {
    const graph = new Graph();
    graph.output(sumAll(exp(exp(graph.input('x', 'float32', ['n', 64])))));
    const walk = new MemoryWalk(graph);
    const first = walk.run(() => 1024).arena;
    expect(walk.run(() => 1024).arena).toBe(first);
    const second = walk.run(() => 4096).arena;
    expect(second).toBeGreaterThanOrEqual(8 * whole);
    expect(second).toBeLessThanOrEqual(8 * whole + first + 2 ** 16);
  });
});
