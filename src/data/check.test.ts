import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataSchema } from '../recipe/data.js';
import { checkData } from './check.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-check-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function check(files: Record<string, string>, sources: object[], more: object = {}) {
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  return checkData(dataSchema.parse({ sources, ...more }), { baseDirectory: directory, seed: 1 });
}

const lines = (...records: object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
const records = (path: string) => ({ type: 'records', path });
const many = Array.from({ length: 30 }, (_, index) => ({ prompt: `p${index}`, completion: 'a' }));

describe('checkData', () => {
  it('finds nothing wrong with good data and says what it would make', async () => {
    const { problems, counts, characters } = await check({ 'good.jsonl': lines(...many) }, [
      records('good.jsonl'),
    ]);
    expect(problems).toEqual([]);
    expect(counts.train + counts.validation + counts.test).toBe(30);
    expect(characters).toEqual({ shortest: 3, median: 4, longest: 4 });
  });

  it('lists all problems of all sources at once, errors first', async () => {
    const { problems, steps } = await check(
      {
        'a.jsonl': lines(...many, many[3]!, { prompt: 'p4', completion: 'b' }, { prompt: 'x' }),
        'b.jsonl': '{"prompt": \n',
        'tables.json': '{"source": "s", "licence": "l", "tables": [{"id": "t", "columns": [], "rows": []}]}',
      },
      [
        records('a.jsonl'),
        records('b.jsonl'),
        records('none.jsonl'),
        { type: 'tables', path: 'tables.json' },
      ],
    );
    expect(
      problems.map(({ severity, line, field, message }) => [severity, line, field, message.slice(0, 36)]),
    ).toEqual([
      ['error', undefined, undefined, 'no such file or folder'],
      ['error', 33, 'completion', '`completion` is missing'],
      ['error', 1, undefined, expect.stringContaining('is not valid JSON')],
      ['error', undefined, 'tables[0].columns', 'is not a file of statement tables: T'],
      ['warning', undefined, undefined, 'two answers to the same prompt: a.js'],
    ]);
    expect(steps.find(({ step }) => step === 'dedup')!.removed).toEqual({ exact_duplicate: 1 });
    expect(problems.every(({ fix }) => fix)).toBe(true);
  });

  it('finds ids that are used twice and prompts that stand in two splits', async () => {
    const leaking = many.map((record, index) => ({
      ...record,
      prompt: 'same',
      completion: `answer ${index}`,
      group: `g${index}`,
      id: `i${index % 29}`,
    }));
    const { problems } = await check({ 'leak.jsonl': lines(...leaking) }, [records('leak.jsonl')], {
      contamination: { held_out: false },
    });
    expect(problems.filter(({ field }) => field === 'id')).toHaveLength(1);
    expect(
      problems.some(({ message }) => /^the same prompt stands in (train|test|validation)/.test(message)),
    ).toBe(true);
  });

  it('takes such prompts out of training where contamination is looked for', async () => {
    const leaking = many.map((record, index) => ({ ...record, prompt: 'same', group: `g${index}` }));
    const asked = leaking.map((record, index) => ({ ...record, completion: `answer ${index}` }));
    const { problems, steps, counts } = await check({ 'leak.jsonl': lines(...asked) }, [
      records('leak.jsonl'),
    ]);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(counts.train).toBe(0);
    expect(steps.find(({ step }) => step === 'contamination')!.removed.heldout_overlap).toBeGreaterThan(20);
  });

  it('says that no pair could be made, and reads tables from the texts of their cells', async () => {
    const file = (cells: string[][]): string =>
      JSON.stringify({ source: 's', licence: 'l', tables: [{ id: 't', cells }] });
    const readable = [
      ['', '2019', '2018'],
      ['Sales', '$10', '$8'],
      ['Costs', '7', '6'],
    ];
    const only = { split: { train: 1, validation: 0, test: 0 } };
    const sources = [{ type: 'tables', path: 'cells.json' }];
    const good = await check({ 'cells.json': file(readable) }, sources, only);
    expect(good.problems).toEqual([]);
    expect(good.sources[0]!.tables).toEqual({ used: 1, refused: [] });
    const bad = await check({ 'cells.json': file([['Name', 'Title']]) }, sources, only);
    expect(bad.problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining('no pair could be made') }),
    ]);
  });
});
