import { describe, expect, it } from 'vitest';
import { figureOf } from './metric.js';
import { golden, scoredItem } from './metrics.fixture.js';
import { bitsPerByte, perplexity, wordPerplexity } from './perplexity.js';
import { countPieces } from './white-space.js';

describe('what lm-evaluation-harness gives', () => {
  it.each(golden.likelihoods.map((each) => [each.texts.length, each] as const))(
    'for %i texts',
    (_, { texts, ...figures }) => {
      const items = texts.map(({ text, ...text_likelihood }) =>
        scoredItem({
          reference: golden.overlap.pairs[text]!.reference,
          text_likelihood: { ...text_likelihood, greedy: false },
        }),
      );
      for (const metric of [perplexity, wordPerplexity, bitsPerByte]) {
        const wanted = figures[metric.name as keyof typeof figures];
        expect(figureOf(metric, items) / wanted, metric.name).toBeCloseTo(1, 12);
      }
    },
  );
});

it('weighs texts by their length, and not each alike', () => {
  const text = (nats: number, tokens: number) =>
    scoredItem({ reference: 'a b', text_likelihood: { nats, tokens, bytes: 3, greedy: false } });
  expect(figureOf(perplexity, [text(-90, 90), text(0, 10)])).toBeCloseTo(Math.exp(0.9), 12);
});

it('of a fair coin is 2, and a bit a byte', () => {
  const item = scoredItem({
    reference: '0 1 1 0',
    text_likelihood: { nats: -4 * Math.LN2, tokens: 4, bytes: 4, greedy: false },
  });
  expect(figureOf(perplexity, [item])).toBeCloseTo(2, 12);
  expect(figureOf(wordPerplexity, [item])).toBeCloseTo(2, 12);
  expect(figureOf(bitsPerByte, [item])).toBeCloseTo(1, 12);
});

it('says nothing where there is no likelihood', () => {
  for (const metric of [perplexity, wordPerplexity, bitsPerByte]) {
    expect(metric.terms(scoredItem({ reference: 'text' }))).toBeUndefined();
    expect(metric.value([0, 0])).toBeNaN();
  }
});

it('counts words as Python splits', () => {
  expect(countPieces('')).toBe(1);
  expect(countPieces(' a\u0085b\u001cc\ufeffd ')).toBe(5);
});
