/**
 * Gradients against central differences, in float64 by the reference interpreter.
 * @module
 */
import { expect } from 'vitest';
import { randomStream } from '../random.js';
import { differentiate } from './differentiate.js';
import type { Tensor } from './graph.js';
import { Graph } from './graph.js';
import { interpreter } from './interpreter/interpreter.fixture.js';
import type { InputSpec } from './interpreter/random.fixture.js';
import { type Value, value } from './interpreter/value.fixture.js';

/** Relative error that is allowed, and the part of a gradient's largest element below which it is absolute. */
const TOLERANCE = 1e-6;
const FLOOR = 0.02;
const STEP = 1e-5;

/** What is differentiated. */
export interface Problem<Name extends string = string> {
  inputs: Record<Name, InputSpec>;
  build: (inputs: Record<Name, Tensor>) => Tensor | Tensor[];
  /** Inputs to differentiate by. Default: all that are floating-point. */
  by?: readonly NoInfer<Name>[];
  /** Elements of each input that are checked one by one. Default: all. */
  samples?: number;
}

/** A problem as two graphs, forward alone and with gradients, and the values that go in. */
function prepare({ inputs, build, by }: Problem) {
  const targets = by ?? Object.keys(inputs).filter((name) => inputs[name]!.dtype === 'float32');
  const declare = (graph: Graph): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, { dtype, dims }]) => [name, graph.input(name, dtype, dims)]),
    );
  const feeds = Object.fromEntries(Object.entries(inputs).map(([name, spec]) => [name, spec.value]));

  const forward = new Graph();
  for (const tensor of [build(declare(forward))].flat()) forward.output(tensor);
  const run = interpreter(forward);

  const random = randomStream(5, 'upstream');
  const graph = new Graph();
  const tensors = declare(graph);
  const outputs = [build(tensors)].flat();
  const seeds = [...run(feeds).values()].map(({ shape, data }) =>
    value(
      shape,
      data.map(() => random.normal()),
    ),
  );
  const upstream = outputs.map(({ dtype, shape }, i) => graph.input(`upstream${i}`, dtype, shape));
  const gradients = differentiate(
    outputs.map((tensor, i) => [tensor, upstream[i]!] as const),
    targets.map((name) => tensors[name]!),
  );
  for (const tensor of gradients) if (tensor) graph.output(tensor);
  return { targets, feeds, run, seeds, graph, gradients };
}

/** Σ ⟨upstream, outputs(x + h·direction) - outputs(x - h·direction)⟩ / 2h. */
function slope(
  { run, feeds, seeds }: ReturnType<typeof prepare>,
  name: string,
  direction: (i: number) => number,
): number {
  const moved = (h: number): Value[] => {
    const { shape, data } = feeds[name]!;
    const at = value(
      shape,
      data.map((x, i) => x + h * direction(i)),
    );
    return [...run({ ...feeds, [name]: at }).values()];
  };
  const [above, below] = [moved(STEP), moved(-STEP)];
  let sum = 0;
  seeds.forEach(({ data }, o) => {
    data.forEach((seed, i) => {
      sum += seed * (above[o]!.data[i]! - below[o]!.data[i]!);
    });
  });
  return sum / (2 * STEP);
}

/**
 * Asserts that every gradient of `problem` is that of central differences, under a random upstream gradient: each
 * element alone (or a sample of them), and all of them at once along a random direction.
 */
export function expectGradients<Name extends string>(given: Problem<Name>): void {
  const problem = given as unknown as Problem;
  const prepared = prepare(problem);
  const { targets, feeds, seeds, graph, gradients } = prepared;
  const upstream = Object.fromEntries(seeds.map((seed, i) => [`upstream${i}`, seed]));
  const computed = interpreter(graph)({ ...feeds, ...upstream });
  const random = randomStream(6, 'directions');
  targets.forEach((name, t) => {
    const { shape, data } = feeds[name]!;
    expect(gradients[t], `${name} has a gradient`).toBeDefined();
    const gradient = computed.get(gradients[t]!.name)!;
    expect(gradient.shape, `gradient of ${name}`).toEqual(shape);
    const largest = gradient.data.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    const compare = (what: string, actual: number, wanted: number, scale: number): void => {
      const error = Math.abs(actual - wanted) / (Math.max(Math.abs(wanted), FLOOR * scale) || 1);
      expect(error, `${what}: ${actual} for ${wanted}`).toBeLessThan(TOLERANCE);
    };
    const every = Array.from(data, (_, i) => i);
    const elements = problem.samples ? random.shuffle(every).slice(0, problem.samples) : every;
    for (const e of elements) {
      const wanted = slope(prepared, name, (i) => (i === e ? 1 : 0));
      compare(`d/d${name}[${e}]`, gradient.data[e]!, wanted, largest);
    }
    const direction = Float64Array.from(data, () => random.normal());
    const along = gradient.data.reduce((sum, g, i) => sum + g * direction[i]!, 0);
    const norm = Math.hypot(...gradient.data);
    compare(
      `along a direction of ${name}`,
      along,
      slope(prepared, name, (i) => direction[i]!),
      norm,
    );
  });
}

/** What a file of operators exports by name. */
type Operators = Record<string, unknown>;

/**
 * Asserts that `checked` names every operator that a module exports, so that a new one is not forgotten.
 *
 * @param without operators that have no gradient
 */
export function expectEveryOperator(
  module: Operators,
  checked: readonly string[],
  without: readonly string[] = [],
) {
  const exported = Object.keys(module).filter((name) => typeof module[name] === 'function');
  expect([...new Set([...checked, ...without])].sort()).toEqual(exported.sort());
}
