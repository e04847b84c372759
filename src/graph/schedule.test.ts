import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { checkpoint, differentiate } from './differentiate.js';
import { encodeModel } from './encode.js';
import type { Tensor } from './graph.js';
import { Graph, type Node } from './graph.js';
import { value } from './interpreter/value.fixture.js';
import { add, exp, neg, silu } from './ops/elementwise.js';
import { matmul } from './ops/matmul.js';
import { rmsNorm } from './ops/normalization.js';
import { peakBytes } from './peak-bytes.fixture.js';
import { executionOrder, fileOrder, liveNodes } from './schedule.js';

/** Names of the nodes in the order in which the runtime ran them. */
async function measuredOrder(graph: Graph): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'attune-profile-'));
  const session = await ort.InferenceSession.create(encodeModel(graph), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
    enableProfiling: true,
    profileFilePrefix: join(folder, 'run'),
  });
  const feeds = graph.inputs.map(({ name, shape }) => {
    const dims = shape as number[];
    return [name, new ort.Tensor('float32', new Float32Array(dims.reduce((a, b) => a * b, 1)), dims)];
  });
  await session.run(Object.fromEntries(feeds));
  session.endProfiling();
  await session.release();
  const [file] = await readdir(folder);
  const events: { cat: string; name: string; ts: number }[] = JSON.parse(
    await readFile(join(folder, file!), 'utf8'),
  );
  return events
    .filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'))
    .sort((a, b) => a.ts - b.ts)
    .map(({ name }) => name.replace('_kernel_time', ''));
}

function predictedOrder(graph: Graph): Node[] {
  return executionOrder(fileOrder(liveNodes(graph)));
}

/** The gradients of a stack of residual layers by their weights. */
function stack(layers: number, wrapped: boolean): Graph {
  const graph = new Graph();
  let x = graph.input('x', 'float32', [64, 16]);
  const weights: Tensor[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const norm = graph.input(`norm${layer}`, 'float32', [16]);
    const up = graph.input(`up${layer}`, 'float32', [16, 64]);
    const down = graph.input(`down${layer}`, 'float32', [64, 16]);
    weights.push(norm, up, down);
    const run = (x: Tensor, norm: Tensor, up: Tensor, down: Tensor): Tensor[] => [
      add(x, matmul(silu(matmul(rmsNorm(x, norm, 1e-5), up)), down)),
    ];
    [x] = (
      wrapped
        ? checkpoint([x, norm, up, down], (...copies) => run(...(copies as [Tensor, Tensor, Tensor, Tensor])))
        : run(x, norm, up, down)
    ) as [Tensor];
  }
  graph.output(x);
  for (const gradient of differentiate([[x, graph.input('dy', 'float32', [64, 16])]], weights)) {
    graph.output(gradient!);
  }
  return graph;
}

/** Most bytes that the results of a stack take at once. */
function peakOf(graph: Graph): number {
  const feeds = graph.inputs.map(({ name, shape }) => [name, value(shape as number[])]);
  return peakBytes(graph, Object.fromEntries(feeds));
}

describe('executionOrder', () => {
  it.each([false, true])(
    'is what the runtime does with a stack of layers (checkpoints: %s)',
    async (wrapped) => {
      const graph = stack(3, wrapped);
      const predicted = predictedOrder(graph).map((node) => node.outputs[0]!);
      expect(predicted.length).toBeGreaterThan(40);
      expect(await measuredOrder(graph)).toEqual(predicted);
    },
  );

  it('is what the runtime does with any graph', async () => {
    // Each node reads one or two values that stand before it; what nobody reads is an output.
    const graphs = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 2 })), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(graphs, async (choices) => {
        const graph = new Graph();
        const values = [graph.input('x', 'float32', [2])];
        const unread = new Set<Tensor>();
        for (const [first, second, kind] of choices) {
          const [a, b] = [values[first % values.length]!, values[second % values.length]!];
          const made = kind === 0 ? exp(a) : kind === 1 ? neg(a) : add(a, b);
          unread.delete(a);
          if (kind === 2) unread.delete(b);
          unread.add(made);
          values.push(made);
        }
        for (const tensor of unread) graph.output(tensor);
        const predicted = predictedOrder(graph).map((node) => node.outputs[0]!);
        expect(await measuredOrder(graph)).toEqual(predicted);
      }),
      { numRuns: 15, seed: 1 },
    );
  });
});

describe('liveNodes', () => {
  it('leaves out what no output depends on and keeps the order of the others', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const a = exp(x);
    neg(a);
    const b = add(x, a);
    graph.output(b);
    expect(liveNodes(graph).map((node) => node.opType)).toEqual(['Exp', 'Add']);
  });
});

describe('the order of gradients', () => {
  const layers = 12;
  const input = 4 * 64 * 16;
  const inside = 4 * 64 * 64;

  it('lets each layer of checkpoints live alone', () => {
    const graph = stack(layers, true);
    const gradients = layers * 4 * (16 + 2 * 16 * 64);
    // The inputs of all layers, the results, and what one layer needs at its widest.
    expect(peakOf(graph)).toBeLessThan(layers * input + gradients + 6 * inside);
  });

  it('keeps of each layer without checkpoints what its gradient reads, and so several times as much', () => {
    expect(peakOf(stack(layers, false))).toBeGreaterThan(layers * 2 * inside);
    expect(peakOf(stack(layers, true))).toBeLessThan(peakOf(stack(layers, false)) / 2);
  });

  it('is that in which the results were written: forward first, then the last layer', () => {
    const graph = stack(layers, true);
    const results = new Set(graph.outputs.map(({ name }) => name));
    const isResult = (node: Node): boolean => results.has(node.outputs[0]!);
    const written = graph.nodes.filter(isResult);
    expect(written).toHaveLength(1 + 3 * layers);
    expect(predictedOrder(graph).filter(isResult)).toEqual(written);
  });
});
