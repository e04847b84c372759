import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { judge } from '../comparison.js';
import { comparePaired } from './paired.js';
import { minimumDetectableEffect, plannedComparison, requiredItems } from './power.js';
import { references } from './references.fixture.js';

const level = { confidence: 0.95 };

describe('smallest difference', () => {
  it.each(references.power)(
    'is the sum of quantiles for $groups groups',
    ({ groups, power, quantiles, noncentral }) => {
      const standardError = 1 / Math.sqrt(groups);
      const effect = minimumDetectableEffect({ effectiveGroups: groups, standardError }, { ...level, power });
      expect(effect).toBeCloseTo(quantiles, 9);
      // statsmodels solves the noncentral t distribution; the sum of quantiles is its usual approximation.
      expect(Math.abs(effect / noncentral - 1)).toBeLessThan(0.02);
    },
  );

  it('is infinite for one group', () => {
    expect(minimumDetectableEffect({ effectiveGroups: 1, standardError: 0.1 }, level)).toBe(Infinity);
  });

  it('is found about as often as it says', () => {
    const plan = plannedComparison({ items: 400, discordant: 0.3 });
    const difference = minimumDetectableEffect(plan, level);
    const random = randomStream(4, 'power');
    let found = 0;
    for (let round = 0; round < 300; round++) {
      const scores: [number[], number[]] = [[], []];
      for (let item = 0; item < 400; item++) {
        const draw = random.next();
        scores[0].push(Number(draw < (0.3 + difference) / 2));
        scores[1].push(Number(draw >= (0.3 + difference) / 2 && draw < 0.3));
      }
      const groups = scores[0].map((_, item) => `${item}`);
      const compared = comparePaired(...scores, groups, { confidence: 0.95, resamples: 500, seed: round });
      if (judge(compared, 0.95) === 'better') found += 1;
    }
    expect(found / 300).toBeGreaterThan(0.72);
    expect(found / 300).toBeLessThan(0.88);
  });
});

describe('required items', () => {
  const plan = plannedComparison({ items: 200, discordant: 0.25, groupSize: 5, intraclass: 0.5 });

  it('are the least that show the difference', () => {
    for (const difference of [0.01, 0.05, -0.05, 0.2, 0.5]) {
      const { items, groups } = requiredItems(difference, plan, level);
      expect(items).toBe(groups * 5);
      const effectOf = (count: number): number =>
        minimumDetectableEffect(
          {
            effectiveGroups: count,
            standardError: plan.standardError * Math.sqrt(plan.groups / count),
          },
          level,
        );
      expect(effectOf(groups)).toBeLessThanOrEqual(Math.abs(difference));
      expect(effectOf(groups - 1)).toBeGreaterThan(Math.abs(difference));
    }
  });

  it('grow with the design effect', () => {
    const independent = requiredItems(0.02, plannedComparison({ items: 200, discordant: 0.25 }), level);
    expect(requiredItems(0.02, plan, level).items / independent.items).toBeCloseTo(3, 1);
    // (1.96 + 0.8416)² · 0.25 / 0.02², and a little for Student's quantile.
    expect(independent.items).toBeGreaterThanOrEqual(4905);
    expect(independent.items).toBeLessThan(4912);
  });

  it('do not exist for a difference of 0 or without an error', () => {
    expect(() => requiredItems(0, plan, level)).toThrow('difference of 0');
    expect(requiredItems(0.1, { ...plan, standardError: Infinity }, level)).toEqual({
      items: Infinity,
      groups: Infinity,
    });
  });
});
