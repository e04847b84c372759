import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heldOutBenchmark } from '../benchmarks/held-out.js';
import { makeItem, scriptedSystem } from '../evaluate.fixture.js';
import { evaluateSystem } from '../runner.js';
import type { System } from '../system.js';
import { createRecordedSystem, type RecordedSystemOptions } from './recorded.js';

const settings = { max_new_tokens: 32, temperature: 0, top_p: 1, top_k: 0, seed: 1 };
let baseDirectory: string;
beforeEach(async () => {
  baseDirectory = await mkdtemp(join(tmpdir(), 'attune-recorded-'));
});
afterEach(() => rm(baseDirectory, { recursive: true }));

async function open(file: string, content: string, more: Partial<RecordedSystemOptions> = {}) {
  await writeFile(join(baseDirectory, file), content);
  return createRecordedSystem({ name: 'expert', file, baseDirectory, ...more });
}

async function answersOf(system: System, ids: string[]): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  const prompts = ids.map((id) => ({ id, text: '' }));
  for await (const { id, text } of system.answer(prompts, settings)) found.push([id, text]);
  return Object.fromEntries(found);
}

const two = { a: '12', b: 'yes' };

describe('recorded answers', () => {
  it.each<[string, string, Partial<RecordedSystemOptions>]>([
    ['lines.jsonl', '{"id":"a","answer":12}\n\n{"id":"b","answer":"yes","note":null}\n', {}],
    ['list.json', '[{"question_id":"a","prediction":"12"},{"question_id":"b","prediction":"yes"}]', {}],
    ['wrapped.json', '{"model":"x","predictions":[{"id":"a","answer":"12"},{"id":"b","answer":"yes"}]}', {}],
    [
      'two-lists.json',
      '{"gold":[{"id":"a","answer":"0"}],"anna":[{"id":"a","answer":"12"},{"id":"b","answer":"yes"}]}',
      { rows: 'anna' },
    ],
    ['by-id.json', '{"a":{"Q":"?","pred":"12"},"b":{"Q":"?","pred":"yes"}}', { answer: 'pred' }],
    ['texts.json', '{"a":"12","b":"yes"}', {}],
    ['table.csv', 'ID;Answer\na;12\nb;yes\n', {}],
    ['table.tsv', 'id\tanna\tben\na\t12\t13\nb\tyes\tno\n', { answer: 'anna' }],
    [
      'long.csv',
      'id,annotator,answer\na,anna,12\na,ben,13\nb,anna,yes\nb,ben,no\n',
      { rows: 'annotator=anna' },
    ],
  ])('are read from %s', async (file, content, more) => {
    const system = await open(file, content, more);
    expect(await answersOf(system, ['b', 'a', 'c'])).toEqual(two);
    expect([system.size, system.partial]).toEqual([2, true]);
  });

  it('are read from Parquet', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const database = await instance.connect();
    const file = join(baseDirectory, 'answers.parquet');
    await database.run(
      `COPY (SELECT * FROM (VALUES ('a', '12'), ('b', 'yes')) t(id, response)) TO '${file}' (FORMAT parquet)`,
    );
    database.closeSync();
    instance.closeSync();
    const system = await createRecordedSystem({ name: 'x', file: 'answers.parquet', baseDirectory });
    expect(await answersOf(system, ['a', 'b'])).toEqual(two);
    expect(system.notes).toEqual([expect.stringContaining('answer is taken from the field response of')]);
  });

  it('are read from the file of an evaluation, with what it says besides', async () => {
    const examples = [makeItem(1), makeItem(2)];
    const benchmark = heldOutBenchmark('held-out', examples);
    const source = scriptedSystem('tuned', (id) => `said ${id}`);
    const { file, items } = await evaluateSystem({
      system: source,
      benchmark,
      settings,
      directory: baseDirectory,
    });
    const system = await createRecordedSystem({ name: 'earlier', file, baseDirectory });
    const again = await evaluateSystem({ system, benchmark, settings, directory: baseDirectory });
    expect(again.items.map(({ answer, scores }) => [answer, scores])).toEqual(
      items.map(({ answer, scores }) => [answer, scores]),
    );
    expect(again.items.every(({ stopped }) => stopped)).toBe(true);
  });

  it('have a hash of the answers, not of their file', async () => {
    const [csv, json] = [
      await open('t.csv', 'id,answer\nb,yes\na,12\n'),
      await open('t.json', '{"a":"12","b":"yes"}'),
    ];
    expect(csv.hash).toBe(json.hash);
    expect((await open('u.json', '{"a":"13","b":"yes"}')).hash).not.toBe(csv.hash);
  });

  it('leave out, count as empty or refuse what an expert did not answer', async () => {
    const content = '{"id":"a","answer":"12"}\n{"id":"b","answer":"  "}\n{"id":"c","answer":null}\n';
    const ids = ['a', 'b', 'c', 'd'];
    expect(await answersOf(await open('e.jsonl', content), ids)).toEqual({ a: '12' });
    const empty = await open('e.jsonl', content, { missing: 'empty' });
    expect(empty.partial).toBe(false);
    expect(await answersOf(empty, ids)).toEqual({ a: '12', b: '', c: '', d: '' });
    const strict = await open('e.jsonl', content, { missing: 'error' });
    await expect(answersOf(strict, ids)).rejects.toMatchObject({
      message: 'has no answer to 3 of 4 items, "b" for one',
      field: 'missing',
    });
  });

  it.each<[string, string, Partial<RecordedSystemOptions>, object]>([
    [
      'twice.csv',
      'id,answer\na,1\nb,2\na,3\n',
      {},
      { line: 4, field: 'id', message: 'answers "a" a second time, after line 2' },
    ],
    [
      'twice.json',
      '{"a":"1",\n"a":"2"}',
      {},
      { line: 2, message: 'answers "a" a second time, after line 1' },
    ],
    [
      'no-id.jsonl',
      '{"id":"a","answer":"1"}\n{"answer":"2"}\n',
      {},
      { line: 2, field: 'id', message: 'the record has no id' },
    ],
    [
      'columns.csv',
      'nr,gold\n1,2\n',
      {},
      { field: 'answer', fix: expect.stringContaining('there are: nr, gold') },
    ],
    ['typo.csv', 'id,answer\n1,2\n', { answer: 'anser' }, { field: 'anser', message: 'has no field anser' }],
    ['object.jsonl', '{"id":"a","answer":{"x":1}}\n', {}, { line: 1, field: 'answer' }],
    ['broken.jsonl', '{"id":"a","answer":"1"}\n{"id":\n', {}, { line: 2 }],
    ['cut.json', '[{"id":"a","answer":"1"},\n{"id":"b"', {}, { line: 2 }],
    ['nobody.csv', 'id,who,answer\na,anna,1\n', { rows: 'who=ben' }, { field: 'rows' }],
    ['rows.csv', 'id,who,answer\na,anna,1\n', { rows: 'ben' }, { field: 'rows' }],
    ['scalars.json', '[1, 2]', {}, { line: 1, message: 'is no record' }],
    ['empty.jsonl', '', {}, {}],
  ])('name what is wrong in %s', async (file, content, more, expected) => {
    await expect(open(file, content, more)).rejects.toMatchObject({
      name: 'AttuneError',
      file: expect.stringContaining(file),
      ...expected,
    });
  });

  it('take names of objects for what they are', async () => {
    const system = await open('proto.json', '{"__proto__":"1","constructor":"2"}');
    const found = new Map<string, string>();
    for await (const { id, text } of system.answer(
      [{ id: '__proto__' }, { id: 'constructor' }, { id: 'toString' }],
      settings,
    )) {
      found.set(id, text);
    }
    expect([...found]).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });
});

const pubMedQa = '../shared/data/medicine/pubmedqa_ori_pqal.json';
describe.skipIf(!existsSync(pubMedQa))('the annotators of PubMedQA (needs ../shared/data)', () => {
  it('are systems, one for each field', async () => {
    const file = resolve(pubMedQa);
    const make = (answer?: string) => createRecordedSystem({ name: 'human', file, answer, baseDirectory });
    const system = await make('reasoning_required_pred');
    expect(system.size).toBe(1000);
    expect(await answersOf(system, ['21645374'])).toEqual({ '21645374': 'yes' });
    expect((await make('reasoning_free_pred')).hash).not.toBe(system.hash);
    await expect(make()).rejects.toMatchObject({ fix: expect.stringContaining('reasoning_required_pred') });
  });
});
