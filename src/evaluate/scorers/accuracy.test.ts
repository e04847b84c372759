import { describe, expect, it } from 'vitest';
import { textReference } from '../benchmarks/reference.js';
import { golden } from '../metrics/metrics.fixture.js';
import { accuracy } from './accuracy.js';
import { accuracyNorm } from './accuracy-norm.js';
import { wanting, written } from './scorers.fixture.js';

const likelihoodsOf = (values: readonly number[]) =>
  values.map((logLikelihood) => ({ logLikelihood, tokens: 1, greedy: false }));
const question = (choices: readonly string[], choice: number) =>
  wanting(textReference(choices[choice]!, { choice }), { choices });

describe.each(golden.choices.map((each) => [each.questions[0]!.choices.length, each.questions] as const))(
  'with %i choices',
  (_, questions) => {
    it('both scores are those of lm-evaluation-harness', () => {
      for (const { choices, likelihoods, right, ...scores } of questions) {
        const choice = likelihoods.indexOf(Math.max(...likelihoods));
        const given = written(choices[choice]!, { choice, likelihoods: likelihoodsOf(likelihoods) });
        expect(accuracy.score(given, question(choices, right))).toBe(scores.accuracy);
        expect(accuracyNorm.score(given, question(choices, right))).toBe(scores.accuracy_norm);
      }
    });
  },
);

describe('accuracy', () => {
  const item = question(['yes', 'no', 'maybe'], 1);

  it.each([
    ['no', 1],
    ['The answer is no.', 1],
    ['B', 1],
    ['yes', 0],
    ['yes or no', 0],
    ['', 0],
  ])('of the written answer %j is %i', (text, score) => {
    expect(accuracy.score(written(text), item)).toBe(score);
  });

  it('takes the pick as it was read', () => {
    expect(accuracy.score(written('it depends', { choice: 1 }), item)).toBe(1);
  });

  it('says nothing without a right choice', () => {
    expect(accuracy.score(written('no'), wanting('no', { choices: ['yes', 'no'] }))).toBeUndefined();
  });

  it('does not take an empty answer for the choice "A"', () => {
    expect(accuracy.score(written(''), question(['A', 'B'], 0))).toBe(0);
    expect(accuracy.score(written('A'), question(['A', 'B'], 0))).toBe(1);
  });
});

describe('accuracy_norm', () => {
  it('divides by characters, not by bytes or UTF-16 units', () => {
    const given = written('', { likelihoods: likelihoodsOf([-4, -7]) });
    expect(accuracyNorm.score(given, question(['😀😀', 'abc'], 0))).toBe(1);
    expect(accuracyNorm.score(given, question(['😀', 'abc'], 1))).toBe(1);
  });

  it('says nothing where there are no likelihoods', () => {
    expect(accuracyNorm.score(written('yes', { choice: 0 }), question(['yes', 'no'], 0))).toBeUndefined();
  });
});
