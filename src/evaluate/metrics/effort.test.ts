import { expect, it } from 'vitest';
import {
  costPerItem,
  costTotal,
  latencyMean,
  latencyPercentiles,
  newTokensMean,
  stopRate,
} from './effort.js';
import { figureOf } from './metric.js';
import { scoredItem } from './metrics.fixture.js';

const items = [
  scoredItem({ stopped: true, seconds: 1, new_tokens: 10, cost: 0.25 }),
  scoredItem({ stopped: false, seconds: 4, new_tokens: 20, cost: 0.5 }),
  scoredItem({ stopped: true }),
];

it('takes the mean over the answers of which it is known', () => {
  expect(figureOf(stopRate, items)).toBeCloseTo(2 / 3, 12);
  expect(figureOf(latencyMean, items)).toBe(2.5);
  expect(figureOf(newTokensMean, items)).toBe(15);
  expect(figureOf(costPerItem, items)).toBe(0.375);
  expect(figureOf(costTotal, items)).toBe(0.75);
});

it('knows nothing where nothing was measured', () => {
  for (const metric of [latencyMean, newTokensMean, costPerItem, costTotal]) {
    expect(metric.terms(items[2]!)).toBeUndefined();
    expect(metric.value([0, 0])).toBeNaN();
  }
  const picked = scoredItem({ likelihoods: [{ logLikelihood: -1, tokens: 1, greedy: true }] });
  expect(stopRate.terms(picked)).toBeUndefined();
});

it('gives percentiles that are times of real answers', () => {
  const hundred = Array.from({ length: 100 }, (_, index) =>
    scoredItem({ seconds: ((index * 37) % 100) + 1 }),
  );
  expect(latencyPercentiles([...hundred, scoredItem()])).toEqual({
    count: 100,
    p50: 50,
    p90: 90,
    p95: 95,
    p99: 99,
    longest: 100,
  });
  expect(latencyPercentiles([scoredItem({ seconds: 0 })])).toMatchObject({ count: 1, p50: 0, longest: 0 });
  expect(latencyPercentiles([scoredItem()])).toBeUndefined();
});
