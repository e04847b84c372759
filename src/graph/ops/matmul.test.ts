import { describe, expect, it } from 'vitest';
import { differentiate } from '../differentiate.js';
import { expectEveryOperator, expectGradients, type Problem } from '../gradient-check.fixture.js';
import { Graph } from '../graph.js';
import { normal } from '../interpreter/random.fixture.js';
import { liveNodes } from '../schedule.js';
import * as operators from './matmul.js';

const batches: [number[], string[]][] = [
  [[], []],
  [[2], ['batch']],
  [
    [2, 3],
    ['batch', 'heads'],
  ],
];
const kinds = [false, true].flatMap((transA) =>
  [false, true].flatMap((transB) => [1, -0.625].map((alpha) => ({ transA, transB, alpha }))),
);

describe('gradients of matrix products', () => {
  it.each(kinds)('transA $transA, transB $transB, alpha $alpha', ({ transA, transB, alpha }) => {
    for (const [batch, names] of batches) {
      const a = transA
        ? normal([...batch, 4, 3], [...names, 4, 'm'])
        : normal([...batch, 3, 4], [...names, 'm', 4]);
      const b = transB
        ? normal([...batch, 2, 4], [...names, 2, 4])
        : normal([...batch, 4, 2], [...names, 4, 2]);
      const problem: Problem = {
        inputs: { a, b },
        build: ({ a, b }) => operators.matmul(a!, b!, { transA, transB, alpha }),
      };
      expectGradients(problem);
    }
  });

  it('of every operator are checked', () => {
    expectEveryOperator(operators, ['matmul'], ['matmulShared']);
  });

  it('of an operand that needs none cost no product', () => {
    const graph = new Graph();
    const [a, b] = [graph.input('a', 'float32', [2, 3]), graph.input('b', 'float32', [3, 4])];
    const [dy] = [graph.input('dy', 'float32', [2, 4])];
    const [da] = differentiate([[operators.matmul(a, b), dy]], [a]);
    graph.output(da!);
    expect(liveNodes(graph)).toHaveLength(1);
    expect(graph.nodes).toHaveLength(2);
  });

  it('refuse shapes that do not fit', () => {
    const graph = new Graph();
    const input = (...shape: number[]) => graph.input(`${shape}`, 'float32', shape);
    expect(() => operators.matmul(input(2, 3), input(2, 3))).toThrow('does not fit');
    expect(() => operators.matmul(input(2, 2, 3), input(3, 4))).toThrow('does not fit');
  });
});
