import { afterAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import type { OptimizerSettings } from '../../train/settings.js';
import { createOptimizer, createTrainedState, type Optimizer, type TrainedState } from './optimizer.js';
import type { Parameter } from './parameters.js';

const settings: OptimizerSettings = {
  adam_beta1: 0.8,
  adam_beta2: 0.95,
  adam_epsilon: 1e-6,
  weight_decay: 0.1,
  max_grad_norm: 0,
};

function parameter(name: string, size: number, changes: Partial<Parameter> = {}): Parameter {
  return { name, shape: [size], size, weightDecay: true, learningRateRatio: 1, ...changes };
}

function fill(array: Float32Array, ...path: (string | number)[]): void {
  const random = randomStream(4, ...path);
  for (let i = 0; i < array.length; i++) array[i] = random.normal();
}

/** PyTorch's AdamW, one element at a time in float64 (torch.optim.adamw, `_single_tensor_adamw`). */
class Reference {
  readonly #values = new Map<string, Float64Array>();
  readonly #m = new Map<string, Float64Array>();
  readonly #v = new Map<string, Float64Array>();

  constructor(private readonly state: TrainedState) {
    for (const { name, size } of state.parameters) {
      this.#values.set(name, Float64Array.from(state.view(state.values, name)));
      this.#m.set(name, new Float64Array(size));
      this.#v.set(name, new Float64Array(size));
    }
  }

  update(step: number, learningRate: number, gradientScale: number): void {
    const { adam_beta1: beta1, adam_beta2: beta2, adam_epsilon: epsilon, weight_decay: decay } = settings;
    for (const { name, size, weightDecay, learningRateRatio } of this.state.parameters) {
      const rate = learningRate * learningRateRatio;
      const [values, m, v] = [this.#values, this.#m, this.#v].map((map) => map.get(name)!) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const gradients = this.state.view(this.state.gradients, name);
      for (let i = 0; i < size; i++) {
        const g = gradients[i]! * gradientScale;
        if (weightDecay) values[i]! *= 1 - rate * decay;
        m[i]! += (g - m[i]!) * (1 - beta1);
        v[i] = v[i]! * beta2 + (1 - beta2) * g * g;
        const corrected = Math.sqrt(v[i]!) / Math.sqrt(1 - beta2 ** step) + epsilon;
        values[i]! -= (rate / (1 - beta1 ** step)) * (m[i]! / corrected);
      }
    }
  }

  /** Asserts that the state is this one, to the precision of float32. */
  expectState(): void {
    for (const { name } of this.state.parameters) {
      for (const [array, wanted] of [
        [this.state.values, this.#values.get(name)!],
        [this.state.expAvg, this.#m.get(name)!],
        [this.state.expAvgSq, this.#v.get(name)!],
      ] as const) {
        const actual = this.state.view(array, name);
        const error = wanted.reduce((most, x, i) => Math.max(most, Math.abs(x - actual[i]!)), 0);
        const largest = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        expect(error / largest, name).toBeLessThan(2e-6);
      }
    }
  }
}

describe('the optimizer', async () => {
  const optimizer: Optimizer = await createOptimizer(settings, 1);
  afterAll(() => optimizer.close());

  it('takes 20 steps as PyTorch does, with decayed and other parameters, LoRA+ and clipping', async () => {
    const state = createTrainedState([
      parameter('A', 6),
      parameter('norm', 5, { weightDecay: false }),
      parameter('B', 7, { learningRateRatio: 16 }),
      parameter('A2', 3),
    ]);
    fill(state.values, 'values');
    const reference = new Reference(state);
    for (let step = 1; step <= 20; step++) {
      fill(state.gradients, 'gradients', step);
      const [rate, scale] = [0.01 / step, step % 3 === 0 ? 0.25 : 1];
      reference.update(step, rate, scale);
      await optimizer.update(state, step, rate, scale);
    }
    reference.expectState();
  });

  it('works in pieces on parameters that are longer than one', async () => {
    const state = createTrainedState([
      parameter('long', 2 ** 20 + 3),
      parameter('short', 2),
      parameter('other', 3, { weightDecay: false }),
    ]);
    fill(state.values, 'values');
    fill(state.gradients, 'gradients');
    const norm = Math.sqrt(state.gradients.reduce((sum, g) => sum + g * g, 0));
    const reference = new Reference(state);
    reference.update(1, 0.01, 1);
    await optimizer.update(state, 1, 0.01, 1);
    reference.expectState();
    expect(Math.abs((await optimizer.gradientNorm(state)) / norm - 1)).toBeLessThan(1e-5);
  });

  it('changes the arrays that it was given and leaves the gradients', async () => {
    const state = createTrainedState([parameter('A', 4)]);
    fill(state.values, 'values');
    fill(state.gradients, 'gradients');
    const { values, expAvg, expAvgSq } = state;
    const before = [values, expAvg, expAvgSq].map((array) => array.slice());
    const gradients = state.gradients.slice();
    await optimizer.update(state, 1, 0.01, 1);
    expect(state.values).toBe(values);
    for (const [i, array] of [values, expAvg, expAvgSq].entries()) {
      expect(array.every((x, j) => x !== before[i]![j])).toBe(true);
    }
    expect(state.gradients).toEqual(gradients);
  });

  it('says when a gradient is not finite', async () => {
    const state = createTrainedState([parameter('A', 4)]);
    state.gradients[2] = Number.NaN;
    expect(await optimizer.gradientNorm(state)).toBeNaN();
    state.gradients[2] = Number.NEGATIVE_INFINITY;
    expect(await optimizer.gradientNorm(state)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the trained state', () => {
  it('keeps what is treated alike together and hands out parts of one memory', () => {
    const given = [
      parameter('a', 2),
      parameter('b', 3, { weightDecay: false }),
      parameter('c', 4),
      parameter('d', 1, { learningRateRatio: 2 }),
    ];
    const state = createTrainedState(given);
    expect(state.parameters.map(({ name }) => name)).toEqual(['a', 'c', 'b', 'd']);
    expect(state.values).toHaveLength(10);
    for (const [i, { name }] of given.entries()) state.view(state.values, name).fill(i);
    expect([...state.values]).toEqual([0, 0, 2, 2, 2, 2, 1, 1, 1, 3]);
    expect(() => state.view(state.values, 'e')).toThrow('e is not trained');
  });
});
