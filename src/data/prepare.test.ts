import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AttuneError } from '../errors.js';
import { type DataSettings, dataSchema } from '../recipe/data.js';
import { openDataset } from './dataset.js';
import { splits } from './example.js';
import { prepareDataset } from './prepare.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-data-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const record = (number: number) => ({
  question: `How old is item ${number}?`,
  answer: `${number} years`,
  context: `Item ${number % 10} of the "list"; it's old.\n${number % 10}`,
  task: number % 2 ? 'age' : 'years',
});

async function settingsFor(records: object[], more: object = {}): Promise<DataSettings> {
  await writeFile(join(directory, 'a.jsonl'), records.map((item) => `${JSON.stringify(item)}\n`).join(''));
  return dataSchema.parse({ sources: [{ type: 'records', path: 'a.jsonl', licence: 'CC0-1.0' }], ...more });
}

const options = (more: object = {}) => ({
  baseDirectory: directory,
  cacheDirectory: join(directory, 'cache'),
  seed: 7,
  ...more,
});

async function digests(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const entries = names.map(
    async (name): Promise<[string, string]> => [
      name,
      createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex'),
    ],
  );
  return Object.fromEntries(await Promise.all(entries));
}

describe('prepareDataset', () => {
  const records = Array.from({ length: 100 }, (_, index) => record(index));

  it('writes splits that come back as they were, with their card', async () => {
    const dataset = await prepareDataset(await settingsFor(records), options());
    const examples = (await Promise.all(splits.map((split) => dataset.examples(split)))).flat();
    expect(examples).toHaveLength(100);
    const third = examples.find(({ id }) => id === 'a.jsonl:3');
    expect(third).toEqual({
      id: 'a.jsonl:3',
      messages: [
        { role: 'user', content: 'Item 2 of the "list"; it\'s old.\n2\n\nHow old is item 2?' },
        { role: 'assistant', content: '2 years' },
      ],
      task: 'years',
      group: expect.stringMatching(/^prompt-/),
      source: 'a.jsonl:3',
      licence: 'CC0-1.0',
      origin: { file: 'a.jsonl', row: 3 },
      steps: [],
      aspects: [],
      scores: { edge: expect.any(Number), hardness: expect.any(Number), quality: 1 },
      split: third!.split,
    });
    expect(dataset.card.tasks).toMatchObject({ age: expect.anything(), years: expect.anything() });
    expect(dataset.card.licences).toEqual({ 'CC0-1.0': 100 });
    expect(await readdir(dataset.directory)).toEqual(
      expect.arrayContaining([
        'README.md',
        'card.json',
        'duplicates.parquet',
        'rejected.jsonl',
        'removed.parquet',
        'report.html',
        'test.parquet',
        'train.parquet',
        'validation.parquet',
      ]),
    );
    expect(await readFile(join(dataset.directory, 'README.md'), 'utf8')).toContain(
      '| examples | 80 | 10 | 10 |',
    );
  });

  it('makes the same bytes from the same input, and another folder from other input', async () => {
    const settings = await settingsFor(records);
    const one = await prepareDataset(settings, options());
    const two = await prepareDataset(settings, options({ cacheDirectory: join(directory, 'other') }));
    expect(two.hash).toBe(one.hash);
    expect(await digests(two.directory)).toEqual(await digests(one.directory));
    const seeded = await prepareDataset(settings, options({ seed: 8 }));
    const edited = await prepareDataset(await settingsFor([...records, record(100)]), options());
    expect(new Set([one.hash, seeded.hash, edited.hash]).size).toBe(3);
  });

  it('is the same wherever the recipe lies', async () => {
    const here = await prepareDataset(await settingsFor(records), options());
    const settings = dataSchema.parse({
      sources: [{ type: 'records', path: join(directory, 'a.jsonl'), licence: 'CC0-1.0' }],
    });
    const there = await prepareDataset(
      settings,
      options({ baseDirectory: '/', cacheDirectory: join(directory, 'other') }),
    );
    expect(there.hash).toBe(here.hash);
    expect(await digests(there.directory)).toEqual(await digests(here.directory));
  });

  it('keeps files of the same name apart', async () => {
    await settingsFor(records);
    await mkdir(join(directory, 'b'));
    await writeFile(join(directory, 'b', 'a.jsonl'), '{"prompt": "p", "completion": "c"}\n');
    const sources = ['a.jsonl', 'b/a.jsonl'].map((path) => ({ type: 'records', path }));
    const { card } = await prepareDataset(dataSchema.parse({ sources }), options());
    expect(card.sources.map(({ path, examples }) => [path, examples])).toEqual([
      ['1-a.jsonl', 100],
      ['2-a.jsonl', 1],
    ]);
  });

  it('reuses what is there, and token settings do not change the data set', async () => {
    const first = await prepareDataset(await settingsFor(records), options());
    const parquet = join(first.directory, 'train.parquet');
    await writeFile(parquet, 'broken');
    const again = await prepareDataset(
      await settingsFor(records, { max_length: 64, packing: 'none' }),
      options(),
    );
    expect(again.directory).toBe(first.directory);
    await expect(again.examples('train')).rejects.toMatchObject({
      file: parquet,
      fix: expect.stringContaining('delete'),
    });
  });

  it('leaves no data set behind when it is interrupted', async () => {
    const settings = await settingsFor(records);
    const controller = new AbortController();
    const onProgress = ({ phase, done }: { phase: string; done: number }): void => {
      if (phase === 'write data' && done === 1) controller.abort();
    };
    await expect(
      prepareDataset(settings, options({ onProgress, signal: controller.signal })),
    ).rejects.toThrow();
    expect(await readdir(join(directory, 'cache'))).toEqual(['.stages']);
    expect((await prepareDataset(settings, options())).counts.train).toBe(80);
  });

  it('says what is in the way of the folder', async () => {
    const settings = await settingsFor(records);
    const { hash, directory: place } = await prepareDataset(settings, options());
    await rm(place, { recursive: true });
    await mkdir(place);
    await writeFile(join(place, 'mine.txt'), 'mine');
    await expect(prepareDataset(settings, options())).rejects.toMatchObject({
      file: join(directory, 'cache', hash.slice(0, 16)),
      fix: expect.stringContaining('delete the folder'),
    });
    expect(await readFile(join(place, 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('names file, line and field of the first problem and counts the others', async () => {
    const settings = await settingsFor([
      record(1),
      { question: 'a' },
      { question: '', answer: 'b' },
      record(2),
    ]);
    const failure = await prepareDataset(settings, options()).catch((error) => error);
    expect(failure).toBeInstanceOf(AttuneError);
    expect(failure).toMatchObject({ line: 2, field: 'answer', file: expect.stringMatching(/a\.jsonl$/) });
    expect(failure.message).toContain(
      '`answer` is missing (and 1 more problem; `attune data check` lists them)',
    );
  });

  it('names a missing file', async () => {
    const settings = dataSchema.parse({ sources: [{ type: 'records', path: 'none.jsonl' }] });
    await expect(prepareDataset(settings, options())).rejects.toMatchObject({
      message: 'no such file or folder',
      file: expect.stringMatching(/none\.jsonl$/),
    });
  });
});

describe('openDataset', () => {
  it('refuses a folder without a card and a card that is none', async () => {
    await expect(openDataset(directory)).rejects.toMatchObject({ file: join(directory, 'card.json') });
    await writeFile(join(directory, 'card.json'), '{"hash": 1}');
    await expect(openDataset(directory)).rejects.toThrow('is not the card of a data set');
  });
});
