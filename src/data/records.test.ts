import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecords } from './records.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-records-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const source = (path: string) => ({ type: 'records' as const, path, task: 'general', licence: 'unknown' });

async function read(content: string, name = 'a.jsonl') {
  const file = join(directory, name);
  await writeFile(file, content);
  return readRecords(file, source(name));
}

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });

describe('readRecords', () => {
  it.each([
    [
      { messages: [{ role: 'system', content: 's' }, user('q'), assistant('a')] },
      [{ role: 'system', content: 's' }, user('q'), assistant('a')],
    ],
    [
      { prompt: 'q', completion: 'a', system: 's' },
      [{ role: 'system', content: 's' }, user('q'), assistant('a')],
    ],
    [{ instruction: 'do', input: 'this', output: 'a' }, [user('do\n\nthis'), assistant('a')]],
    [{ instruction: 'do', input: '', output: 'a' }, [user('do'), assistant('a')]],
    [{ question: 'q', answer: 'a', context: 'c' }, [user('c\n\nq'), assistant('a')]],
  ])('reads %j', async (record, messages) => {
    const { examples, problems } = await read(JSON.stringify(record));
    expect(problems).toEqual([]);
    expect(examples[0]!.messages).toEqual(messages);
    expect(examples[0]!.answer).toBeUndefined();
  });

  it('reads plain text, and the fields beside the content', async () => {
    const about = { id: 7, task: 't', group: 'g', source: 'page 3', license: 'MIT' };
    const { examples } = await read(`\uFEFF${JSON.stringify({ text: 'words', ...about })}\n\n`);
    expect(examples).toEqual([
      { id: '7', text: 'words', task: 't', group: 'g', source: 'page 3', licence: 'MIT' },
    ]);
  });

  it('reads a list from a .json file', async () => {
    const { examples } = await read('[{"prompt": "q", "completion": "1 + 1", "answer": 2}]', 'b.json');
    expect(examples[0]).toMatchObject({ id: 'b.json:[0]', source: 'b.json:[0]', answer: '2' });
  });

  it('puts records with the same context, or the same prompt, into one group', async () => {
    const records = [
      { question: 'q1', answer: 'a', context: 'c' },
      { question: 'q2', answer: 'a', context: 'c' },
      { prompt: 'p', completion: 'a' },
      { prompt: 'p', completion: 'b' },
      { prompt: 'other', completion: 'b' },
    ];
    const { examples } = await read(records.map((record) => JSON.stringify(record)).join('\n'));
    const groups = examples.map(({ group }) => group);
    expect(groups[1]).toBe(groups[0]);
    expect(groups[3]).toBe(groups[2]);
    expect(new Set(groups).size).toBe(3);
  });

  it.each([
    ['{"prompt": "q"', undefined, 'is not valid JSON'],
    ['[]', undefined, 'a record has to be an object'],
    ['{"prompt": "q"}', 'completion', '`completion` is missing'],
    ['{"prompt": "q", "completion": 3}', 'completion', '`completion` has to be a text'],
    ['{"prompt": "q", "completion": " "}', 'completion', '`completion` is empty'],
    ['{"prompt": "q\\ud800", "completion": "a"}', 'prompt', 'half of a character'],
    ['{"frage": "q"}', undefined, 'no known form of record; its fields are `frage`'],
    ['{"messages": []}', 'messages', '`messages` has to be a list of turns'],
    ['{"messages": [{"role": "human", "content": "q"}]}', 'messages[0].role', 'unknown role "human"'],
    ['{"messages": [{"role": "user"}]}', 'messages[0].content', '`messages[0].content` has to be a text'],
    [JSON.stringify({ messages: [user('q')] }), 'messages', 'does not end with an answer'],
    [
      JSON.stringify({ messages: [user('q'), user('q'), assistant('a')] }),
      'messages[1].role',
      'a turn of assistant is expected',
    ],
    [JSON.stringify({ messages: [assistant('a')] }), 'messages[0].role', 'a turn of user is expected'],
  ])('sets %s aside with line, field and fix', async (text, field, message) => {
    const { examples, problems } = await read(`{"prompt": "q", "completion": "a"}\n${text}\n`);
    expect(examples).toHaveLength(1);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.field).toBe(field);
    expect(problems[0]).toMatchObject({
      severity: 'error',
      file: join(directory, 'a.jsonl'),
      line: 2,
      message: expect.stringContaining(message),
      fix: expect.stringMatching(/\w/),
    });
  });

  it('refuses a file without records, and JSON that is no list', async () => {
    await expect(read('\n')).rejects.toThrow('holds no records');
    await expect(read('{}', 'c.json')).rejects.toThrow('holds no list of records');
    await expect(read('{"a": 1}\n{"a": 2}', 'd.json')).rejects.toMatchObject({
      fix: expect.stringContaining('.jsonl'),
    });
    await expect(readRecords(join(directory, 'none.jsonl'), source('none.jsonl'))).rejects.toThrow(
      'no such file',
    );
  });
});
