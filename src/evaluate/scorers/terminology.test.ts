import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../data/answers.js';
import { textReference } from '../benchmarks/reference.js';
import { terminology } from './terminology.js';

const terms = [
  'income',
  'operating income',
  'fair value',
  'goodwill',
  'subsidiary',
  'cross-currency swap',
  'loss',
  'basis',
  'Fair Values',
];
const score = (text: string, reference: string, alternatives?: string[]): number | undefined =>
  terminology(terms).score(
    { id: 'a', text, value: readAnswer(text), stopped: true },
    {
      id: 'a',
      task: 't',
      group: 'g',
      prompt: { text: '' },
      reference: textReference(reference, { alternatives }),
      fields: {},
    },
  );

describe('terminology', () => {
  it.each([
    ['Goodwill is not amortised.', 'Only goodwill.', 1],
    ['the fair values of subsidiaries', 'Fair value of the subsidiary', 1],
    ["a subsidiary's goodwill", 'GOODWILL of subsidiaries', 1],
    ['goodwill, goodwill and goodwill', 'goodwill', 1],
    ['income', 'operating income', 0],
    ['operating income', 'operating income and income', 2 / 3],
    ['a cross currency swap', 'Cross-currency swaps', 1],
    ['losses', 'loss', 1],
    ['bases', 'basis', 0],
    ['profit', 'income', 0],
    ['goodwill', 'profit', 0],
    ['fairly valued', 'fair value', 0],
    ['operating and other income', 'income', 1],
  ])('compares %j with %j', (text, reference, wanted) => {
    expect(score(text, reference)).toBe(wanted);
  });

  it('takes the best of several references', () => {
    expect(score('goodwill', 'income', ['goodwill'])).toBe(1);
  });

  it('says nothing where neither holds a term', () => {
    expect(score('profit', 'earnings')).toBeUndefined();
    expect(score('', '')).toBeUndefined();
  });

  it('takes time in proportion to the length of an answer', () => {
    for (const part of ['a', 'operating ', '- ', "'", 'fair value ', 's']) {
      expect(score(part.repeat(100_000 / part.length), 'goodwill')).toBe(0);
    }
  });
});
