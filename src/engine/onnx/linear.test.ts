import { beforeAll, describe, expect, it } from 'vitest';
import { Graph } from '../../graph/graph.js';
import { interpreter } from '../../graph/interpreter/interpreter.fixture.js';
import { type Value, value } from '../../graph/interpreter/value.fixture.js';
import { readSafetensors } from '../../model/safetensors.js';
import { randomStream } from '../../random.js';
import { project } from './linear.js';
import { tinyBase } from './tiny-training.fixture.js';

const TOKENS = 5;
const HIDDEN = 16;
const RANK = 3;
const SCALING = 0.75;
const modules = ['q', 'k', 'v'].map((name) => `model.layers.1.self_attn.${name}_proj`);
const [q, k, v] = modules as [string, string, string];

let tiny: Awaited<ReturnType<typeof tinyBase>>;
let weights: Map<string, Float32Array>;
beforeAll(async () => {
  tiny = await tinyBase();
  const { tensors } = await readSafetensors(`${tiny.directory}/model.safetensors`);
  weights = new Map(
    modules.map((name) => [name, tensors.get(`${name}.weight`)!.data as Float32Array] as const),
  );
});

function random(name: string, ...shape: number[]): Value {
  const stream = randomStream(1, 'linear', name);
  const empty = value(shape);
  return { shape: empty.shape, data: empty.data.map(() => stream.normal()) };
}

/** a [n, inner] · bᵀ, b [m, inner]. */
function times(a: ArrayLike<number>, b: ArrayLike<number>, inner: number): number[] {
  const [n, m] = [a.length / inner, b.length / inner];
  return Array.from({ length: n * m }, (_, i) => {
    const [row, column] = [Math.floor(i / m) * inner, (i % m) * inner];
    let sum = 0;
    for (let j = 0; j < inner; j++) sum += a[row + j]! * b[column + j]!;
    return sum;
  });
}

function expectClose(actual: Value, wanted: readonly number[]): void {
  expect(actual.data).toHaveLength(wanted.length);
  actual.data.forEach((y, i) => {
    expect(y).toBeCloseTo(wanted[i]!, 10);
  });
}

const outFeatures = (name: string): number => weights.get(name)!.length / HIDDEN;

/** Runs `project` with adapters on some of the modules. */
function run(adapted: readonly string[], dropout?: { pool: Value; offsets: number[] }) {
  const graph = new Graph();
  const feeds: Record<string, Value> = { x: random('x', TOKENS, HIDDEN) };
  const matrices = adapted.flatMap((name) => [
    [`${name}.lora_A.weight`, random(`A ${name}`, RANK, HIDDEN)] as const,
    [`${name}.lora_B.weight`, random(`B ${name}`, outFeatures(name), RANK)] as const,
  ]);
  const parameters = new Map(
    matrices.map(([name, matrix]) => {
      feeds[name] = matrix;
      return [name, graph.input(name, 'float32', matrix.shape)];
    }),
  );
  const x = graph.input('x', 'float32', ['tokens', HIDDEN]);
  if (dropout) {
    feeds.pool = dropout.pool;
    feeds.offsets = value([dropout.offsets.length], dropout.offsets);
  }
  const results = project(
    x,
    {
      base: tiny.base,
      parameters,
      adapter: { r: RANK, scaling: SCALING, dropout: dropout ? 0.5 : 0, modules: [...adapted] },
      dropout: dropout && {
        pool: graph.input('pool', 'float32', ['pool']),
        offsets: graph.input('offsets', 'int64', [adapted.length]),
      },
    },
    modules,
  );
  const names = results.map((tensor) => graph.output(tensor));
  const values = interpreter(graph)(feeds);
  return { feeds, outputs: new Map(modules.map((name, i) => [name, values.get(names[i]!)!])) };
}

/** x·Wᵀ + scaling · (x∘mask)·Aᵀ·Bᵀ. */
function adaptedOutput(name: string, feeds: Record<string, Value>, mask?: ArrayLike<number>): number[] {
  const x = feeds.x!.data;
  const dropped = mask ? x.map((element, i) => element * mask[i]!) : x;
  const narrow = times(dropped, feeds[`${name}.lora_A.weight`]!.data, HIDDEN);
  const wide = times(narrow, feeds[`${name}.lora_B.weight`]!.data, RANK);
  return times(x, weights.get(name)!, HIDDEN).map((y, i) => y + SCALING * wide[i]!);
}

describe('project', () => {
  it.each([[[q, k, v]], [[v, q]], [[k]], [[]]])(
    'adds the branches of the adapted modules only: %s',
    (adapted) => {
      const { feeds, outputs } = run(adapted);
      for (const name of modules) {
        const plain = times(feeds.x!.data, weights.get(name)!, HIDDEN);
        expectClose(outputs.get(name)!, adapted.includes(name) ? adaptedOutput(name, feeds) : plain);
      }
    },
  );

  it("drops inputs by each module's own window of the draws, and nothing of the frozen layer", () => {
    const size = TOKENS * HIDDEN;
    const stream = randomStream(2, 'pool');
    const pool = value(
      [2 * size],
      Float64Array.from({ length: 2 * size }, () => 2 * stream.integer(2)),
    );
    const offsets = [0, 17, size - 1];
    const { feeds, outputs } = run(modules, { pool, offsets });
    modules.forEach((name, i) => {
      const window = pool.data.subarray(offsets[i]!, offsets[i]! + size);
      expectClose(outputs.get(name)!, adaptedOutput(name, feeds, window));
    });
  });
});
