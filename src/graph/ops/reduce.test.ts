import { describe, expect, it } from 'vitest';
import { differentiate } from '../differentiate.js';
import { expectEveryOperator, expectGradients, type Problem } from '../gradient-check.fixture.js';
import { Graph } from '../graph.js';
import { normal } from '../interpreter/random.fixture.js';
import * as operators from './reduce.js';

const x = normal([2, 3, 4], ['a', 'b', 4]);

const problems: Record<string, Problem[]> = {
  sum: [[-1], [0], [0, 2], [0, 1, 2]].map((axes) => ({
    inputs: { x },
    build: ({ x }) => operators.sum(x!, ...axes),
  })),
  meanLast: [{ inputs: { x }, build: ({ x }) => operators.meanLast(x!) }],
  sumAll: [
    { inputs: { x }, build: ({ x }) => operators.sumAll(x!) },
    { inputs: { x: normal([3]) }, build: ({ x }) => operators.sumAll(x!) },
  ],
  sumTo: [[4], ['b', 4], ['a', 1, 4], [1, 1, 1], [1, 4], [], ['a', 'b', 4]].map((shape) => ({
    inputs: { x },
    build: ({ x }) => operators.sumTo(x!, shape),
  })),
};

describe('gradients of reductions', () => {
  it.each(Object.keys(problems))('%s', (name) => {
    for (const problem of problems[name]!) expectGradients(problem);
  });

  it('of every operator but the maximum are checked', () => {
    expectEveryOperator(operators, Object.keys(problems), ['max']);
    const graph = new Graph();
    const input = graph.input('x', 'float32', [2, 3]);
    expect(() => differentiate([[operators.max(input, -1), input]], [input])).toThrow('no gradient');
  });

  it('need a fixed size for the mean', () => {
    const input = new Graph().input('x', 'float32', [2, 'n']);
    expect(() => operators.meanLast(input)).toThrow('no fixed size');
  });
});
