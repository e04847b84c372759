import { describe, expect, it } from 'vitest';
import { expectEveryOperator, expectGradients, type Problem } from '../gradient-check.fixture.js';
import { Graph } from '../graph.js';
import { normal } from '../interpreter/random.fixture.js';
import * as operators from './broadcast.js';

const rows = normal([4, 6], ['n', 6]);
const cube = normal([2, 3, 4], ['a', 'b', 4]);

const problems: Record<string, Problem[]> = {
  reshape: [
    { inputs: { x: normal([4, 6]) }, build: ({ x }) => operators.reshape(x!, [2, 12]) },
    { inputs: { x: rows }, build: ({ x }) => operators.reshape(x!, ['n', 2, 3]) },
    {
      inputs: { x: normal([2, 3, 4], ['a', 'b', 4]), like: normal([6], ['doubled']) },
      build: ({ x }) => operators.reshape(x!, ['a', 'doubled', 2]),
      by: ['x'],
    },
    {
      // Two sizes merge into one: only the run tells them apart on the way back.
      inputs: { x: normal([2, 3, 4], ['a', 'b', 4]) },
      build: ({ x }) => operators.reshape(x!, ['merged', 4]),
    },
    {
      inputs: { x: normal([6, 4], ['tokens', 4]), like: normal([2, 3], ['a', 'b']) },
      build: ({ x }) => operators.reshape(x!, ['a', 'b', 2, 2]),
      by: ['x'],
    },
  ],
  expandTo: [
    { from: [3, 1], dims: ['n', 1], to: ['n', 5] },
    { from: [4], dims: [4], to: [2, 'n', 4] },
    { from: [], dims: [], to: [2, 'n'] },
    { from: [1, 1], dims: [1, 1], to: [1, 2] },
  ].map(({ from, dims, to }) => ({
    inputs: { x: normal(from, dims), like: normal([3], ['n']) },
    build: ({ x }) => operators.expandTo(x!, to),
    by: ['x'],
  })),
  sum: [[-1], [0], [0, 2], [0, 1, 2]].map((axes) => ({
    inputs: { x: cube },
    build: ({ x }) => operators.sum(x!, ...axes),
  })),
  sumTo: [[4], ['b', 4], ['a', 1, 4], [1, 1, 1], [1, 4], [], ['a', 'b', 4]].map((shape) => ({
    inputs: { x: cube },
    build: ({ x }) => operators.sumTo(x!, shape),
  })),
};

describe('gradients of broadcasting', () => {
  it.each(Object.keys(problems))('%s', (name) => {
    for (const problem of problems[name]!) expectGradients(problem);
  });

  it('of every operator are checked', () => expectEveryOperator(operators, Object.keys(problems)));
});

describe('reshape', () => {
  it('names the size that nothing in the graph has', () => {
    const input = new Graph().input('x', 'float32', ['tokens', 4]);
    expect(() => operators.reshape(input, ['a', 'b', 4])).toThrow('nothing in the graph has the size a');
  });
});
