import { describe, expect, it } from 'vitest';
import { differentiate } from '../differentiate.js';
import { expectEveryOperator, expectGradients, type Problem } from '../gradient-check.fixture.js';
import { Graph } from '../graph.js';
import { interpreter } from '../interpreter/interpreter.fixture.js';
import { normal } from '../interpreter/random.fixture.js';
import { value } from '../interpreter/value.fixture.js';
import { add, mul } from './elementwise.js';
import * as operators from './shape.js';

const x = normal([4, 6], ['n', 6]);

const problems: Record<string, Problem[]> = {
  transpose: [
    [0, 2, 1],
    [2, 0, 1],
    [1, 2, 0],
  ].map((order) => ({
    inputs: { x: normal([2, 3, 4], ['a', 'b', 'c']) },
    build: ({ x }) => operators.transpose(x!, order),
  })),
  slice: [
    [0, 1, 3],
    [0, 3, 9],
    [0, 0, 4],
    [0, 4, 9],
    [0, 7, 9],
    [-1, 2, 6],
  ].flatMap(([axis, start, end]) => [
    {
      inputs: { x },
      build: ({ x }) => operators.slice(x!, axis!, start!, end!, axis === 0 ? 'part' : undefined),
    },
    { inputs: { x: normal([4, 6]) }, build: ({ x }) => operators.slice(x!, axis!, start!, end!) },
  ]),
  padTo: [
    [0, 1],
    [0, 0],
    [1, 3],
  ].map(([axis, before]) => ({
    inputs: { x: normal([2, 3]), like: normal(axis === 0 ? [4, 3] : [2, 7]) },
    build: ({ x, like }) => operators.padTo(x!, axis!, before!, like!),
    by: ['x'],
  })),
  concat: [0, -1].map((axis) => ({
    inputs: { a: normal([2, 3]), b: normal(axis === 0 ? [4, 3] : [2, 1]), c: normal([2, 3]) },
    build: ({ a, b, c }) => operators.concat([a!, b!, c!, a!], axis),
  })),
  split: [
    { inputs: { x }, build: ({ x }) => operators.split(x!, 1, [1, 2, 3]) },
    { inputs: { x }, build: ({ x }) => operators.split(x!, -1, [4, 2])[1]! },
    { inputs: { x }, build: ({ x }) => mulParts(x!) },
  ],
};

function mulParts(x: Parameters<typeof operators.split>[0]) {
  const [left, right] = operators.split(x, 1, [3, 3]);
  return mul(left!, right!);
}

describe('gradients of movements', () => {
  it.each(Object.keys(problems))('%s', (name) => {
    for (const problem of problems[name]!) expectGradients(problem);
  });

  it('of every operator but the slice of unknown place are checked', () => {
    expectEveryOperator(operators, Object.keys(problems), ['sliceBetween']);
    const graph = new Graph();
    const input = graph.input('x', 'float32', [2]);
    const part = operators.sliceBetween(input, 0, graph.integers(0), graph.integers(2), 2);
    expect(() => differentiate([[part, input]], [input])).toThrow('no gradient');
  });
});

describe('slice', () => {
  it('states the size that is left of a fixed axis', () => {
    const input = new Graph().input('x', 'float32', [5]);
    const sizes = [
      [1, 3],
      [3, 9],
      [7, 9],
    ].map(([start, end]) => operators.slice(input, 0, start!, end!).shape[0]);
    expect(sizes).toEqual([2, 2, 0]);
  });
});

describe('padTo', () => {
  it('puts a slice back where it was cut, whatever is left of it', () => {
    const graph = new Graph();
    const input = graph.input('x', 'float32', ['n']);
    const parts = [0, 2, 4, 6].map((start) =>
      operators.padTo(operators.slice(input, 0, start, start + 2, `part${start}`), 0, start, input),
    );
    graph.output(parts.reduce(add));
    const [sum] = interpreter(graph)({ x: value([5], [1, 2, 3, 4, 5]) }).values();
    expect([...sum!.data]).toEqual([1, 2, 3, 4, 5]);
  });
});
