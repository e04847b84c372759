import { describe, expect, it } from 'vitest';
import { bradleyTerry, type Preference, winRate } from './bradley-terry.js';
import { references } from './references.fixture.js';

const settings = { confidence: 0.95, resamples: 1000, seed: 5 };
const preferences = (outcomes: string, a = 'x', b = 'y'): Preference[] =>
  [...outcomes].map((letter, index) => ({
    a,
    b,
    outcome: letter === '=' ? 'tie' : (letter as 'a' | 'b'),
    group: `${index}`,
  }));

describe('Bradley-Terry', () => {
  it.each(references.bradley_terry)("is SciPy's maximum of $comparisons.length comparisons", (one) => {
    const strengths = bradleyTerry(one.comparisons as Preference[], { ...settings, resamples: 100 });
    for (const { system, strength, logStrength, interval } of strengths) {
      expect(logStrength).toBeCloseTo(one.log_strength[Number(system.slice(1))]!, 6);
      expect(strength).toBeCloseTo(1 / (1 + Math.exp(-logStrength)), 9);
      expect(interval.low).toBeLessThan(strength);
      expect(interval.high).toBeGreaterThan(strength);
    }
    const order = strengths.map(({ strength }) => strength);
    expect(order).toEqual([...order].sort((a, b) => b - a));
  });

  it('keeps an undefeated system finite, and symmetric systems equal', () => {
    const [first, second] = bradleyTerry(preferences('aaaaaaaaaa'), settings);
    expect(first!.system).toBe('x');
    expect(first!.strength).toBeLessThan(1);
    expect(first!.logStrength).toBeCloseTo(-second!.logStrength, 9);
    const even = bradleyTerry(preferences('ab=ab=ab='), settings);
    expect(even[0]!.strength).toBeCloseTo(0.5, 9);
  });

  it('compares systems that never met through a third', () => {
    const strengths = bradleyTerry(
      [...preferences('aaab', 'x', 'y'), ...preferences('aaab', 'y', 'z')],
      settings,
    );
    expect(strengths.map(({ system }) => system)).toEqual(['x', 'y', 'z']);
  });
});

describe('win rate', () => {
  it('counts ties half, whichever stood first', () => {
    const shown = preferences('aaaab=b=');
    const turned = shown.map(({ a, b, outcome, group }): Preference => {
      const other = { a: 'b', b: 'a', tie: 'tie' } as const;
      return { a: b, b: a, outcome: other[outcome], group };
    });
    const rate = winRate(shown, 'x', 'y', settings);
    expect(rate).toMatchObject({ n: 8, wins: 4, losses: 2, ties: 2, rate: 0.625 });
    expect(winRate(turned, 'x', 'y', settings)).toEqual(rate);
    const opposite = winRate(shown, 'y', 'x', settings);
    expect(opposite.rate).toBe(0.375);
    expect(opposite.pValue).toBe(rate.pValue);
    expect(opposite.interval.low).toBeCloseTo(1 - rate.interval.high, 12);
    // Sign test of 4 against 2: all patterns but the 20 with three each.
    expect(rate.pValue).toBe(44 / 64);
  });

  it('leaves other pairs out and needs one', () => {
    const shown = [...preferences('ab'), ...preferences('aaa', 'x', 'z')];
    expect(winRate(shown, 'x', 'z', settings)).toMatchObject({ n: 3, rate: 1 });
    expect(() => winRate(shown, 'y', 'z', settings)).toThrow('never compared');
  });
});
