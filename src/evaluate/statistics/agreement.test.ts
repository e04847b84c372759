import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohenKappa, type KappaWeights, kappaInterval } from './kappa.js';
import { krippendorffAlpha, krippendorffInterval, type MeasurementLevel } from './krippendorff.js';
import { alone, references } from './references.fixture.js';

const settings = { confidence: 0.95, resamples: 1000, seed: 2 };

describe("Cohen's kappa", () => {
  it.each(references.kappa)("is statsmodels' with weights $weights", (one) => {
    const { kappa, standardError, n } = cohenKappa(one.a, one.b, { weights: one.weights as KappaWeights });
    expect(kappa).toBeCloseTo(one.kappa, 12);
    expect(standardError).toBeCloseTo(one.standard_error, 12);
    expect(n).toBe(one.a.length);
  });

  it('has a bootstrap interval about as long as its standard error says', () => {
    const { a, b } = references.kappa[6]!;
    const { kappa, standardError } = cohenKappa(a, b);
    const { low, high } = kappaInterval(a, b, alone(a.length), settings);
    expect((high - low) / (2 * 1.96 * standardError)).toBeGreaterThan(0.9);
    expect((high - low) / (2 * 1.96 * standardError)).toBeLessThan(1.15);
    expect(low).toBeLessThan(kappa);
    const fewGroups = a.map((_, index) => `${index % 8}`);
    expect(kappaInterval(a, b, fewGroups, settings)).not.toEqual({ low, high });
  });

  it('orders grades as told, and takes names that objects have', () => {
    const a = ['low', 'mid', 'high', 'low', 'constructor'];
    const b = ['mid', 'mid', 'high', 'low', '__proto__'];
    const grades = ['low', 'mid', 'high', 'constructor', '__proto__'];
    const linear = cohenKappa(a, b, { weights: 'linear', grades });
    // All but two agree, and these are one of four ranks apart.
    expect(linear.agreement).toBeCloseTo((3 + 2 * 0.75) / 5, 12);
    expect(cohenKappa(['9', '10'], ['9', '10'], { weights: 'linear' }).kappa).toBe(1);
  });

  it('is not defined where one grade is all there is', () => {
    expect(cohenKappa(['a', 'a'], ['a', 'a'])).toMatchObject({ kappa: Number.NaN, agreement: 1 });
    expect(() => cohenKappa(['a'], ['b'], { grades: ['a'] })).toThrow('"b"');
  });
});

describe("Krippendorff's alpha", () => {
  const levels = ['nominal', 'ordinal', 'interval'] as const;
  const cases = references.alpha.flatMap(({ units, alpha }, table) =>
    levels.map((level) => ({
      table,
      level,
      units: units.map((unit) => unit.map((x) => x ?? undefined)),
      alpha,
    })),
  );

  it.each(cases)("is krippendorff's of table $table, $level", ({ level, units, alpha }) =>
    expect(krippendorffAlpha(units, level)).toBeCloseTo(alpha[level], 12),
  );

  it('is the figure of the book', () => {
    const { units } = cases[0]!;
    expect(krippendorffAlpha(units, 'nominal')).toBeCloseTo(0.743, 3);
    expect(krippendorffAlpha(units, 'ordinal')).toBeCloseTo(0.815, 3);
    expect(krippendorffAlpha(units, 'interval')).toBeCloseTo(0.849, 3);
    const { low, high } = krippendorffInterval(units, 'nominal', settings);
    expect(low).toBeLessThan(0.743);
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThanOrEqual(1);
  });

  it('is not defined without two ratings of a unit or without two values', () => {
    for (const level of levels) {
      expect(krippendorffAlpha([], level)).toBeUndefined();
      expect(
        krippendorffAlpha(
          [
            [1, undefined],
            [undefined, 2],
          ],
          level,
        ),
      ).toBeUndefined();
      expect(
        krippendorffAlpha(
          [
            [1, 1],
            [1, 1],
          ],
          level,
        ),
      ).toBeUndefined();
      expect(krippendorffInterval([], level, settings)).toEqual({ low: -1, high: 1 });
    }
  });

  it('does not depend on the order of raters or units, nor on the unit of intervals', () => {
    const unit = fc.array(fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 12 }),
        fc.constantFrom<MeasurementLevel>(...levels),
        (units, level) => {
          const turned = units.map((ratings) => [...ratings].reverse()).reverse();
          const scaled = turned.map((ratings) => ratings.map((rating) => rating && rating * 10 + 3));
          const alpha = krippendorffAlpha(units, level);
          const other = krippendorffAlpha(scaled, level);
          if (alpha === undefined) expect(other).toBeUndefined();
          else expect(other).toBeCloseTo(alpha, 9);
        },
      ),
    );
  });
});
