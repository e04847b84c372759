import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FoundFile } from '../find-files.js';
import { readRecordFile } from './read-records.js';
import { readAll, recordsSettings, writeAndRead } from './records.fixture.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-records-'));
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
const both = [user('q'), assistant('a')];

describe('a file of records', () => {
  it('may hold several forms, also after the beginning that was looked at', async () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ text: `t${index}`, prompt: 'q' }));
    const { formats, rejected } = await read(
      [...many, { prompt: 'q', completion: 'a' }, { messages: both }, { strange: 1 }]
        .map((record) => JSON.stringify(record))
        .join('\n'),
    );
    expect(formats.filter((format) => format === 'text')).toHaveLength(300);
    expect(formats.slice(300)).toEqual(['prompt_completion', 'messages']);
    expect(rejected).toMatchObject([{ line: 303 }]);
  });

  it('is read by its usual form where a record has two', async () => {
    const texts = Array.from({ length: 5 }, (_, index) => ({ text: `t${index}` }));
    const { formats } = await read(
      [...texts, { text: 't', prompt: 'q', completion: 'a' }].map((r) => JSON.stringify(r)).join('\n'),
    );
    expect(formats.at(-1)).toBe('text');
  });

  it('may be held to one form', async () => {
    const { rejected, items } = await read('{"text": "t"}\n{"prompt": "q", "completion": "a"}', 'a.jsonl', {
      format: 'text',
    });
    expect(items).toHaveLength(1);
    expect(rejected).toMatchObject([{ line: 2, field: 'text', message: '`text` is missing' }]);
  });

  it('is refused as a whole when it is missing, empty or of another kind', async () => {
    await expect(read('\n\n')).rejects.toMatchObject({
      message: 'holds no records',
      fix: expect.stringContaining('`messages`'),
    });
    await expect(read('')).rejects.toThrow('holds no records');
    await expect(read('words', 'a.txt')).rejects.toThrow('it is a text file');
    await expect(readAll(join(directory, 'none.jsonl'))).rejects.toThrow('no such file');
    const found: FoundFile = {
      file: join(directory, 'gone.jsonl'),
      name: 'gone.jsonl',
      format: 'jsonl',
      bytes: 1,
    };
    await expect(readRecordFile(found, recordsSettings()).next()).rejects.toThrow('no such file');
  });

  it('can be stopped', async () => {
    const file = join(directory, 'stop.jsonl');
    await writeFile(file, '{"text": "t"}\n'.repeat(100_000));
    const found: FoundFile = { file, name: 'stop.jsonl', format: 'jsonl', bytes: 1 };
    const controller = new AbortController();
    let count = 0;
    const reading = async () => {
      for await (const _ of readRecordFile(found, recordsSettings(), { signal: controller.signal })) {
        if (++count === 3) controller.abort(new Error('stopped by the user'));
      }
    };
    await expect(reading()).rejects.toThrow('stopped by the user');
    expect(count).toBeLessThan(100_000);
  });
});

describe('groups', () => {
  it('are named by a field, the file or the folder', async () => {
    const record = { text: 't', company: 'ACME', group: 'g', meta: { year: 2020 } };
    expect((await one(record, { group_by: 'company' })).group).toBe('ACME');
    expect((await one(record, { group_by: 'meta.year' })).group).toBe('2020');
    expect((await one(record, { group_by: 'file' })).group).toBe('a.jsonl');
    expect((await one(record, { group_by: 'folder' })).group).toBe('.');
    expect((await one(record, { mapping: { group: '{company}-{meta.year}' } })).group).toBe('ACME-2020');
    const { rejected } = await read('{"text": "t"}', 'a.jsonl', { group_by: 'company' });
    expect(rejected).toMatchObject([{ field: 'company', message: '`company` is missing' }]);
  });
});

const realData = '../shared/data';
describe.skipIf(!existsSync(realData))('real files (in ../shared/data beside the repository)', () => {
  it('PubMedQA is 1,000 questions by their ids', async () => {
    const { items, rejected } = await readAll(`${realData}/medicine/pubmedqa_ori_pqal.json`);
    expect(rejected).toEqual([]);
    expect(items).toHaveLength(1000);
    expect(items[0]).toMatchObject({
      id: '21645374',
      answer: 'yes',
      context: expect.stringContaining('\n\n'),
    });
    expect(items[0]!.messages![0]!.content.startsWith(items[0]!.context!)).toBe(true);
  });

  it("TAT-QA's tables with their questions are no records", async () => {
    const { items, rejected } = await readAll(`${realData}/finance/tatqa_dataset_dev.json`);
    expect(items).toEqual([]);
    expect(rejected).toHaveLength(278);
    expect(rejected[277]).toMatchObject({
      field: '[277].paragraphs',
      message: expect.stringContaining('several records'),
    });
  });

  it('a list of labels by id is an object of no records', async () => {
    await expect(readAll(`${realData}/medicine/pubmedqa_test_ground_truth.json`)).resolves.toMatchObject({
      items: [],
    });
  });
});
