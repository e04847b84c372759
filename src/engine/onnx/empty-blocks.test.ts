import * as ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { differentiate } from '../../graph/differentiate.js';
import { Graph } from '../../graph/graph.js';
import { sumAll } from '../../graph/ops/reduce.js';
import { randomStream } from '../../random.js';
import { attention, maskBlocks } from './attention.js';
import { createSession, type Values } from './session.js';

const SEQUENCE = 64;
const WIDTH = 8;

/** Gradients of the runtime itself for one causal sequence, in a graph made for sequences up to `longest`. */
async function gradients(longest: number): Promise<Float32Array[]> {
  const graph = new Graph();
  const heads = (name: string, count: number) =>
    graph.input(name, 'float32', ['batch', count, 'sequence', WIDTH]);
  const [q, k, v] = [heads('q', 4), heads('k', 2), heads('v', 2)];
  const mask = graph.input('mask', 'float32', ['batch', 1, 'sequence', 'sequence']);
  const loss = sumAll(attention(q, k, v, maskBlocks(mask, longest, 2)));
  const names = differentiate([[loss, graph.scalar(1)]], [q, k, v]).map((x) => graph.output(x!));
  const random = randomStream(1, 'attention');
  const tensor = (dims: number[], value: (i: number) => number) =>
    new ort.Tensor(
      'float32',
      Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => value(i)),
      dims,
    );
  const inputs: Values = {
    q: tensor([1, 4, SEQUENCE, WIDTH], () => random.normal()),
    k: tensor([1, 2, SEQUENCE, WIDTH], () => random.normal()),
    v: tensor([1, 2, SEQUENCE, WIDTH], () => random.normal()),
    mask: tensor([1, 1, SEQUENCE, SEQUENCE], (i) => (i % SEQUENCE > Math.floor(i / SEQUENCE) ? -1e9 : 0)),
  };
  const session = await createSession(graph, { threads: 1 });
  const results = await session.run(inputs);
  await session.close();
  return names.map((name) => results[name]!.data as Float32Array);
}

it('a sequence that leaves blocks empty has the gradients of a graph without them', async () => {
  const wanted = await gradients(SEQUENCE);
  const actual = await gradients(3 * SEQUENCE);
  for (const [i, gradient] of actual.entries()) {
    const error = gradient.reduce((most, x, at) => Math.max(most, Math.abs(x - wanted[i]![at]!)), 0);
    expect(error).toBeLessThan(1e-6);
  }
  expect(Math.max(...wanted[0]!)).toBeGreaterThan(1e-3);
});
