import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { bcaInterval, bootstrapEstimate, type ResamplingSettings } from './bootstrap.js';
import { clusterScores, clusterTerms, ratio } from './clusters.js';
import { normalCdf, normalQuantile, studentQuantile } from './distributions.js';
import { comparePaired } from './paired.js';
import { holm, permutationPValue } from './permutation.js';
import { alone, references } from './references.fixture.js';
import { scoreInterval } from './wilson.js';

const settings = { confidence: 0.95, resamples: 10_000, seed: 7 };

const bootstrapInterval = (values: number[], groups: string[], resampling: ResamplingSettings) =>
  bootstrapEstimate(clusterScores(values, groups), ratio, { low: -1, high: 1 }, resampling).interval;
/** p value of differences, as those of a candidate from a baseline that has 0 everywhere. */
const permuted = (differences: number[], groups: string[], resampling: ResamplingSettings) => {
  const pairs = clusterTerms(
    differences.map((difference) => [difference, 1, 0, 1]),
    groups,
  );
  return permutationPValue(pairs, ratio, resampling);
};

// Reference values of this file: scipy 1.17.
describe('distributions', () => {
  it.each([
    [-3, 0.0013498980316300933],
    [-1.5, 0.06680720126885807],
    [0.3, 0.6179114221889526],
    [2.2, 0.9860965524865014],
  ])('normal distribution at %d', (x, expected) => expect(normalCdf(x)).toBeCloseTo(expected, 12));

  it.each([
    [0.001, -3.090232306167813],
    [0.025, -1.9599639845400545],
    [0.6, 0.2533471031357997],
    [0.995, 2.5758293035489004],
  ])('normal quantile of %d', (p, expected) => expect(normalQuantile(p)).toBeCloseTo(expected, 10));

  it.each([
    [0.975, 1, 12.706204736174694],
    [0.975, 4, 2.7764451051977934],
    [0.95, 39, 1.6848751217112248],
    [0.995, 250, 2.5956376304661806],
    [0.1, 7, -1.4149239276505083],
  ])('Student quantile of %d with %d degrees of freedom', (p, degrees, expected) =>
    expect(studentQuantile(p, degrees)).toBeCloseTo(expected, 9),
  );
});

describe('bootstrap', () => {
  const values = [0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 1, 1, -1, 0, 0, 1, 0, 1, 0, 0.5];

  it("gives scipy's BCa interval", () => {
    const items = values.length;
    const mean = values.reduce((sum, value) => sum + value, 0) / items;
    const random = randomStream(1, 'test');
    const means = Float64Array.from({ length: 50_000 }, () => {
      let sum = 0;
      for (let draw = 0; draw < items; draw++) sum += random.pick(values);
      return sum / items;
    }).sort();
    const leftOut = Float64Array.from(values, (value) => (mean * items - value) / (items - 1));
    const interval = bcaInterval(means, mean, leftOut, normalQuantile(0.975));
    expect(interval.low).toBeCloseTo(0.15, 10);
    expect(interval.high).toBeCloseTo(0.65, 10);
  });

  it('is wider when the items of a group say the same', () => {
    const repeated = values.flatMap((value) => [value, value, value]);
    const groups = alone(values.length).flatMap((group) => [group, group, group]);
    const clustered = bootstrapInterval(repeated, groups, settings);
    const independent = bootstrapInterval(repeated, alone(repeated.length), settings);
    expect(clustered.high - clustered.low).toBeGreaterThan(1.5 * (independent.high - independent.low));
    expect(clustered).toEqual(bootstrapInterval(values, alone(values.length), settings));
  });

  it('says that one group tells nothing', () => {
    expect(bootstrapInterval([1, 1, 1], ['a', 'a', 'a'], settings)).toEqual({
      low: -1,
      high: 1,
    });
    expect(bootstrapInterval([], [], settings)).toEqual({ low: -1, high: 1 });
  });

  it('leaves room for what equal differences do not show', () => {
    const same = bootstrapInterval([0, 0, 0, 0, 0], alone(5), settings);
    expect(same.low).toBeCloseTo(-same.high, 12);
    expect(same.high).toBeCloseTo(1.959964 ** 2 / (5 + 1.959964 ** 2), 6);
    const better = bootstrapInterval(new Array(40).fill(1), alone(40), settings);
    expect(better.high).toBe(1);
    expect(better.low).toBeGreaterThan(0.8);
    expect(better.low).toBeLessThan(0.85);
  });

  it('covers the true difference of clustered items at its level', () => {
    const random = randomStream(3, 'coverage');
    let covered = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round++) {
      const differences: number[] = [];
      const groups: string[] = [];
      for (let group = 0; group < 30; group++) {
        // A group's own chance of being right around 0.3 for one system and 0.2 for the other.
        const easy = 0.15 * random.normal();
        for (let item = 0; item < 6; item++) {
          const right = (chance: number): number => (random.next() < chance + easy ? 1 : 0);
          differences.push(right(0.5) - right(0.35));
          groups.push(`${group}`);
        }
      }
      const { low, high } = bootstrapInterval(differences, groups, {
        ...settings,
        resamples: 1000,
        seed: round,
      });
      // easy is small enough that no chance leaves [0, 1] more than rarely; the true difference is 0.15.
      if (low <= 0.15 && 0.15 <= high) covered += 1;
    }
    expect(covered / rounds).toBeGreaterThan(0.925);
    expect(covered / rounds).toBeLessThan(0.98);
  });
});

describe('permutation test', () => {
  const differences = [0.5, 1, -0.25, 2, 1, 0.75, -0.5, 1.5];

  it('counts every sign pattern where these are few', () => {
    expect(permuted(differences, alone(8), settings)).toBe(14 / 256);
  });

  it('estimates the same p by drawing signs', () => {
    const p = permuted(differences, alone(8), { ...settings, resamples: 255 });
    expect(Math.abs(p - 14 / 256)).toBeLessThan(0.05);
    const many = [...new Array(20).fill(1), ...new Array(10).fill(-1)];
    // Two-sided sign test: P(|X - 15| >= 5) for X ~ Binomial(30, 1/2).
    expect(permuted(many, alone(30), settings)).toBeCloseTo(0.0987, 2);
  });

  it('flips whole groups', () => {
    const groups = ['a', 'a', 'a', 'b', 'b', 'b'];
    expect(permuted([1, 1, 1, 1, 1, 1], groups, settings)).toBe(0.5);
  });

  it('is 1 where nothing differs and never 0', () => {
    expect(permuted([0, 0, 0], alone(3), settings)).toBe(1);
    expect(permuted(new Array(200).fill(1), alone(200), settings)).toBe(1 / 10_001);
  });

  it('adjusts several p values as Holm does', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries()) {
      expect(adjusted[index]).toBeCloseTo(expected, 12);
    }
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    for (const [index, value] of holm(references.holm.p).entries()) {
      expect(value).toBeCloseTo(references.holm.adjusted[index]!, 12);
    }
  });
});

describe('interval of a score', () => {
  const scores = (right: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => (index < right ? 1 : 0));

  it.each([
    [81, 263, 0.2552885198782742, 0.36620957698280004],
    [0, 20, 0, 0.16112515805281935],
  ])("is Wilson's for %d of %d independent items", (right, count, low, high) => {
    const interval = scoreInterval(scores(right, count), alone(count), 0.95);
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
  });

  it('counts a group whose items agree about as one item', () => {
    const repeated = scores(20, 50).flatMap((score) => new Array(4).fill(score));
    const groups = alone(50).flatMap((group) => new Array(4).fill(group));
    const clustered = scoreInterval(repeated, groups, 0.95);
    const single = scoreInterval(scores(20, 50), alone(50), 0.95);
    expect(clustered.low).toBeLessThan(single.low);
    expect(clustered.low).toBeGreaterThan(single.low - 0.01);
  });

  it('knows nothing from one group or from no item', () => {
    expect(scoreInterval([1, 0], ['a', 'a'], 0.95)).toEqual({ low: 0, high: 1 });
    expect(scoreInterval([], [], 0.95)).toEqual({ low: 0, high: 1 });
  });
});

describe('comparePaired', () => {
  it('puts the figures of one comparison together', () => {
    const candidate = [1, 1, 1, 0, 1, 1, 1, 1, 0, 1];
    const baseline = [0, 0, 1, 0, 0, 0, 0, 1, 0, 0];
    const result = comparePaired(candidate, baseline, alone(10), settings);
    expect(result).toMatchObject({ n: 10, groups: 10, candidate: 0.8, baseline: 0.2 });
    expect(result.difference).toBeCloseTo(0.6, 12);
    expect(result.pValue).toBe(2 / 64);
    expect(result.interval.low).toBeGreaterThan(0);
    expect(result.interval.high).toBeLessThan(1);
    expect(comparePaired(candidate, baseline, alone(10), settings)).toEqual(result);
  });
});
