import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordsSchema } from '../../../recipe/data/records.js';
import { writeAndRead } from './records.fixture.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-mapping-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function mapped(record: object, mapping: object) {
  const { items, rejected } = await writeAndRead(directory, 'a.jsonl', JSON.stringify(record), { mapping });
  return items[0] ?? rejected[0]!;
}
const turns = (user: string, assistant: string) => [
  { role: 'user', content: user },
  { role: 'assistant', content: assistant },
];

describe('a mapping', () => {
  it('names the fields of a form of its own', async () => {
    const record = {
      Frage: 'q',
      antwort: 'a',
      rolle: 's',
      thema: 't',
      firma: 'ACME',
      nr: 7,
      quelle: 'p. 3',
      rechte: 'MIT',
      wert: 2,
      absatz: 'c',
    };
    const mapping = {
      prompt: 'frage',
      completion: 'antwort',
      system: 'rolle',
      context: 'absatz',
      task: 'thema',
      group: 'firma',
      id: 'nr',
      source: 'quelle',
      licence: 'rechte',
      answer: 'wert',
    };
    expect(await mapped(record, mapping)).toEqual({
      id: '7',
      messages: [{ role: 'system', content: 's' }, ...turns('c\n\nq', 'a')],
      context: 'c',
      task: 't',
      group: 'ACME',
      source: 'p. 3',
      licence: 'MIT',
      answer: '2',
      origin: { file: 'a.jsonl', row: 1 },
      steps: [],
    });
  });

  it('fills templates in, without executing anything', async () => {
    const record = {
      title: 'T',
      body: '{title} $& $${1+1} {{1+1}}',
      tags: ['x', 'y'],
      meta: { n: 3, deep: { m: 'z' } },
      none: null,
    };
    const text = async (template: string) =>
      (await mapped(record, { text: template })) as { text?: string; message?: string };
    expect((await text('{title}\n\n{body}')).text).toBe('T\n\n{title} $& $${1+1} {{1+1}}');
    expect((await text('{ title }: {tags} {meta.n} {meta.deep.m} {meta} [{none}]')).text).toBe(
      'T: x\ny 3 z {"n":3,"deep":{"m":"z"}} []',
    );
    expect((await text('{{title}} {title}')).text).toBe('{title} T');
    expect((await text('{title} {missing}')).message).toBe('`missing` is missing');
    expect((await text('{none}')).message).toBe('`{none}` is empty');
    expect((await text('meta.deep.m')).text).toBe('z');
    expect((await text('constructor')).message).toBe('`constructor` is missing');
    expect((await text('{meta.__proto__.x}')).message).toBe('`meta.__proto__.x` is missing');
  });

  it('goes before the known forms, and only what it names is read of the content', async () => {
    const record = { text: 'words', question: 'q', answer: 'a', context: 'c', system: 's', task: 't' };
    expect(await mapped(record, { prompt: 'question', completion: 'answer' })).toMatchObject({
      messages: turns('q', 'a'),
      task: 't',
    });
    expect(await mapped(record, { text: 'context' })).toMatchObject({ text: 'c' });
    expect(await mapped({ turns: turns('q', 'a'), text: 'x' }, { messages: 'turns' })).toMatchObject({
      messages: turns('q', 'a'),
    });
    expect(
      await mapped(record, {
        prompt: 'Read: {context}\n{question}',
        completion: 'answer',
        context: 'context',
      }),
    ).toMatchObject({
      messages: turns('Read: c\nq', 'a'),
    });
  });

  it('may name only what stands beside the content', async () => {
    const record = { question: 'q', answer: 'a', passage_text: 'c', final: 5 };
    expect(
      await mapped(record, { context: 'passage_text', answer: 'final', task: '{question}!' }),
    ).toMatchObject({
      messages: turns('c\n\nq', 'a'),
      context: 'c',
      answer: '5',
      task: 'q!',
    });
  });

  it('sets records aside that lack what it names', async () => {
    const mapping = { prompt: 'frage', completion: 'antwort', group: 'firma' };
    expect(await mapped({ antwort: 'a', firma: 'f' }, mapping)).toMatchObject({
      field: 'frage',
      message: '`frage` is missing',
    });
    expect(await mapped({ frage: 'q', antwort: '', firma: 'f' }, mapping)).toMatchObject({
      field: 'antwort',
      message: '`antwort` is empty',
    });
    expect(await mapped({ frage: 'q', antwort: 'a' }, mapping)).toMatchObject({ field: 'firma' });
    expect(
      await mapped({ frage: 'q', antwort: 'a', firma: 'f', task: 'own' }, { ...mapping, task: 'thema' }),
    ).toMatchObject({ task: 'own' });
  });
});

describe('the settings of records', () => {
  const parse = (more: object) => recordsSchema.safeParse({ type: 'records', path: 'a.jsonl', ...more });

  it('have defaults', () => {
    expect(parse({}).data).toEqual({
      type: 'records',
      path: 'a.jsonl',
      task: 'general',
      licence: 'unknown',
      format: 'auto',
      mapping: {},
    });
  });

  it.each([
    [{ mapping: { prompt: 'a' } }, /both `prompt` and `completion`/],
    [{ mapping: { prompt: 'a', completion: 'b', text: 'c' } }, /only one of/],
    [{ mapping: { prompts: 'a' } }, /prompts/],
    [{ group_by: 'a', mapping: { group: 'b' } }, /name the group once/],
    [{ format: 'chatml' }, /Invalid option/],
  ])('refuse %j', (more, message) => {
    expect(JSON.stringify(parse(more).error?.issues)).toMatch(message);
  });
});
