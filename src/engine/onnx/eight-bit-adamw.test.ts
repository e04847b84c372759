import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { plainAdamw } from '../../train/settings.fixture.js';
import { dynamicLevels, LevelTable } from './dynamic-quantization.js';
import { emptyMoments, updateEightBit } from './eight-bit-adamw.js';
import { clearMoments, createOptimizer, createTrainedState } from './optimizer.js';

const step = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  learningRate: 1e-3,
  step: 1,
  gradientScale: 1,
};

describe('dynamicLevels', () => {
  it.each([true, false])('are 256 different ones that reach to 1 (signed: %s)', (signed) => {
    const levels = dynamicLevels(signed);
    expect(new Set(levels).size).toBe(256);
    expect(levels[255]).toBe(1);
    expect(levels[0]).toBeCloseTo(signed ? -0.9929688 : 0, 6);
  });

  it('are those that the published construction gives in its first decades', () => {
    // Decade 0 has one level, the middle of 0.1 and 1; decade 1 two, between 0.1, 0.55 and 1.
    const positive = [...dynamicLevels(true)].filter((level) => level > 0).slice(0, 3);
    expect(positive.map((level) => level.toExponential(5))).toEqual([
      '5.50000e-7',
      '3.25000e-6',
      '7.75000e-6',
    ]);
  });
});

describe('LevelTable', () => {
  it.each([true, false])('finds the level that a search over all of them finds (signed: %s)', (signed) => {
    const table = new LevelTable(signed);
    const random = randomStream(1, 'levels');
    for (let i = 0; i < 20_000; i++) {
      const magnitude = 10 ** (-8 * random.next());
      const x = Math.fround(signed && i % 2 ? -magnitude : magnitude);
      const distance = (level: number): number => Math.abs(level - x);
      const best = table.levels.reduce((a, b) => (distance(b) < distance(a) ? b : a));
      expect(distance(table.levels[table.nearest(x)]!)).toBe(distance(best));
    }
  });

  it('has a code for 0, -0 and the ends', () => {
    const table = new LevelTable(true);
    expect([0, -0, 1, -1].map((x) => table.nearest(x))).toEqual([127, 127, 255, 0]);
  });
});

/** The same step without tables, blocks or reuse of arrays: every number is unpacked, updated and searched for. */
function reference(
  values: number[],
  gradients: number[],
  before: { m: number[]; v: number[] },
  t: number,
): { values: number[]; m: number[]; v: number[] } {
  const m = before.m.map((old, i) => Math.fround(0.9 * old + (1 - 0.9) * gradients[i]!));
  const v = before.v.map((old, i) => Math.fround(0.999 * old + (1 - 0.999) * gradients[i]! ** 2));
  const updated = values.map((value, i) => {
    const mean = m[i]! / (1 - 0.9 ** t);
    const square = v[i]! / (1 - 0.999 ** t);
    return Math.fround(value - (1e-3 * mean) / (Math.sqrt(square) + 1e-8));
  });
  const pack = (list: number[], signed: boolean): number[] => {
    const levels = [...dynamicLevels(signed)];
    return list.map((x, i) => {
      const block = list.slice(i - (i % 256), i - (i % 256) + 256);
      const scale = Math.max(...block.map(Math.abs));
      const ofSign = levels.filter((level) => !signed || level < 0 === x < 0);
      const best = ofSign.reduce((a, b) => (Math.abs(b - x / scale) < Math.abs(a - x / scale) ? b : a));
      return best * scale;
    });
  };
  return { values: updated, m: pack(m, true), v: pack(v, false) };
}

describe('updateEightBit', () => {
  it('does what an independent implementation does, over several steps and an unfinished block', () => {
    const random = randomStream(2, 'adamw');
    const size = 700;
    const values = Float32Array.from({ length: size }, () => random.next() - 0.5);
    const moments = emptyMoments(size);
    const zeros = (): number[] => Array<number>(size).fill(0);
    let expected = { values: [...values], m: zeros(), v: zeros() };
    for (let t = 1; t <= 6; t++) {
      const gradients = Float32Array.from(
        { length: size },
        () => (random.next() - 0.5) * 10 ** (-4 * random.next()),
      );
      updateEightBit(values, gradients, moments, { ...step, step: t });
      expected = reference(expected.values, [...gradients], expected, t);
      const error = values.map((value, i) => Math.abs(value - expected.values[i]!));
      // A number between two levels may fall to either side by rounding; it moves a value by a part of a step.
      expect(error.filter((x) => x > 1e-6).length).toBeLessThan(4);
      expect(Math.max(...error)).toBeLessThan(1e-3);
    }
  });

  it('leaves everything where it is without a gradient', () => {
    const values = Float32Array.of(1, 2, 3);
    updateEightBit(values, new Float32Array(3), emptyMoments(3), step);
    expect([...values]).toEqual([1, 2, 3]);
  });

  it('decays after the update', () => {
    const values = Float32Array.of(1);
    updateEightBit(values, Float32Array.of(0), emptyMoments(1), { ...step, weightDecay: 0.1 });
    expect(values[0]).toBe(Math.fround(1 - 1e-4));
  });
});

describe('a state with moments in 8 bits', () => {
  const parameter = (name: string, size: number) => ({
    name,
    shape: [size],
    size,
    weightDecay: true,
    learningRateRatio: 1,
  });

  it('follows the one in 32 bits, keeps small tensors in 32, and can be cleared', async () => {
    const parameters = [parameter('large', 5000), parameter('small', 4000)];
    const optimizer = await createOptimizer(plainAdamw, 1);
    const [exact, packed] = [
      createTrainedState(parameters),
      createTrainedState(parameters, 'adamw_bnb_8bit'),
    ];
    expect([...packed.eightBit.keys()]).toEqual(['large']);
    expect(packed.expAvg.length).toBe(4000);
    const random = randomStream(3, 'gradients');
    for (let t = 1; t <= 10; t++) {
      for (const { name, size } of parameters) {
        const gradients = Float32Array.from({ length: size }, () => random.next() - 0.3);
        for (const state of [exact, packed]) state.view(state.gradients, name).set(gradients);
      }
      for (const state of [exact, packed]) await optimizer.update(state, t, 1e-3, 1);
    }
    await optimizer.close();
    expect(packed.view(packed.values, 'small')).toEqual(exact.view(exact.values, 'small'));
    const [a, b] = [exact, packed].map((state) => state.view(state.values, 'large'));
    const difference = a!.reduce((sum, value, i) => sum + Math.abs(value - b![i]!), 0) / a!.length;
    // Ten steps move a value by up to 0.01.
    expect(difference).toBeLessThan(2e-4);
    expect(difference).toBeGreaterThan(0);
    clearMoments(packed);
    expect(packed.eightBit.get('large')).toEqual(emptyMoments(5000));
  });
});
