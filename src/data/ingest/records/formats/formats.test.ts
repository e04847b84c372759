import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeAndRead } from '../records.fixture.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-forms-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const read = (content: string, name = 'a.jsonl', settings: object = {}) =>
  writeAndRead(directory, name, content, settings);
const one = async (record: object, settings: object = {}) => {
  const { items, rejected } = await read(`${JSON.stringify(record)}\n`, 'a.jsonl', settings);
  expect(rejected).toEqual([]);
  return items[0]!;
};

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const system = (content: string) => ({ role: 'system', content });
const both = [user('q'), assistant('a')];

describe('the forms of records', () => {
  it.each([
    // messages
    ['messages', { messages: [system('s'), ...both] }, [system('s'), ...both]],
    ['messages', { messages: [{ role: 'developer', content: 's' }, ...both] }, [system('s'), ...both]],
    ['messages', { messages: both, system: 's' }, [system('s'), ...both]],
    ['messages', { messages: [system('t'), ...both], system: 's' }, [system('t'), ...both]],
    [
      'messages',
      {
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'see' }, { type: 'text', text: 'q' }, 'r'] },
          { role: 'assistant', content: 'a', tool_calls: null, weight: 1 },
        ],
      },
      [user('see\nq\nr'), assistant('a')],
    ],
    ['messages', { messages: JSON.stringify(both) }, both],
    ['messages', { prompt: 'ignored', messages: both, chosen: both, rejected: both }, both],
    ['messages', { Messages: both }, both],
    // sharegpt
    [
      'sharegpt',
      {
        conversations: [
          { from: 'human', value: 'q' },
          { from: 'gpt', value: 'a' },
        ],
      },
      both,
    ],
    [
      'sharegpt',
      {
        conversations: [
          { from: 'system', value: 's' },
          { from: 'user', value: 'q' },
          { from: 'ChatGPT', value: 'a' },
          { from: 'human', value: 'q' },
          { from: 'bing', value: 'a' },
        ],
      },
      [system('s'), ...both, ...both],
    ],
    ['sharegpt', { conversations: both, system: 's' }, [system('s'), ...both]],
    // alpaca
    [
      'alpaca',
      { instruction: 'do', input: 'this', output: 'a', text: 'all' },
      [user('do\n\nthis'), assistant('a')],
    ],
    ['alpaca', { instruction: 'do', input: '', output: 'a' }, [user('do'), assistant('a')]],
    ['alpaca', { instruction: 'q', context: 'c', response: 'a' }, [user('c\n\nq'), assistant('a')]],
    [
      'alpaca',
      { instruction: 'q', input: '', output: 'a', system: 's', history: [['q0', 'a0']] },
      [system('s'), user('q0'), assistant('a0'), ...both],
    ],
    // prompt and completion
    ['prompt_completion', { prompt: 'q', completion: 'a', system: 's' }, [system('s'), ...both]],
    ['prompt_completion', { prompt: 'q', response: 'a' }, both],
    ['prompt_completion', { input: 'q', output: 'a' }, both],
    [
      'prompt_completion',
      { prompt: [system('s'), user('q')], completion: [assistant('a')] },
      [system('s'), ...both],
    ],
    ['prompt_completion', { prompt: [user('q')], completion: 'a' }, both],
    ['prompt_completion', { prompt: 'q', completion: 'a', context: 'c' }, [user('c\n\nq'), assistant('a')]],
    // question and answer
    ['question_answer', { question: 'q', answer: 'a', context: 'c' }, [user('c\n\nq'), assistant('a')]],
    ['question_answer', { question: 'q', answer: 42 }, [user('q'), assistant('42')]],
    ['question_answer', { Question: 'q', Answer: 'a', Context: '' }, both],
    [
      'question_answer',
      { context: 'c', question: 'q', answers: { text: ['a', 'b'], answer_start: [1, 2] } },
      [user('c\n\nq'), assistant('a')],
    ],
    ['question_answer', { question: 'q', answers: ['a'] }, both],
    ['question_answer', { question: 'q', answer: { value: 'a', aliases: ['b'] } }, both],
    ['question_answer', { system_prompt: 's', question: 'q', response: 'a' }, [system('s'), ...both]],
    [
      'question_answer',
      { QUESTION: 'q', CONTEXTS: ['c1', 'c2'], LONG_ANSWER: 'a', final_decision: 'yes' },
      [user('c1\n\nc2\n\nq'), assistant('a')],
    ],
    [
      'question_answer',
      { pubid: 1, question: 'q', context: { contexts: ['c'], labels: ['L'] }, long_answer: 'a' },
      [user('c\n\nq'), assistant('a')],
    ],
    // preference
    ['preference', { prompt: 'q', chosen: 'a', rejected: 'b' }, both],
    ['preference', { prompt: [user('q')], chosen: [assistant('a')], rejected: [assistant('b')] }, both],
    ['preference', { chosen: both, rejected: [user('q'), assistant('b')] }, both],
    ['preference', { prompt: 'q', chosen: both, rejected: [user('q'), assistant('b')] }, both],
    [
      'preference',
      { chosen: 'The sky is blue.', rejected: 'The sky is black.' },
      [user('The sky is'), assistant('blue.')],
    ],
    ['preference', { system: 's', question: 'q', chosen: 'a', rejected: 'b' }, [system('s'), ...both]],
    [
      'preference',
      {
        chosen: '\n\nHuman: q\n\nAssistant: a\n\nHuman: q\n\nAssistant: a',
        rejected: '\n\nHuman: q\n\nAssistant: b',
      },
      [...both, ...both],
    ],
    [
      'preference',
      {
        input: { messages: [user('q')], tools: [] },
        preferred_output: [assistant('a')],
        non_preferred_output: [assistant('b')],
      },
      both,
    ],
    [
      'preference',
      {
        conversations: [{ from: 'human', value: 'q' }],
        chosen: { from: 'gpt', value: 'a' },
        rejected: { from: 'gpt', value: 'b' },
      },
      both,
    ],
    ['preference', { prompt: '\n\nHuman: q\n\nAssistant:', chosen: ' a', rejected: ' b' }, both],
  ])('%s: %j', async (format, record, messages) => {
    const { items, formats } = await read(`${JSON.stringify(record)}\n`);
    expect(items[0]?.messages).toEqual(messages);
    expect(formats).toEqual([format]);
  });

  it.each(['text', 'content', 'TEXT'])('plain text in %s', async (field) => {
    expect(await one({ [field]: 'words', label: 3 })).toMatchObject({ text: 'words', task: 'general' });
  });

  it('keeps the passage where it begins the question, and only then', async () => {
    expect((await one({ question: 'q', answer: 'a', context: 'c' })).context).toBe('c');
    expect(await one({ prompt: 'c: q', completion: 'a', context: 'c' })).toMatchObject({
      context: 'c',
      messages: [user('c: q'), assistant('a')],
    });
    const inside = await one({ prompt: 'Read c. q', completion: 'a', context: 'c' });
    expect(inside.context).toBeUndefined();
    expect(inside.group).toBe((await one({ question: 'other', answer: 'a', context: 'c' })).group);
    expect((await one({ messages: [user('c\nq'), assistant('a')], context: 'c' })).context).toBe('c');
  });

  it('takes the final value apart from the explanation', async () => {
    expect((await one({ prompt: 'q', completion: '1 + 1', answer: 2 })).answer).toBe('2');
    expect((await one({ question: 'q', answer: 'a' })).answer).toBeUndefined();
    expect((await one({ question: 'q', long_answer: 'because', final_decision: 'no' })).answer).toBe('no');
    expect((await one({ question: 'q', final_decision: 'no' })).answer).toBeUndefined();
  });

  it('counts answers that are not learned', async () => {
    const { unusedAnswers } = await read(
      [
        { prompt: 'q', chosen: 'a', rejected: 'b' },
        { question: 'q', answers: { text: ['a', 'a', 'b'] } },
        { prompt: 'q', completion: 'a' },
      ]
        .map((record) => JSON.stringify(record))
        .join('\n'),
    );
    expect(unusedAnswers).toBe(2);
  });

  it('reads the fields beside the content', async () => {
    const about = { id: 7, task: 't', group: 'g', source: 'page 3', license: 'MIT' };
    expect(await one({ text: 'words', ...about })).toEqual({
      id: '7',
      text: 'words',
      task: 't',
      group: 'g',
      source: 'page 3',
      licence: 'MIT',
      origin: { file: 'a.jsonl', row: 1 },
      steps: [],
    });
    expect(await one({ text: 'words' }, { task: 'own', licence: 'CC0-1.0' })).toMatchObject({
      id: 'a.jsonl:1',
      task: 'own',
      source: 'a.jsonl:1',
      licence: 'CC0-1.0',
    });
  });

  it('does not take numbers for names that JavaScript cannot tell apart', async () => {
    const { items } = await read(
      '{"id": 1234567890123456789, "text": "a"}\n{"id": 1234567890123456788, "text": "b"}\n',
    );
    expect(items.map(({ id }) => id)).toEqual(['a.jsonl:1', 'a.jsonl:2']);
  });

  it('takes names that objects have from birth for nothing special', async () => {
    const item = await one(JSON.parse('{"__proto__": {"text": "x"}, "constructor": "y", "text": "words"}'));
    expect(item.text).toBe('words');
    const { rejected } = await read('{"toString": "x", "hasOwnProperty": 1}\n');
    expect(rejected[0]!.message).toContain('no known form of record; its fields are `toString`');
  });

  it('puts records with the same context, or the same prompt, into one group', async () => {
    const { items } = await read(
      [
        { question: 'q1', answer: 'a', context: 'c' },
        { question: 'q2', answer: 'a', context: 'c' },
        { prompt: 'p', completion: 'a' },
        { prompt: 'p', completion: 'b' },
        { prompt: 'other', completion: 'b' },
      ]
        .map((record) => JSON.stringify(record))
        .join('\n'),
    );
    const groups = items.map(({ group }) => group);
    expect(groups[1]).toBe(groups[0]);
    expect(groups[3]).toBe(groups[2]);
    expect(new Set(groups).size).toBe(3);
  });
});
