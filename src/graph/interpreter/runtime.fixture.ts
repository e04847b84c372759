/**
 * The interpreter held against the runtime.
 * @module
 */
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import { createSession } from '../../engine/onnx/session.js';
import type { Graph } from '../graph.js';
import { interpreter } from './interpreter.fixture.js';
import type { InputSpec } from './random.fixture.js';
import { type Value, value } from './value.fixture.js';

function runtimeTensor({ value: { shape, data }, dtype }: InputSpec): ort.Tensor {
  if (dtype === 'int64') return new ort.Tensor('int64', BigInt64Array.from(data, BigInt), shape);
  if (dtype === 'int32') return new ort.Tensor('int32', Int32Array.from(data), shape);
  if (dtype === 'uint8') return new ort.Tensor('uint8', Uint8Array.from(data), shape);
  if (dtype === 'int8') return new ort.Tensor('int8', Int8Array.from(data), shape);
  return new ort.Tensor('float32', Float32Array.from(data), shape);
}

/** Runs `graph` in the runtime. */
export async function runInRuntime(
  graph: Graph,
  inputs: Readonly<Record<string, InputSpec>>,
): Promise<Map<string, Value>> {
  const feeds = Object.entries(inputs).map(([name, spec]) => [name, runtimeTensor(spec)]);
  const session = await createSession(graph, { threads: 1 });
  const results = await session.run(Object.fromEntries(feeds));
  await session.close();
  return new Map(
    Object.entries(results).map(([name, { dims, data }]) => [
      name,
      value(dims, Array.from(data as Float32Array, Number)),
    ]),
  );
}

/**
 * Asserts that the runtime in float32 and the interpreter agree on every output of `graph`.
 *
 * @param tolerance error allowed, relative to an output's largest element
 */
export async function expectRuntimeAgrees(
  graph: Graph,
  inputs: Readonly<Record<string, InputSpec>>,
  tolerance: number,
): Promise<void> {
  const values = Object.entries(inputs).map(([name, spec]) => [name, spec.value]);
  const wanted = interpreter(graph)(Object.fromEntries(values));
  const actual = await runInRuntime(graph, inputs);
  expect(actual.size).toBe(graph.outputs.length);
  for (const [name, { shape, data }] of wanted) {
    const { shape: actualShape, data: actualData } = actual.get(name)!;
    expect(actualShape).toEqual(shape);
    const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    // NaN must not pass as no error.
    const wrong = data.findIndex((x, i) => !(Math.abs(x - actualData[i]!) <= tolerance * largest));
    expect(wrong, `element ${wrong}: ${actualData[wrong]} for ${data[wrong]}`).toBe(-1);
  }
}
