/**
 * Rewritten graphs held against the graphs that they were made from.
 * @module
 */
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import { createWebGpuSession } from '../../engine/onnx/webgpu/session.js';
import type { Graph } from '../graph.js';
import { interpreter } from '../interpreter/interpreter.fixture.js';
import type { InputSpec } from '../interpreter/random.fixture.js';
import { expectRuntimeAgrees } from '../interpreter/runtime.fixture.js';
import { value } from '../interpreter/value.fixture.js';
import { type Lowered, lowerForWebGpu } from './lower.js';

type Inputs = Readonly<Record<string, InputSpec>>;

/** The inputs with those that the host computes from them. */
function withHostInputs(lowered: Lowered, inputs: Inputs): Record<string, InputSpec> {
  const given = Object.entries(inputs).map(([name, { value: at, dtype }]) => {
    const data = dtype === 'int64' ? BigInt64Array.from(at.data, BigInt) : at.data;
    return [name, { dims: at.shape, data }] as const;
  });
  const host = lowered.hostInputs(Object.fromEntries(given)).map(({ name, dtype, dims, data }) => {
    return [name, { value: value(dims, Float64Array.from(data, Number)), dtype, dims }] as const;
  });
  return { ...inputs, ...Object.fromEntries(host) };
}

/**
 * Asserts that rewriting `graph` leaves its results as they are: in the interpreter to the digits of float32, in which constants are
 * held, and in the runtime's CPU provider as well as that can. Returns what was rewritten.
 *
 * @param largest as {@link lowerForWebGpu} has it
 */
export async function expectLoweringKeepsResults(
  graph: Graph,
  inputs: Inputs,
  largest?: number,
): Promise<Lowered> {
  const lowered = lowerForWebGpu(graph, largest);
  const values = (specs: Inputs) =>
    Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.value]));
  const wanted = interpreter(graph)(values(inputs));
  const all = withHostInputs(lowered, inputs);
  const actual = interpreter(lowered.graph)(values(all));
  expect(lowered.outputs.size).toBe(graph.outputs.length);
  for (const [name, { shape, data }] of wanted) {
    const found = actual.get(lowered.outputs.get(name)!)!;
    expect(found.shape).toEqual(shape);
    const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const wrong = data.findIndex((x, i) => !(Math.abs(x - found.data[i]!) <= 1e-7 * scale));
    expect(wrong, `element ${wrong}: ${found.data[wrong]} for ${data[wrong]}`).toBe(-1);
  }
  const known = new Set(lowered.graph.inputs.map(({ name }) => name));
  const read = Object.entries(all).filter(([name]) => known.has(name));
  await expectRuntimeAgrees(lowered.graph, Object.fromEntries(read), 1e-4);
  return lowered;
}

/** Asserts that the device gives what the interpreter gives for `graph`, to `tolerance` of an output's largest element. */
export async function expectDeviceAgrees(graph: Graph, inputs: Inputs, tolerance: number): Promise<void> {
  const values = Object.entries(inputs).map(([name, spec]) => [name, spec.value] as const);
  const wanted = interpreter(graph)(Object.fromEntries(values));
  const feeds = Object.entries(inputs).map(([name, { value: at, dtype }]) => [
    name,
    dtype === 'int64'
      ? new ort.Tensor('int64', BigInt64Array.from(at.data, BigInt), at.shape)
      : new ort.Tensor('float32', Float32Array.from(at.data), at.shape),
  ]);
  const session = await createWebGpuSession(graph);
  const results = await session.run(Object.fromEntries(feeds));
  await session.close();
  for (const [name, { shape, data }] of wanted) {
    expect(results[name]!.dims).toEqual(shape);
    const found = results[name]!.data as Float32Array;
    const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const wrong = data.findIndex((x, i) => !(Math.abs(x - found[i]!) <= tolerance * scale));
    expect(wrong, `element ${wrong}: ${found[wrong]} for ${data[wrong]}`).toBe(-1);
  }
}
