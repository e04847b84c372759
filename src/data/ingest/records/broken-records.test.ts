import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll, writeAndRead } from './records.fixture.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-broken-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const read = (content: string, name = 'a.jsonl', settings: object = {}) =>
  writeAndRead(directory, name, content, settings);
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const system = (content: string) => ({ role: 'system', content });
const both = [user('q'), assistant('a')];

describe('broken records', () => {
  const good = '{"prompt": "q", "completion": "a"}';
  it.each([
    ['{"prompt": "q"', undefined, 'is not valid JSON'],
    ['{"prompt": "q", "completion": NaN}', undefined, 'is not valid JSON'],
    ['[]', undefined, 'a record has to be an object'],
    ['{"prompt": "q"}', 'completion', '`completion` is missing'],
    ['{"prompt": "q", "completion": null}', 'completion', '`completion` is missing'],
    ['{"prompt": "q", "completion": 3}', 'completion', '`completion` has to be a text'],
    ['{"prompt": "q", "completion": " "}', 'completion', '`completion` is empty'],
    ['{"prompt": "q\\ud800", "completion": "a"}', 'prompt', 'half of a character'],
    ['{"text": "t", "task": ["a"]}', 'task', '`task` has to be a text'],
    ['{"frage": "q"}', undefined, 'no known form of record; its fields are `frage`'],
    ['{}', undefined, 'its fields are none'],
    [
      '{"table": {}, "paragraphs": [{"a": 1}], "questions": []}',
      'paragraphs',
      'several records in `paragraphs`',
    ],
    ['{"messages": []}', 'messages', '`messages` has to be a list of turns'],
    ['{"messages": "[{\'role\': 1}]"}', 'messages', 'no JSON list of turns'],
    ['{"messages": [{"role": "narrator", "content": "q"}]}', 'messages[0].role', 'unknown role "narrator"'],
    ['{"messages": [{"content": "q"}]}', 'messages[0].role', '`messages[0].role` is missing'],
    ['{"messages": [null]}', 'messages[0].role', '`messages[0].role` is missing'],
    ['{"messages": [{"role": "user"}]}', 'messages[0].content', '`messages[0].content` has to be a text'],
    [JSON.stringify({ messages: [user('q')] }), 'messages', 'does not end with an answer'],
    [
      JSON.stringify({ messages: [user('q'), user('q'), assistant('a')] }),
      'messages[1].role',
      'a turn of assistant is expected',
    ],
    [JSON.stringify({ messages: [assistant('a')] }), 'messages[0].role', 'a turn of user is expected'],
    [
      JSON.stringify({ messages: [...both, system('s'), ...both] }),
      'messages[2].role',
      'a turn of user is expected',
    ],
    [
      JSON.stringify({ messages: [...both, { role: 'tool', content: '3' }] }),
      'messages[2].role',
      'tools cannot be learned',
    ],
    [
      JSON.stringify({
        messages: [user('q'), { role: 'assistant', content: null, tool_calls: [{ id: 1 }] }],
      }),
      'messages[1].tool_calls',
      'calls a tool',
    ],
    [
      JSON.stringify({ conversations: [{ from: 'function_call', value: '{}' }] }),
      'conversations[0].from',
      'tools cannot',
    ],
    [
      JSON.stringify({ messages: [user('q'), { ...assistant('a'), weight: 0 }] }),
      'messages[1].weight',
      'weight 0',
    ],
    [
      JSON.stringify({ messages: [{ role: 'user', content: [{ type: 'image_url' }] }, assistant('a')] }),
      'messages[0].content[0].type',
      'only text can be learned',
    ],
    [
      JSON.stringify({
        conversations: [
          { from: 'gpt', value: 'a' },
          { from: 'human', value: 'q' },
        ],
      }),
      'conversations[0].role',
      'a turn of user',
    ],
    [
      JSON.stringify({ instruction: 'q', output: 'a', history: ['x'] }),
      'history[0]',
      'pair of question and answer',
    ],
    [
      JSON.stringify({ question: 'q', answers: { text: [], answer_start: [] } }),
      'answers.text',
      'holds no answer',
    ],
    [JSON.stringify({ question: 'q', choices: ['x', 'y'], answer: 1 }), 'choices', 'multiple choice'],
    [JSON.stringify({ prompt: 'q', chosen: 'a' }), 'rejected', '`rejected` is missing'],
    [JSON.stringify({ chosen: 'yes', rejected: 'no' }), 'prompt', '`prompt` is missing'],
    [
      JSON.stringify({ chosen: '\n\nHuman: q', rejected: '\n\nHuman: q' }),
      'chosen',
      'does not end with an answer',
    ],
  ])('%s is set aside with line, field and fix', async (text, field, message) => {
    const { items, rejected } = await read(`${good}\n\n${text}\n${good.replace('q', 'r')}\n`);
    expect(items).toHaveLength(2);
    expect(rejected).toEqual([
      {
        file: expect.stringMatching(/a\.jsonl$/),
        line: 3,
        message: expect.stringContaining(message),
        fix: expect.stringMatching(/\w/),
        record: text,
        ...(field === undefined ? {} : { field }),
      },
    ]);
  });

  it('shows no more than 2,000 characters of a record, and no half of one', async () => {
    const { rejected } = await read(JSON.stringify({ frage: '😀'.repeat(3000) }));
    expect(rejected[0]!.record.length).toBeLessThanOrEqual(2000);
    expect(rejected[0]!.record).not.toMatch(/\p{Surrogate}/u);
  });

  it.each(['a', ' ', '"', '{', '[', '\\', '\n', 'Human: ', '{{', '<!--'])(
    'does not hang on 100 kB of %j',
    async (piece) => {
      const long = piece.repeat(100_000 / piece.length);
      const records = [
        { prompt: `x${long}`, completion: 'a' },
        { chosen: `Human: ${long}`, rejected: long },
        { [long]: long },
      ];
      const { items, rejected } = await read(
        records.map((record) => JSON.stringify(record)).join('\n'),
        'a.jsonl',
        {
          mapping: { source: `{x}${long}` },
        },
      );
      expect(items.length + rejected.length).toBe(3);
      await writeFile(join(directory, 'long.csv'), `a,b\n${long}`);
      await readAll(join(directory, 'long.csv')).catch(() => undefined);
      await writeFile(join(directory, 'long.txt'), long);
      await expect(readAll(join(directory, 'long.txt'))).rejects.toThrow();
    },
  );
});
