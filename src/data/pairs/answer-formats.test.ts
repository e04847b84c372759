import { describe, expect, it } from 'vitest';
import { formatsSchema } from '../../recipe/data/formats.js';
import { type PairSettings, pairTasks } from '../../recipe/data/tables.js';
import { dataSchema } from '../../recipe/data.js';
import type { Item } from '../item.js';
import { readTables } from '../tables/read-tables.js';
import { answerFormats, checkAnswer, declinedText, formatOf } from './answer-formats.js';
import { createFormatStep } from './format-step.js';
import { makePairs } from './make-pairs.js';

describe('checkAnswer', () => {
  it.each([
    ['look_up', '1452.4'],
    ['look_up', '-12'],
    ['look_up', '40.0%'],
    ['change', '1496.5 - 1202.9'],
    ['percentage_change', '(1496.5 - 1202.9) / 1202.9 in %'],
    ['average', 'average(1146.2, 1452.4)'],
    ['unanswerable', declinedText],
    ['unanswerable', 'The table does not say.'],
    ['definition', '"EBITDA" means earnings before much.'],
    ['extraction', '$4.2 billion'],
    ['extraction', 'Acme Inc.'],
    ['json_extraction', '{"a": "1", "b": null}'],
    ['summary', 'First line.\n\nSecond line.'],
    ['a task of mine', '  whatever '],
  ])('lets %s %s pass', (task, answer) => {
    expect(checkAnswer(task, answer)).toEqual({ ok: true });
  });

  it.each([
    ['look_up', ' 1,452.4 ', '1452.4', 'white space, thousands separators'],
    ['look_up', 'Answer: $1,452.', '1452', 'prefix, trailing period, currency sign, thousands separators'],
    ['look_up', '**40 percent**', '40%', 'quotes, per cent sign'],
    ['look_up', '(12)', '-12', 'brackets'],
    ['look_up', '.5', '0.5', 'plain decimals'],
    [
      'change',
      '$1,496.5 − 1,202.9 = 293.6',
      '1496.5 - 1202.9',
      'result after the expression, signs, currency sign, thousands separators',
    ],
    ['comparison', '"increased."', 'increased', 'quotes, trailing period'],
    ['definition', '  A term\nmeans this', 'A term means this.', 'white space, final period'],
    ['extraction', 'August 16, 2023.', 'August 16, 2023', 'trailing period'],
    ['json_extraction', '```json\n{"a":1}\n```', '{"a": 1}', 'code fence, white space'],
    ['unanswerable', 'the text does not say', declinedText, 'fixed sentence'],
  ])('repairs %s %j', (task, answer, repaired, by) => {
    expect(checkAnswer(task, answer)).toEqual({ repaired, by });
    expect(checkAnswer(task, repaired)).toEqual({ ok: true });
  });

  it.each([
    ['look_up', '1.5 million', 'not_a_figure'],
    ['look_up', 'about 5', 'not_a_figure'],
    ['look_up', '1,45', 'not_a_figure'],
    ['change', '293.6', 'not_an_expression'],
    ['change', '1496.5 - x', 'not_an_expression'],
    ['change', '1 / 0', 'not_an_expression'],
    ['unanswerable', '5 million', 'not_declined'],
    ['definition', 'Yes', 'not_a_sentence'],
    ['json_extraction', '{"a": {"b": 1}}', 'nested_json'],
    ['json_extraction', '[1]', 'not_a_json_object'],
    ['json_extraction', '{a: 1}', 'not_json'],
    ['extraction', ' ', 'empty'],
    ['summary', 'a'.repeat(30_000), 'too_long'],
  ])('rejects %s %j', (task, answer, rejected) => {
    expect(checkAnswer(task, answer)).toEqual({ rejected });
  });

  it('holds labels to options and JSON to keys', () => {
    const labels = formatOf({ options: ['Yes', 'No'] });
    expect(checkAnswer('x', 'No', labels)).toEqual({ ok: true });
    expect(checkAnswer('x', 'no.', labels)).toEqual({ repaired: 'No', by: 'trailing period, case' });
    expect(checkAnswer('x', 'Perhaps', labels)).toEqual({ rejected: 'not_an_option' });
    const json = formatOf({ json: ['b', '__proto__'] });
    expect(checkAnswer('x', '{"__proto__": 1, "b": null}', json)).toEqual({
      repaired: '{"b": null, "__proto__": 1}',
      by: 'order of keys, white space',
    });
    expect(checkAnswer('x', '{"b": null}', json)).toEqual({ rejected: 'wrong_keys' });
    expect(checkAnswer('x', '{"b": null, "c": 1}', json)).toEqual({ rejected: 'wrong_keys' });
  });

  it('has a form for every task, which every pair from tables has', async () => {
    for (const task of pairTasks) expect(answerFormats.has(task)).toBe(true);
    const [source] = dataSchema.parse({
      sources: [{ type: 'tables', path: 'x', pairs: { count: 3000 } }],
    }).sources;
    const { tables } = await readTables('examples/finance/data/statements.json');
    const pairs = makePairs(tables.slice(0, 60), (source as { pairs: PairSettings }).pairs, 1);
    expect(pairs.length).toBeGreaterThan(1000);
    for (const { task, messages } of pairs) {
      expect(checkAnswer(task, messages![2]!.content), `${task} ${messages![2]!.content}`).toEqual({
        ok: true,
      });
    }
  });

  it('is quick on long answers', () => {
    for (const text of [' ', '1', '(', '=', '"', '*', '1,', '`', '{'].map((part) => part.repeat(10_000))) {
      for (const task of answerFormats.keys()) checkAnswer(task, text);
    }
  });
});

describe('createFormatStep', () => {
  const item = (id: string, task: string, answer: string): Item => ({
    id,
    task,
    messages: [
      { role: 'user', content: 'How much?' },
      { role: 'assistant', content: answer },
    ],
    group: 'g',
    source: 's',
    licence: 'l',
    origin: { file: 'f' },
    steps: [],
  });

  it('repairs, removes and lets pass, and accounts for it', async () => {
    const step = createFormatStep(formatsSchema.parse({ amount: 'figure', code: { regex: '[A-Z]{2}\\d+' } }));
    const items = [
      item('1', 'amount', '1,200'),
      item('2', 'amount', '12'),
      item('3', 'amount', 'twelve'),
      item('4', 'code', ' AB12 '),
      item('5', 'code', 'AB12!'),
      item('6', 'free', ' as it is '),
      { ...item('7', 'amount', ''), messages: undefined, text: 'plain text' },
    ];
    const outcome = await step(items);
    expect(outcome.items.map(({ id, messages }) => [id, messages?.at(-1)?.content])).toEqual([
      ['1', '1200'],
      ['2', '12'],
      ['4', 'AB12'],
      ['6', ' as it is '],
      ['7', undefined],
    ]);
    expect(outcome.items[0]!.steps).toEqual([
      { step: 'format', note: 'form of the answer repaired: thousands separators' },
    ]);
    expect(outcome.removed).toMatchObject([
      { id: '3', step: 'format', reason: 'not_a_figure', excerpt: 'twelve' },
      { id: '5', reason: 'does_not_match' },
    ]);
    expect(outcome.counts).toEqual({
      'repaired:thousands separators': 1,
      'rejected:not_a_figure': 1,
      'repaired:white space': 1,
      'rejected:does_not_match': 1,
    });
    expect(outcome.samples[0]).toEqual({
      rule: 'repaired:thousands separators',
      id: '1',
      before: '1,200',
      after: '1200',
    });
    expect(items[0]!.messages![1]!.content).toBe('1,200');
    expect((await step(outcome.items)).counts).toEqual({});
  });

  it('refuses settings that are no form', () => {
    for (const wrong of ['nothing', { regex: '(' }, { options: ['one'] }, { json: [] }, { jsn: ['a'] }]) {
      expect(formatsSchema.safeParse({ task: wrong }).success, JSON.stringify(wrong)).toBe(false);
    }
  });
});
