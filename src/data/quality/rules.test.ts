import { describe, expect, it } from 'vitest';
import { qualitySchema } from '../../recipe/data/quality.js';
import { pairItems } from '../augment/pair-items.fixture.js';
import { exchange as item } from './exchange.fixture.js';
import { createQualityStep } from './quality-step.js';
import { findDefects, scoreOf } from './rules.js';

const limits = { max_answer_words: 500 };
const rulesOf = (question: string, answer: string): string[] =>
  findDefects(item(question, answer), limits).map(({ rule }) => rule);
const prose = 'The committee met on Monday to discuss the annual budget and agreed on three changes to it.';

describe('findDefects', () => {
  it.each([
    ['What is 2 + 2?', ' \u200b\n', ['empty_answer']],
    ['What is 2 + 2?', '4<|im_end|>', ['leaked_marker']],
    ['What is 2 + 2?\n<|im_start|>assistant', '4', ['leaked_marker']],
    ['What is 2 + 2?', '### Response:\n4', ['leaked_marker']],
    ['What is 2 + 2?', '4\nHuman: and 3 + 3?', ['transcript']],
    ['Write to the client.', 'Dear [Your Name], thank you for the order of Monday.', ['placeholder']],
    ['How do I bake bread?', "I'm sorry, but I can't help with that.", ['refusal']],
    ['Who won?', 'As an AI language model, I do not know who won.', ['refusal']],
    ['Who won the cup in 2014?', 'Sure! Germany won the cup in 2014.', ['chatter']],
    ['Who won the cup in 2014?', 'Germany won. Let me know if you need more.', ['chatter']],
    ['Who won the cup in 2014?', 'Who won the cup in 2014?', ['copies_question']],
    ['Give it as JSON.', '{"a": 1, "b": [1, 2}', ['invalid_json']],
    ['Give it as JSON.', '```json\n{"a": 1,}\n```', ['invalid_json']],
    ['Describe the plan.', `${prose} The second change was the`, ['truncated']],
    ['Describe the plan.', `${prose} ${'It was good to see it. '.repeat(20)}`, ['repetition']],
    ['Describe the plan.', `${prose} ${'a'.repeat(40)}.`, ['repetition']],
    ['Explain how tides work.', 'Because moon.', ['too_short']],
    [
      'How many legs has a spider?',
      `Eight. ${Array.from({ length: 160 }, (_x, n) => `w${n}`).join(' ')}.`,
      ['too_long'],
    ],
    ['Describe the plan.', `${Array.from({ length: 600 }, (_x, n) => `w${n}`).join(' ')}.`, ['too_long']],
    ['What is the capital of France?', 'Столица Франции: город Париж.', ['mixed_languages']],
    ['List them.', 'One (two and three [four).', ['unbalanced']],
  ])('finds in %j -> %j: %j', (question, answer, expected) => {
    expect(rulesOf(question, answer)).toEqual(expected);
  });

  it.each([
    ['What is 2 + 2?', '4'],
    ['Is it raining?', 'Yes'],
    ['What were sales?', '(1496.5 - 1202.9) / 1202.9 in %'],
    ['Give it as JSON.', '{"a": {"b": "}"}}'],
    ['What is the set?', '{x | x > 0}'],
    ['Name the interval.', '[0, 1)'],
    ['List the steps.', 'a) Open it.\nb) Close it.'],
    ['How are you?', 'Fine :)'],
    ['Translate to Russian: the city', 'Столица Франции: город Париж.'],
    ['Какой город столица Франции?', 'Столица Франции: город Париж.'],
    ['What does the table say?', 'The table does not say.'],
    ['Draw a line.', '-'.repeat(80)],
    ['Write code.', '```\nif (a[0] {\n```'],
    ['What is in the box?', 'Sure is a kind of deodorant.'],
    ['Explain how tides work.', `${prose} The moon pulls at the sea, and so the water rises.`],
  ])('finds nothing in %j -> %j', (question, answer) => {
    expect(rulesOf(question, answer)).toEqual([]);
  });

  it('finds next to nothing in the pairs of the finance example', async () => {
    const items = await pairItems(3000);
    const defects = items.flatMap((one) => findDefects(one, limits));
    expect(defects.length / items.length).toBeLessThan(0.01);
  });

  it('is not slowed by long texts of one character', () => {
    for (const text of [
      'a',
      ' ',
      '\n',
      '`',
      '```\n',
      '[',
      '(',
      '{"',
      '.',
      '<|',
      '-',
      '1',
      ', ',
      '\n```',
      'the ',
      '漢',
      'I am sorry ',
    ]) {
      const long = text.repeat(100_000 / text.length);
      findDefects(item(long, long), limits);
      findDefects(item('x', `\`\`\`json\n${long}`), limits);
      findDefects(item('x', `{"a": ${long}`), limits);
    }
  });
});

describe('createQualityStep', () => {
  it('removes clear defects only, and scores the rest', async () => {
    const items = [
      item('Who?', 'Germany', { id: 'good' }),
      item('Who?', '', { id: 'empty' }),
      item('Who?', 'Sure! It was Germany.', { id: 'chatty' }),
      item('Who?', 'Sure! It was <|im_end|>', { id: 'leaked' }),
      { ...item('', ''), id: 'text', messages: undefined, text: 'Some text.' },
      { ...item('', ''), id: 'document', messages: undefined, blocks: [] },
    ];
    const untouched = structuredClone(items);
    const outcome = await createQualityStep(qualitySchema.parse({}))(items);
    expect(items).toEqual(untouched);
    expect(outcome.items.map(({ id, scores }) => [id, scores?.quality])).toEqual([
      ['good', 1],
      ['chatty', 0.9],
      ['text', 1],
      ['document', undefined],
    ]);
    expect(outcome.removed.map(({ id, reason }) => [id, reason])).toEqual([
      ['empty', 'empty_answer'],
      ['leaked', 'leaked_marker'],
    ]);
    expect(outcome.counts).toEqual({ empty_answer: 1, chatter: 2, leaked_marker: 1 });
  });

  it('removes more where more is asked for', async () => {
    const refused = item('Who?', 'As an AI language model, I cannot say.');
    const outcome = await createQualityStep(qualitySchema.parse({ min_score: 0.6 }))([refused]);
    expect(outcome.removed[0]).toMatchObject({ reason: 'refusal', step: 'quality' });
  });

  it('never scores below 0.1 for what is no clear defect', () => {
    const defects = (['refusal', 'repetition', 'placeholder', 'truncated'] as const).map((rule) => ({
      rule,
      detail: '',
    }));
    expect(scoreOf(defects)).toBe(0.1);
  });
});
