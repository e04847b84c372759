import { describe, expect, it } from 'vitest';
import { differentiate } from '../differentiate.js';
import { expectEveryOperator, expectGradients, type Problem } from '../gradient-check.fixture.js';
import { Graph } from '../graph.js';
import { normal } from '../interpreter/random.fixture.js';
import * as operators from './reduce.js';

const x = normal([2, 3, 4], ['a', 'b', 4]);

const problems: Record<string, Problem[]> = {
  meanLast: [{ inputs: { x }, build: ({ x }) => operators.meanLast(x!) }],
  sumAll: [
    { inputs: { x }, build: ({ x }) => operators.sumAll(x!) },
    { inputs: { x: normal([3]) }, build: ({ x }) => operators.sumAll(x!) },
  ],
};

describe('gradients of reductions', () => {
  it.each(Object.keys(problems))('%s', (name) => {
    for (const problem of problems[name]!) expectGradients(problem);
  });

  it('of every operator but maximum and minimum are checked', () => {
    expectEveryOperator(operators, Object.keys(problems), ['maxLast', 'minLast']);
    const graph = new Graph();
    const input = graph.input('x', 'float32', [2, 3]);
    for (const operator of [operators.maxLast, operators.minLast])
      expect(() => differentiate([[operator(input), input]], [input])).toThrow('no gradient');
  });

  it('need a fixed size for the mean', () => {
    const input = new Graph().input('x', 'float32', [2, 'n']);
    expect(() => operators.meanLast(input)).toThrow('no fixed size');
  });
});
