import { describe, expect, it } from 'vitest';
import { alone, references } from './references.fixture.js';
import { compareSeeds, seedSpread } from './seeds.js';

const settings = { confidence: 0.95, resamples: 1000, seed: 1 };
const { candidate, baseline, sd, interval, welch, one_sample } = references.seeds;
/** Ten items whose mean over items is the seed's result. */
const rows = (results: readonly number[], spread = 0.01): number[][] =>
  results.map((result) => Array.from({ length: 10 }, (_, item) => result + (item - 4.5) * spread));

describe('spread over seeds', () => {
  it("is SciPy's", () => {
    const spread = seedSpread(candidate);
    expect(spread.sd).toBeCloseTo(sd, 12);
    expect(spread.interval.low).toBeCloseTo(interval[0]!, 9);
    expect(spread.interval.high).toBeCloseTo(interval[1]!, 9);
    expect(spread).toMatchObject({ n: 5, min: Math.min(...candidate), max: Math.max(...candidate) });
  });

  it('of one seed is not known', () => {
    expect(seedSpread([0.7])).toEqual({
      n: 1,
      mean: 0.7,
      sd: Number.NaN,
      min: 0.7,
      max: 0.7,
      interval: { low: -Infinity, high: Infinity },
    });
  });
});

describe('comparison over seeds', () => {
  it.each([
    ['Welch, both with several', baseline, welch],
    ['one sample against one', [one_sample.baseline], one_sample],
  ])("is SciPy's: %s", (_, others, expected) => {
    const { seeds } = compareSeeds(rows(candidate), rows(others), alone(10), settings);
    expect(seeds.pValue).toBeCloseTo(expected.p, 9);
    expect(seeds.degreesOfFreedom).toBeCloseTo(expected.df, 9);
    expect(seeds.interval.low).toBeCloseTo(expected.interval[0]!, 9);
    expect(seeds.interval.high).toBeCloseTo(expected.interval[1]!, 9);
  });

  it('agrees only where seeds and items say the same', () => {
    const better = compareSeeds(rows([0.8, 0.81, 0.79]), rows([0.7, 0.71, 0.69], 0.02), alone(10), settings);
    expect(better.agrees).toBe(true);
    expect(better.items.difference).toBeCloseTo(0.1, 12);
    // The same items say "better", but one seed in three was much worse.
    const shaky = compareSeeds(rows([0.9, 0.9, 0.54]), rows([0.7, 0.7, 0.7], 0.005), alone(10), settings);
    expect(shaky.items.interval.low).toBeGreaterThan(0);
    expect(shaky.agrees).toBe(false);
  });

  it('knows nothing of the training from one seed each', () => {
    const { seeds, agrees } = compareSeeds(rows([0.9]), rows([0.2]), alone(10), settings);
    expect(seeds).toMatchObject({ pValue: 1, interval: { low: -Infinity, high: Infinity } });
    expect(agrees).toBe(false);
  });
});
