import { describe, expect, it } from 'vitest';
import { differentiate } from '../differentiate.js';
import { expectEveryOperator, expectGradients, type Problem } from '../gradient-check.fixture.js';
import type { Tensor } from '../graph.js';
import { Graph } from '../graph.js';
import { type InputSpec, normal, positive } from '../interpreter/random.fixture.js';
import * as operators from './elementwise.js';

const unary = (operator: (x: Tensor) => Tensor, x: InputSpec = normal([3, 4])): Problem[] => [
  { inputs: { x }, build: ({ x }) => operator(x!) },
];

const binary = (operator: (a: Tensor, b: Tensor) => Tensor): Problem[] =>
  [
    [normal([2, 3]), positive([2, 3])],
    [normal([2, 3, 4]), positive([4])],
    [normal([4]), positive([2, 3, 4])],
    [normal([3, 1]), positive([1, 4])],
    [normal([2, 3]), positive([])],
    [normal([1, 3], [1, 'n']), positive([2, 3], ['m', 'n'])],
    [normal([2, 3], ['m', 3]), positive([2, 1], ['m', 1])],
  ].map(([a, b]) => ({ inputs: { a: a!, b: b! }, build: ({ a, b }) => operator(a!, b!) }));

const problems: Record<string, Problem[]> = {
  add: binary(operators.add),
  sub: binary(operators.sub),
  mul: binary(operators.mul),
  div: binary(operators.div),
  neg: unary(operators.neg),
  exp: unary(operators.exp),
  log: unary(operators.log, positive([3, 4])),
  sqrt: unary(operators.sqrt, positive([3, 4])),
  sigmoid: unary(operators.sigmoid),
  silu: unary(operators.silu),
  cast: unary((x) => operators.cast(operators.cast(x, 'float64'), 'float32')),
};

describe('gradients of element-wise operators', () => {
  it.each(Object.keys(problems))('%s', (name) => {
    for (const problem of problems[name]!) expectGradients(problem);
  });

  it('of every operator but the maximum are checked', () => {
    expectEveryOperator(operators, Object.keys(problems), ['maximum']);
  });

  it('do not pass through integers and the maximum', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    expect(() => differentiate([[operators.maximum(x, x), x]], [x])).toThrow('no gradient');
    const back = operators.cast(operators.cast(x, 'int32'), 'float32');
    expect(() => differentiate([[back, x]], [x])).toThrow('no gradient');
  });

  it('refuse shapes that do not broadcast', () => {
    const graph = new Graph();
    const [a, b] = [graph.input('a', 'float32', [2, 3]), graph.input('b', 'float32', ['n', 2])];
    expect(() => operators.add(a, b)).toThrow('do not broadcast');
  });
});
