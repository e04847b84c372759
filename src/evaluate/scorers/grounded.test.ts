import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../data/answers.js';
import type { BenchmarkItem } from '../benchmarks/item.js';
import { textReference } from '../benchmarks/reference.js';
import { findUngrounded, grounded, groundedNames, groundedNumbers } from './grounded.js';

const context = `Harbor Foods sold fish in Norway and the Faroe Islands. Net sales increased 12.3% to $4,213 million in 2023, compared to $3,752 million in 2022. On August 16, 2023 the Securities and Exchange Commission asked Maria Jensen about 8 stores.

Table: (in thousands)
Receivables | 2023 1,496.5 | 2022 1,202.9
Allowance | 2023 (44.1) | 2022 (56.7)`;
const question = 'What did Harbor Foods sell besides Level 3 assets in its 61 outlets of Contoso?';

const item = (given: string | undefined): BenchmarkItem => ({
  id: 'a',
  task: 'summary',
  group: 'g',
  prompt: {
    messages: [
      { role: 'system', content: 'Answer for Globex.' },
      { role: 'user', content: question },
    ],
  },
  reference: textReference('fish'),
  fields: {},
  ...(given === undefined ? {} : { context: given }),
});
const scores = (text: string, given: string | undefined = context): (number | undefined)[] => {
  const answer = { id: 'a', text, value: readAnswer(text), stopped: true };
  return [grounded, groundedNumbers, groundedNames].map((scorer) => scorer.score(answer, item(given)));
};

describe('grounded', () => {
  it.each([
    'Net sales were $4,213 million.',
    'Net sales rose to about $4.2 billion.',
    'Net sales rose by $461 million, or 12.3 percent.',
    'Receivables rose by 24.4%.',
    '(1496.5 - 1202.9) / 1202.9 in %',
    '1496.5 - 1202.9 = 293.6',
    'The allowance was 44.1, down from 56.7.',
    '-44.1',
    '$1.5 million of receivables',
    'It was asked on 16 August 2023.',
    'The SEC asked about eight stores.',
    'HARBOR FOODS sold fish.',
    "Harbor Foods' fish; Jensen's stores",
    'Norway’s fish',
    'Fish in NORWAY and the Faroe Islands',
    'Its 61 outlets belong to Contoso.',
    'Level 3 assets',
    'The text does not say what Initech sold.',
    '{"company": "Harbor Foods", "sales": 4213, "stores": 8, "date": "2023-08-16", "fictional_key": null}',
    '**Net sales** were **$4,213 million**',
    '',
  ])('accepts %j', (text) => {
    expect(findUngrounded(text, `${context}\n${question}`)).toEqual({
      ungroundedNumbers: [],
      ungroundedNames: [],
    });
    expect(scores(text)).toEqual([1, 1, 1]);
  });

  it.each([
    ['Net sales were $4,312 million.', [0, 0, 1]],
    ['Net sales were $4.2 million.', [0, 0, 1]],
    ['Receivables rose by 24.9%.', [0, 0, 1]],
    ['1496.5 - 1022.9', [0, 0, 1]],
    ['It was asked on August 17, 2023.', [0, 0, 0]],
    ['Harbor Foods sold fish in Iceland.', [0, 1, 0]],
    ['Globex sold fish.', [0, 1, 0]],
    ['{"company": "Initech", "sales": 4213}', [0, 1, 0]],
    ['The FDA asked about 97 stores.', [0, 0, 0]],
  ])('finds what is invented in %j', (text, wanted) => {
    expect(scores(text)).toEqual(wanted);
  });

  it('names what it found', () => {
    expect(findUngrounded('Initech sold 97 boats to Harbor Foods.', context)).toEqual({
      ungroundedNumbers: ['97'],
      ungroundedNames: ['Initech'],
    });
  });

  it('says nothing without a context', () => {
    const answer = { id: 'a', text: '12', value: readAnswer('12'), stopped: true };
    expect(grounded.score(answer, item(undefined))).toBeUndefined();
    expect(grounded.score(answer, item(''))).toBe(0);
  });

  it('looks at the end of long answers too', () => {
    const long = 'Harbor Foods sold fish in Norway. '.repeat(1000);
    expect(scores(long)).toEqual([1, 1, 1]);
    expect(scores(`${long}So did Initech.`)).toEqual([0, 1, 0]);
  });

  it('takes time in proportion to the length of an answer', () => {
    const rows = Array.from(
      { length: 100 },
      (_, row) => `Row ${row} | 2023 ${row * 7919} | 2022 ${row * 104_729}`,
    );
    const table = rows.join('\n');
    for (const part of ['1', '(', '-', ' ', 'A', 'Aa ', '{', '"', '1, ', 'May 1, 2020 ', '7919 and ']) {
      findUngrounded(part.repeat(100_000 / part.length), table);
    }
    const many = Array.from({ length: 10_000 }, (_, index) => `It is ${index * 31 + 11}.`).join(' ');
    expect(findUngrounded(many, table).ungroundedNumbers.length).toBeLessThan(200);
  });
});
