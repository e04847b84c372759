import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFiles } from '../find-files.js';
import { recogniseRecords } from './recognise-records.js';
import { recordsSettings } from './records.fixture.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-recognise-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function recognise(records: unknown[], settings: object = {}) {
  const file = join(directory, 'a.jsonl');
  await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return recogniseRecords((await findFiles(file, ''))[0]!, recordsSettings(settings));
}

describe('recogniseRecords', () => {
  it('shows the form, which field is read as what, and how many records fit', async () => {
    const record = {
      Question: 'q',
      CONTEXTS: ['c'],
      LONG_ANSWER: 'a',
      final_decision: 'yes',
      id: 3,
      YEAR: '2011',
    };
    const recognised = await recognise([record, record, { question: 'q' }, { text: 't' }]);
    expect(recognised).toMatchObject({
      format: 'question_answer',
      mapping: [
        { field: 'Question', role: 'prompt' },
        { field: 'LONG_ANSWER', role: 'completion' },
        { field: 'CONTEXTS', role: 'context' },
        { field: 'final_decision', role: 'answer' },
        { field: 'id', role: 'id' },
      ],
      sampled: 4,
      fitting: { question_answer: 2, text: 1 },
      problem: '`answer` is missing',
    });
    expect(recognised.samples).toHaveLength(3);
    expect(recognised.samples[0]).toMatchObject({
      record: JSON.stringify(record),
      item: { id: '3', context: 'c' },
    });
  });

  it('looks at the first 200 records', async () => {
    const texts = Array.from({ length: 200 }, () => ({ text: 't' }));
    const more = Array.from({ length: 500 }, () => ({ prompt: 'q', completion: 'a' }));
    expect(await recognise([...texts, ...more])).toMatchObject({
      format: 'text',
      sampled: 200,
      fitting: { text: 200 },
    });
  });

  it('shows what a mapping of the recipe reads', async () => {
    const mapping = { prompt: '{titel}: {frage}', completion: 'antwort' };
    const record = {
      titel: 't',
      frage: 'q',
      antwort: 'a',
      group: 'own',
      task: 'x',
      context: 'c',
      firma: 'f',
    };
    expect(await recognise([record], { mapping, group_by: 'firma' })).toMatchObject({
      format: 'prompt_completion',
      mapping: [
        { field: '{titel}: {frage}', role: 'prompt' },
        { field: 'antwort', role: 'completion' },
        { field: 'firma', role: 'group' },
        { field: 'task', role: 'task' },
      ],
      fitting: { prompt_completion: 1 },
    });
  });

  it('says that nothing is known', async () => {
    expect(await recognise([{ a: 1 }])).toEqual({
      format: undefined,
      mapping: [],
      sampled: 1,
      fitting: {},
      samples: [],
      problem: 'no known form of record; its fields are `a`',
    });
    await expect(recognise([])).rejects.toThrow('holds no records');
  });
});
