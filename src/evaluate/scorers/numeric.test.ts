import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../data/answers.js';
import { textReference } from '../benchmarks/reference.js';
import { exactMatch } from './exact-match.js';
import { percentMatch, scaleMatch, signMatch } from './numeric-errors.js';
import { numericMatch } from './numeric-match.js';
import type { Scorer } from './scorer.js';
import { wanting, written } from './scorers.fixture.js';

const score = (scorer: Scorer, answer: string, reference: string) =>
  scorer.score(written(answer), wanting(reference));

describe('numeric_match', () => {
  it.each([
    ['101', '100', 1],
    ['99', '100', 1],
    ['101.1', '100', 0],
    ['-100', '100', 0],
    ['24.6%', '24.4%', 1],
    ['24.6', '24.4%', 1],
    ['0.246', '24.4%', 1],
    ['24.7%', '24.4%', 0],
    ['1.51 billion', '1,500 million', 1],
    ['1,510', '1,500 million', 1],
    ['1,520', '1,500 million', 0],
    ['100 + 0.9', '100', 1],
    ['It was about 101.', '100', 1],
    ['no idea', '100', 0],
    ['0.001', '0', 0],
  ])('takes 1 %% by default: %j for %j is %i', (answer, reference, expected) => {
    expect(score(numericMatch(), answer, reference)).toBe(expected);
  });

  it.each([
    ['24.9%', '24.4%', 1],
    ['25%', '24.4%', 0],
    ['24.9', '24.4%', 1],
    ['1.9 million', '1.4 million', 1],
    ['2 million', '1.4 million', 0],
    ['1,900 thousand', '1.4 million', 1],
    ['-0.25', '0.25', 1],
    ['0.5', '0', 1],
  ])(
    'takes an absolute allowance in the unit of the reference: %j for %j is %i',
    (answer, reference, expected) => {
      expect(score(numericMatch({ absolute: 0.5 }), answer, reference)).toBe(expected);
    },
  );

  it('takes the larger allowance', () => {
    const scorer = numericMatch({ relative: 0.1, absolute: 2 });
    expect([score(scorer, '12', '10'), score(scorer, '110', '100'), score(scorer, '111', '100')]).toEqual([
      1, 1, 0,
    ]);
  });

  it('accepts whatever exact_match accepts, and more the wider it is', () => {
    const figure = fc.double({ min: -1e4, max: 1e4, noNaN: true }).map((value) => value.toFixed(2));
    fc.assert(
      fc.property(figure, figure, (answer, reference) => {
        const exact = score(exactMatch, answer, reference)!;
        const narrow = score(numericMatch({ relative: 0.01 }), answer, reference)!;
        const wide = score(numericMatch({ relative: 0.5 }), answer, reference)!;
        expect(exact <= narrow && narrow <= wide).toBe(true);
      }),
    );
  });

  it("takes the item's own rounding", () => {
    const reference = { ...textReference('6844 / 1059077 in %'), rounded: readAnswer('0.65%').number! };
    expect(numericMatch({ relative: 0 }).score(written('0.65%'), wanting(reference))).toBe(1);
  });
});

describe('kinds of errors', () => {
  const kinds = (answer: string, reference: string) =>
    [exactMatch, signMatch, percentMatch, scaleMatch].map((scorer) => score(scorer, answer, reference));

  it.each([
    ['nothing wrong', '12.5', '12.5', [1, 1, 1, 1]],
    ['the sign', '-12.5', '12.5', [0, 1, 0, 0]],
    ['brackets for a profit', '(12.5)', '12.5', [0, 1, 0, 0]],
    ['the difference the wrong way round', '1202.9 - 1496.5', '1496.5 - 1202.9', [0, 1, 0, 0]],
    ['a fraction with a percent sign', '0.244%', '24.4%', [0, 0, 1, 0]],
    ['a percentage for a fraction', '24.4', '0.244', [0, 0, 1, 0]],
    ['a percentage twice', '2440%', '24.4%', [0, 0, 1, 0]],
    ['thousands for millions', '1,496.5 thousand', '1,496.5 million', [0, 0, 0, 1]],
    ['units for thousands', '1496500', '1496.5', [0, 0, 0, 1]],
    ['billions for units', '1.4965', '1496500000', [0, 0, 0, 1]],
    ['thousands for billions', '1.5 thousand', '1.5 billion', [0, 0, 0, 1]],
    ['a percentage that the fraction would not round to', '24.4', '0.2450', [0, 0, 0, 0]],
    ['two things', '-1496500', '1496.5', [0, 0, 0, 0]],
    ['another figure', '1500.5', '1496.5', [0, 0, 0, 0]],
    ['a refusal', 'The table does not say.', '12.5', [0, 0, 0, 0]],
  ])('tells %s', (_, answer, reference, expected) => {
    expect(kinds(answer, reference)).toEqual(expected);
  });

  it('say nothing where no number is wanted', () => {
    expect(kinds('12', 'the cash flow statement').slice(1)).toEqual([undefined, undefined, undefined]);
    expect(score(numericMatch(), '12', 'the cash flow statement')).toBeUndefined();
  });

  it('are never stricter than exact_match, and a wrong answer has at most one kind', () => {
    const figure = fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom(1, -1, 100, 0.01, 1000, 1e6));
    fc.assert(
      fc.property(figure, fc.constantFrom('', '%', ' million'), ([value, factor], unit) => {
        const [exact, ...forgiving] = kinds(`${value * factor}${unit}`, `${value}${unit}`) as number[];
        const total = forgiving.reduce((sum, each) => sum + each, 0);
        expect(exact === 1 ? total === 3 : total <= 1).toBe(true);
      }),
    );
  });
});
