import { describe, expect, it } from 'vitest';
import { learningRates, type ScheduleSettings, scheduleFactor, warmupSteps } from './schedule.js';

/** Made with the formulas of Transformers' optimization.py in Python. */
const golden = {
  linear: [
    0, 0.3333333333333333, 0.6666666666666666, 1, 0.8571428571428571, 0.7142857142857143, 0.5714285714285714,
    0.42857142857142855, 0.2857142857142857, 0.14285714285714285,
  ],
  cosine: [
    0, 0.3333333333333333, 0.6666666666666666, 1, 0.9504844339512095, 0.8117449009293668, 0.6112604669781572,
    0.38873953302184283, 0.18825509907063326, 0.04951556604879048,
  ],
  constant: [0, 0.3333333333333333, 0.6666666666666666, 1, 1, 1, 1, 1, 1, 1],
} as const;

const settings = (change: Partial<ScheduleSettings>): ScheduleSettings => ({
  learning_rate: 2e-4,
  lr_scheduler_type: 'linear',
  warmup_ratio: 0,
  warmup_steps: 0,
  ...change,
});

describe('scheduleFactor', () => {
  for (const type of ['linear', 'cosine', 'constant'] as const) {
    it(`${type}: 10 steps with 3 of warm-up as in Transformers`, () => {
      golden[type].forEach((factor, completed) => {
        expect(scheduleFactor(type, completed, 3, 10)).toBeCloseTo(factor, 14);
      });
    });
  }

  it('starts at the highest rate without warm-up', () => {
    const cosine = [1, 0.8535533905932737, 0.5, 0.14644660940672627];
    for (let completed = 0; completed < 4; completed++) {
      expect(scheduleFactor('linear', completed, 0, 4)).toBe(1 - completed / 4);
      expect(scheduleFactor('cosine', completed, 0, 4)).toBeCloseTo(cosine[completed]!, 14);
    }
  });

  it('never falls below 0 when warm-up takes all steps', () => {
    expect(scheduleFactor('linear', 5, 5, 5)).toBe(0);
    expect(scheduleFactor('linear', 9, 5, 5)).toBe(0);
  });
});

describe('learningRates', () => {
  it('uses the factor of the steps completed before, as float32', () => {
    const rates = learningRates(settings({ warmup_steps: 3 }), 10);
    expect(rates[0]).toBe(0);
    expect(rates[3]).toBe(Math.fround(2e-4));
    expect(rates[9]).toBe(Math.fround(2e-4 * golden.linear[9]));
  });

  it('rounds warmup_ratio up to whole steps; warmup_steps replaces it', () => {
    expect(warmupSteps(settings({ warmup_ratio: 0.03 }), 101)).toBe(4);
    expect(warmupSteps(settings({ warmup_ratio: 0.5, warmup_steps: 2 }), 10)).toBe(2);
    expect(warmupSteps(settings({}), 10)).toBe(0);
  });
});
