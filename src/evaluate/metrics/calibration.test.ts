import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brierScore, expectedCalibrationError } from './calibration.js';
import { figureOf } from './metric.js';
import { golden, scoredItem, sumTerms } from './metrics.fixture.js';

const question = (likelihoods: readonly number[], right: number) =>
  scoredItem({
    choice: likelihoods.indexOf(Math.max(...likelihoods)),
    reference_choice: right,
    likelihoods: likelihoods.map((logLikelihood) => ({ logLikelihood, tokens: 1, greedy: false })),
  });

describe.each(golden.choices.map((each) => [each.questions[0]!.choices.length, each] as const))(
  '%i choices',
  (_, { questions, brier_score, expected_calibration_error }) => {
    const items = questions.map(({ likelihoods, right }) => question(likelihoods, right));

    it('has the Brier score of lm-evaluation-harness', () => {
      expect(figureOf(brierScore, items)).toBeCloseTo(brier_score, 12);
    });

    it.each(Object.entries(expected_calibration_error))(
      'has the calibration error of the curve of scikit-learn with %s bins',
      (bins, error) => {
        expect(figureOf(expectedCalibrationError(Number(bins)), items)).toBeCloseTo(error, 12);
      },
    );
  },
);

describe('calibration', () => {
  it('is perfect for certain right answers, worst for certain wrong ones', () => {
    const right = [question([-1, -2000], 0), question([-2000, -1], 1)];
    const wrong = [question([-1, -2000], 1)];
    expect(figureOf(expectedCalibrationError(), right)).toBe(0);
    expect(figureOf(brierScore, right)).toBe(0);
    expect(figureOf(expectedCalibrationError(), wrong)).toBe(1);
    expect(figureOf(brierScore, wrong)).toBe(2);
  });

  it('keeps its bounds, and does not depend on the order', () => {
    const drawn = fc.tuple(
      fc.array(fc.double({ min: -500, max: 0, noNaN: true }), { minLength: 2, maxLength: 6 }),
      fc.nat(),
    );
    fc.assert(
      fc.property(fc.array(drawn, { minLength: 1, maxLength: 20 }), (questions) => {
        const items = questions.map(([likelihoods, right]) =>
          question(likelihoods, right % likelihoods.length),
        );
        for (const [metric, most] of [
          [expectedCalibrationError(), 1],
          [brierScore, 2],
        ] as const) {
          const figure = figureOf(metric, items);
          expect(figure).toBeGreaterThanOrEqual(0);
          expect(figure).toBeLessThanOrEqual(most + 1e-12);
          expect(figureOf(metric, [...items].reverse())).toBeCloseTo(figure, 12);
        }
        const counts = sumTerms(expectedCalibrationError(), items).filter((_, index) => index % 3 === 0);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(items.length);
      }),
    );
  });

  it('says nothing of written answers', () => {
    const written = scoredItem({ choice: 0, reference_choice: 0 });
    expect(brierScore.terms(written)).toBeUndefined();
    expect(expectedCalibrationError().terms(written)).toBeUndefined();
  });
});
