import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textReference } from '../benchmarks/reference.js';
import { golden } from '../metrics/metrics.fixture.js';
import { porterStem } from './porter-stemmer.js';
import { rougeL, rougeLStemmed } from './rouge-l.js';
import { wanting, written } from './scorers.fixture.js';

describe.each([
  ['rouge_l', rougeL],
  ['rouge_l_stemmed', rougeLStemmed],
] as const)('%s', (name, scorer) => {
  it.each(golden.overlap.pairs.map((pair) => [pair.answer.slice(0, 40), pair] as const))(
    'is what rouge_score gives for %j',
    (_, pair) => {
      expect(scorer.name).toBe(name);
      expect(scorer.score(written(pair.answer), wanting(pair.reference))).toBeCloseTo(pair[name], 12);
    },
  );

  it.each(golden.overlap.references.map((each) => [each.answer, each] as const))(
    'takes the best of several references for %j',
    (_, { answer, references: [text, ...alternatives], ...figures }) => {
      const item = wanting(textReference(text!, { alternatives }));
      expect(scorer.score(written(answer), item)).toBeCloseTo(figures[name], 12);
    },
  );

  it('lies between 0 and 1, is 1 for the reference itself, and the same both ways round', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'running', 'runs', 'é', '1'), { maxLength: 20 })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const score = scorer.score(written(one), wanting(other))!;
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(scorer.score(written(other), wanting(one))).toBe(score);
        if (/[a-z0-9]/.test(one)) expect(scorer.score(written(one), wanting(one))).toBe(1);
      }),
    );
  });

  it('is quick on 100 kB of one letter', () => {
    const long = 'y'.repeat(1e5);
    expect(scorer.score(written(long), wanting(`${long} z`))).toBeCloseTo(2 / 3, 12);
  });
});

it.each(Object.entries(golden.overlap.stems))('stems %s as NLTK does, to %s', (word, stem) => {
  expect(porterStem(word)).toBe(stem);
});
