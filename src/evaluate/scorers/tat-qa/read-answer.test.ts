import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../data/answers.js';
import type { BenchmarkItem } from '../../benchmarks/item.js';
import { textReference } from '../../benchmarks/reference.js';
import { readTatQaAnswer } from './read-answer.js';
import { scoreTatQa, type TatQaGold } from './score.js';
import { tatQaExactMatch, tatQaF1, tatQaScale } from './scorers.js';

describe('readTatQaAnswer', () => {
  it.each([
    ['{"answer": 12.5, "scale": "million"}', ['12.5'], 'million'],
    ['```json\n{"answer": ["$12.5"], "scale": "millions"}\n```', ['$12.5'], 'million'],
    ['Here it is: {"answer": "fixed price", "scale": ""} as asked.', ['fixed price'], ''],
    ['{"Answer": ["Level 3; others", "cash"], "Scale": null}', ['Level 3; others', 'cash'], ''],
    ['{"answer": "24.4%", "scale": "percent"}', ['24.4%'], 'percent'],
    ['{"answer": "24.4%", "scale": ""}', ['24.4%'], ''],
    ['{"answer": "24.4%"}', '24.4', 'percent'],
    ['{"answer": "$12 million", "scale": "million"}', ['$12 million'], 'million'],
    ['{"answer": "(5 - 4) / 4", "scale": "percent"}', '25.0000', 'percent'],
    ['{"answer": "(5 - 4) / 4 * 100", "scale": "percent"}', '25.0000', 'percent'],
    ['["2018", "2019"]', ['2018', '2019'], ''],
    ['["$12 million", "$3 million"]', ['$12', '$3'], 'million'],
    ['$1,496.5 million', '$1,496.5', 'million'],
    ['3 billion dollars.', '3', 'billion'],
    ['(1,234)', '(1,234)', ''],
    ['−12.5 %', '-12.5', 'percent'],
    ['(12.5)%', '(12.5)', 'percent'],
    ['24.4 percent', '24.4', 'percent'],
    ['1496.5 - 1202.9', '293.6000', ''],
    ['1496.5 - 1202.9 = 293.6 million', '293.6000', 'million'],
    ['(1496.5 - 1202.9) / 1202.9 in %', '24.4077', 'percent'],
    ['0 - 0', '0.0000', ''],
    ['**Answer:** 12.5\nScale: thousand', ['12.5'], 'thousand'],
    ['The figures differ by 3, so the answer is 12.5 (scale: million)', ['12.5'], 'million'],
    ['We add both, which gives \\boxed{24.4\\%}.', '24.4', 'percent'],
    ['4.1%; 4.6%\nScale: none', ['4.1%', '4.6%'], ''],
    ['2018; 2019', ['2018', '2019'], ''],
    ['- cash\n- 2. level inputs\n\n', ['cash', '2. level inputs'], ''],
    ['1. cash\n2. debt', ['cash', 'debt'], ''],
    ['2017, 2018 and 2019', ['2017', '2018', '2019'], ''],
    ['$12 million and $15 million', ['$12', '$15'], 'million'],
    ['73,260; 57,768 thousand', ['73,260', '57,768'], 'thousand'],
    ['$73,260, (1,234) and $57,768 thousand dollars.', ['$73,260', '(1,234)', '$57,768'], 'thousand'],
    ['["73,260", "57,768 thousand"]', ['73,260', '57,768'], 'thousand'],
    ['- 73,260\n- 57,768 (in thousands)', ['73,260', '57,768'], 'thousand'],
    ['73,260; 57,768 in thousands.', ['73,260', '57,768'], 'thousand'],
    ['$1,496.5 (in millions)', '$1,496.5', 'million'],
    ['4.1 and 4.6%', ['4.1', '4.6'], 'percent'],
    ['2019; 57,768 thousand', ['2019', '57,768 thousand'], ''],
    ['cash; 57,768 thousand', ['cash', '57,768 thousand'], ''],
    ['73,260 thousand; 57,768', ['73,260 thousand', '57,768'], ''],
    ['3 million; 73,260; 57,768 thousand', ['3 million', '73,260', '57,768 thousand'], ''],
    ['Amounts are shown in thousands', 'Amounts are shown in thousands', ''],
    ['12% and 15 million', ['12%', '15 million'], ''],
    ['wages, salaries and bonuses', 'wages, salaries and bonuses', ''],
    ['"fixed price".', 'fixed price', ''],
    ['The table does not say.', 'The table does not say.', ''],
    ['the scale of the business', 'the scale of the business', ''],
    ['', '', ''],
    ['{"value": 3}', '{"value": 3}', ''],
  ])('reads %j', (text, answer, scale) => {
    expect(readTatQaAnswer(text)).toEqual({ answer, scale });
  });

  it('takes time in proportion to the length of an answer', () => {
    for (const part of [
      '1',
      '{',
      '[',
      '"',
      '; ',
      '1, ',
      'answer is ',
      'scale: ',
      '\\boxed{',
      '{"a":',
      ' ',
      '\n',
      '=',
    ]) {
      const long = part.repeat(100_000 / part.length);
      readTatQaAnswer(long);
      readTatQaAnswer(`answer: ${long}`);
    }
  });

  const data = '../shared/data/finance/tatqa_dataset_dev.json';
  describe.skipIf(!existsSync(data))('on TAT-QA (skipped without ../shared/data)', () => {
    const content = existsSync(data) ? readFileSync(data, 'utf8') : '[]';
    const golds = (JSON.parse(content) as { questions: TatQaGold[] }[]).flatMap(({ questions }) => questions);
    const right = (say: (spans: string[], scale: string, type: string) => string): number =>
      golds.filter((gold) => {
        const spans = [gold.answer].flat().map(String);
        return scoreTatQa(gold, readTatQaAnswer(say(spans, gold.scale, gold.answer_type))).exactMatch === 1;
      }).length / golds.length;

    it('understands right answers in the forms in which they are written', () => {
      const withScale = (span: string, scale: string): string =>
        scale === 'percent' ? `${span}%` : `${span} ${scale}`.trim();
      expect(right((spans, scale) => JSON.stringify({ answer: spans, scale }))).toBe(1);
      expect(
        right((spans, scale) => `Answer: ${spans.join('; ')}\nScale: ${scale || 'none'}`),
      ).toBeGreaterThan(0.99);
      expect(right((spans, scale) => spans.map((span) => withScale(span, scale)).join('; '))).toBeGreaterThan(
        0.99,
      );
      expect(right((spans, scale) => withScale(spans.join('; '), scale))).toBeGreaterThan(0.99);
      const phrase = (scale: string): string => (scale === 'percent' ? '%' : scale && ` (in ${scale}s)`);
      expect(right((spans, scale) => spans.join('; ') + phrase(scale))).toBeGreaterThan(0.99);
      expect(right((spans, scale) => spans.map((span) => withScale(span, scale)).join('\n'))).toBeGreaterThan(
        0.99,
      );
    });
  });
});

describe('the scorers of TAT-QA', () => {
  const item = (fields: object): BenchmarkItem => ({
    id: 'a',
    task: 'arithmetic',
    group: 'g',
    prompt: { text: 'question' },
    reference: textReference('24.4%'),
    fields: { ...fields },
  });
  const scores = (text: string, fields: object): (number | undefined)[] => {
    const given = { id: 'a', text, value: readAnswer(text), stopped: true };
    return [tatQaExactMatch, tatQaF1, tatQaScale].map((scorer) => scorer.score(given, item(fields)));
  };

  it('read the wanted answer from the record', () => {
    const arithmetic = { answer: 24.41, answer_type: 'arithmetic', scale: 'percent', derivation: '' };
    expect(scores('(1496.5 - 1202.9) / 1202.9 in %', arithmetic)).toEqual([1, 1, 1]);
    expect(scores('0.2441', arithmetic)).toEqual([1, 1, 0]);
    expect(scores('24.41', arithmetic)).toEqual([0, 0, 0]);
    const span = { answer: ['fixed price contracts'], answer_type: 'span', scale: '' };
    expect(scores('Fixed price.', span)).toEqual([0, 0.8, 1]);
  });

  it('say nothing of other items', () => {
    expect(scores('24.4%', { answer: '24.4%' })).toEqual([undefined, undefined, undefined]);
    expect(scores('1', { answer: { a: 1 }, answer_type: 'span', scale: '' })).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
