import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../data/answers.js';
import type { Example } from '../../data/example.js';
import { itemOfExample } from '../benchmarks/held-out.js';
import { exactMatch } from './exact-match.js';
import { tokenF1 } from './token-f1.js';

const item = (reference: string, answer?: string): Example => ({
  id: 'a',
  messages: [
    { role: 'user', content: 'question' },
    { role: 'assistant', content: reference },
  ],
  task: 'look_up',
  group: 'g',
  split: 'test',
  source: 's',
  licence: 'MIT',
  ...(answer === undefined ? {} : { answer }),
});
const scores = (answer: string, reference: string, final?: string): Record<string, number | undefined> => {
  const given = { id: 'a', text: answer, value: readAnswer(answer), stopped: true };
  const asked = itemOfExample(item(reference, final));
  return { exact_match: exactMatch.score(given, asked), token_f1: tokenF1.score(given, asked) };
};

describe('exact_match of numbers', () => {
  it.each([
    ['the same figure', '1,496.5', '1496.5'],
    ['a currency sign', '$1,496.5', '1496.5'],
    ['brackets for a negative figure', '(12.5)', '-12.5'],
    ['an expression against its value', '(1496.5 - 1202.9) / 1202.9 in %', '24.4%'],
    ['two forms of one expression', '(1496.5 - 1202.9) / 1202.9', '1496.5 / 1202.9 - 1 in %'],
    ['a rounded figure against an expression', '24.41%', '(1496.5 - 1202.9) / 1202.9 in %'],
    ['a bare figure where a percentage is wanted', '24.4', '24.4%'],
    ['a percentage where a fraction is wanted', '24.4%', '0.244'],
    ['a scale word left out', '1,496.5', '$1,496.5 million'],
    ['a scale word added', '1,496.5 million', '1496.5'],
    ['two scale words', '1.4965 billion', '1,496.5 million'],
    ['the scale written out', '1,496,500,000', '1,496.5 million'],
    ['a sentence with the figure', 'Total revenue in 2019 was $1,496.5.', '1496.5'],
    ['a calculation rounded by the reference', '1 / 3 in %', '33.3%'],
  ])('accepts %s', (_what, answer, reference) => {
    expect(scores(answer, reference)).toEqual({ exact_match: 1, token_f1: 1 });
  });

  it.each([
    ['the other sign', '12.5', '-12.5'],
    ['a near figure', '1453', '1452.4'],
    ['a figure that the reference would round to', '12.4', '12'],
    ['a coarse rounding', '24%', '24.4%'],
    ['another scale', '1,496.5 thousand', '1,496.5 million'],
    ['a figure a hundred times as large', '1496.5', '14.965'],
    ['a percentage read the wrong way', '0.244%', '24.4%'],
    ['another expression', '1496.5 - 1202.8', '1496.5 - 1202.9'],
    ['a refusal', 'The table does not say.', '1496.5'],
    ['nothing', '', '0'],
    ['a broken expression', '(1496.5 - ', '293.6'],
  ])('refuses %s', (_what, answer, reference) => {
    expect(scores(answer, reference)).toEqual({ exact_match: 0, token_f1: 0 });
  });

  it('takes the final answer where the assistant writes a sentence', () => {
    expect(scores('293.6', 'The change is the difference of both years.', '293.6').exact_match).toBe(1);
  });

  it('takes a written figure in the rounding of the final answer', () => {
    expect(scores('0.65%', '6844 / 1059077 in %', '0.65%').exact_match).toBe(1);
    expect(scores('0.64%', '6844 / 1059077 in %', '0.65%').exact_match).toBe(0);
    expect(scores('6884 / 1059077 in %', '6844 / 1059077 in %', '0.65%').exact_match).toBe(0);
  });

  it('prefers the exact expression to its rounded value', () => {
    expect(scores('12.4', '37.2 / 3.1', '12').exact_match).toBe(0);
  });
});

describe('text', () => {
  it.each([
    ['Fixed Price', 'the fixed price.', 1, 1],
    ['The table does not give this.', 'the table does not give this', 1, 1],
    ['income statement', 'cash flow statement', 0, 2 / 5],
    ['Level 3 assets', 'Level 2 assets', 0, 2 / 3],
    ['no no no', 'no', 0, 1 / 2],
    ['', 'yes', 0, 0],
    ['sales of $1,000.0', 'sales of 1000', 1, 1],
  ])('compares %j with %j', (answer, reference, exact, f1) => {
    const result = scores(answer, reference);
    expect(result.exact_match).toBe(exact);
    expect(result.token_f1).toBeCloseTo(f1, 12);
  });
});
