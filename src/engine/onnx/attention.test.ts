import { describe, expect, it } from 'vitest';
import { fillAttentionMask } from '../../chat/visibility.js';
import { differentiate } from '../../graph/differentiate.js';
import { expectGradients } from '../../graph/gradient-check.fixture.js';
import type { Tensor } from '../../graph/graph.js';
import { Graph } from '../../graph/graph.js';
import { interpreter } from '../../graph/interpreter/interpreter.fixture.js';
import { type InputSpec, normal } from '../../graph/interpreter/random.fixture.js';
import { expectRuntimeAgrees } from '../../graph/interpreter/runtime.fixture.js';
import { type Value, value } from '../../graph/interpreter/value.fixture.js';
import { randomStream } from '../../random.js';
import { attention, maskBlocks } from './attention.js';
import { layOut } from './tiny-training.fixture.js';

const HEADS = 4;
const KV_HEADS = 2;
const WIDTH = 4;
const MASKED = -1e9;

/** Masks [batch, 1, sequence, sequence]; each row is a random tree of segments with padding behind it. */
function treeMasks(batch: number, sequence: number): Value {
  const random = randomStream(2, 'trees', batch, sequence);
  const mask = new Float32Array(batch * sequence * sequence);
  for (let b = 0; b < batch; b++) {
    const pieces: { parent: number; ids: number[]; supervised: boolean }[] = [];
    for (let left = sequence - random.integer(4); left > 0; ) {
      const length = Math.min(left, 1 + random.integer(Math.ceil(sequence / 4)));
      const parent = random.integer(pieces.length + 1);
      pieces.push({ parent, ids: Array<number>(length).fill(0), supervised: false });
      left -= length;
    }
    fillAttentionMask(layOut(sequence, pieces), sequence, mask, b * sequence * sequence, MASKED);
  }
  return value([batch, 1, sequence, sequence], mask);
}

/** Every token sees itself and all before it. */
function causalMask(sequence: number): Value {
  const mask = value([1, 1, sequence, sequence]);
  mask.data.forEach((_, i) => {
    mask.data[i] = i % sequence > Math.floor(i / sequence) ? MASKED : 0;
  });
  return mask;
}

interface Inputs<T> {
  q: T;
  k: T;
  v: T;
  mask: T;
}

function randomInputs(mask: Value): Inputs<InputSpec> {
  const [batch, , sequence] = mask.shape as [number, number, number, number];
  const heads = (count: number) =>
    normal([batch, count, sequence, WIDTH], ['batch', count, 'sequence', WIDTH]);
  return {
    q: heads(HEADS),
    k: heads(KV_HEADS),
    v: heads(KV_HEADS),
    mask: { value: mask, dtype: 'float32', dims: ['batch', 1, 'sequence', 'sequence'] },
  };
}

const build =
  (longest: number) =>
  ({ q, k, v, mask }: Inputs<Tensor>): Tensor =>
    attention(q, k, v, maskBlocks(mask, longest, HEADS / KV_HEADS));

/** The definition, token by token. */
function reference({ q, k, v, mask }: Inputs<InputSpec>): Value {
  const [batch, , sequence] = q.value.shape as [number, number, number, number];
  const out = value(q.value.shape);
  const row = (x: InputSpec, heads: number, b: number, h: number, i: number): Float64Array => {
    const start = ((b * heads + h) * sequence + i) * WIDTH;
    return x.value.data.subarray(start, start + WIDTH);
  };
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < HEADS; h++) {
      const shared = Math.floor((h * KV_HEADS) / HEADS);
      for (let i = 0; i < sequence; i++) {
        const query = row(q, HEADS, b, h, i);
        const weights = Array.from({ length: sequence }, (_, j) => {
          if (mask.value.data[(b * sequence + i) * sequence + j] !== 0) return 0;
          const key = row(k, KV_HEADS, b, shared, j);
          return Math.exp(query.reduce((sum, x, w) => sum + x * key[w]!, 0) / Math.sqrt(WIDTH));
        });
        const total = weights.reduce((a, w) => a + w, 0);
        const target = out.data.subarray(((b * HEADS + h) * sequence + i) * WIDTH);
        weights.forEach((weight, j) => {
          const seen = row(v, KV_HEADS, b, shared, j);
          for (let w = 0; w < WIDTH; w++) target[w]! += (weight / total) * seen[w]!;
        });
      }
    }
  }
  return out;
}

function declare(inputs: Inputs<InputSpec>, graph: Graph): Inputs<Tensor> {
  const tensors = Object.entries(inputs).map(([name, { dtype, dims }]) => [
    name,
    graph.input(name, dtype, dims),
  ]);
  return Object.fromEntries(tensors) as Inputs<Tensor>;
}

function valuesOf(inputs: Inputs<InputSpec>): Record<string, Value> {
  return Object.fromEntries(Object.entries(inputs).map(([name, spec]) => [name, spec.value]));
}

const situations = [
  { name: 'one block', longest: 64, mask: causalMask(9) },
  { name: 'three blocks, causal', longest: 130, mask: causalMask(130) },
  { name: 'three blocks, trees', longest: 130, mask: treeMasks(1, 130) },
  { name: 'the last of three blocks cut', longest: 192, mask: treeMasks(1, 131) },
  { name: 'the second block cut, the third empty', longest: 190, mask: treeMasks(2, 70) },
  { name: 'only the first of three blocks begun', longest: 190, mask: treeMasks(3, 5) },
];

describe('attention', () => {
  it.each(situations)('is the definition: $name', ({ longest, mask }) => {
    const inputs = randomInputs(mask);
    const graph = new Graph();
    graph.output(build(longest)(declare(inputs, graph)));
    const [actual] = interpreter(graph)(valuesOf(inputs)).values();
    const wanted = reference(inputs);
    expect(actual!.shape).toEqual(wanted.shape);
    const error = actual!.data.reduce((most, x, i) => Math.max(most, Math.abs(x - wanted.data[i]!)), 0);
    expect(error).toBeLessThan(1e-12);
  });

  it.each(situations)(
    'gives the same in the runtime, empty blocks or not: $name',
    async ({ longest, mask }) => {
      const inputs = { ...randomInputs(mask), dy: randomInputs(mask).q };
      const graph = new Graph();
      const { dy, ...declared } = declare(inputs, graph) as Inputs<Tensor> & { dy: Tensor };
      const output = build(longest)(declared);
      graph.output(output);
      // The same again from other tensors: the memory of the first pass is dirty for the second.
      const again = attention(
        output,
        declared.k,
        declared.v,
        maskBlocks(declared.mask, longest, HEADS / KV_HEADS),
      );
      const { q, k, v } = declared;
      for (const gradient of differentiate([[again, dy]], [q, k, v])) graph.output(gradient!);
      await expectRuntimeAgrees(graph, { ...inputs }, 1e-5);
    },
  );

  it.each(situations)('has its gradients: $name', ({ longest, mask }) => {
    expectGradients({
      inputs: { ...randomInputs(mask) },
      build: build(longest),
      by: ['q', 'k', 'v'],
      samples: 2,
    });
  });
});
