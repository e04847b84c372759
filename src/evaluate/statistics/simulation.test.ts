import { describe, expect, it } from 'vitest';
import { measure, type Setting } from '../../../bench/statistics/simulate.mjs';
import { randomStream } from '../../random.js';
import { judge } from '../comparison.js';
import { compareMetric, estimateMetric } from './metric-statistics.js';

// `npm run bench -- statistics` does the same for more settings and more often. The standard error of a
// coverage is 1.3 points here. Items taken for independent would hold the truth in some 80 % only.
describe('simulated answers', () => {
  it.each<Omit<Setting, 'chances'>>([
    { kind: 'binary', groups: 8, size: 25, unequal: false, alike: 0.5 },
    { kind: 'binary', groups: 8, size: 25, unequal: true, alike: 0.2 },
    { kind: 'graded', groups: 40, size: 5, unequal: false, alike: 0.2 },
    { kind: 'macro_f1', groups: 20, size: 10, unequal: true, alike: 0.2 },
    { kind: 'binary', groups: 100, size: 1, unequal: false, alike: 0 },
  ])('$kind scores, $groups groups of $size, unequal $unequal, alike $alike', (shape) => {
    const measured = measure(
      { ...shape, chances: [0.7, 0.6] },
      { rounds: 300, resamples: 400, seed: 1 },
      { estimateMetric, compareMetric, judge, randomStream },
    );
    for (const coverage of [measured.difference, measured.score]) {
      expect(coverage).toBeGreaterThan(0.915);
      expect(coverage).toBeLessThan(0.985);
    }
    expect(measured.verdicts).toBeLessThanOrEqual(0.08);
  });
});
