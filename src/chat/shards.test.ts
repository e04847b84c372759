import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Example } from '../data/example.js';
import { AttuneError } from '../errors.js';
import { readSafetensors, writeSafetensors } from '../model/safetensors.js';
import { type BuildShardsOptions, buildShards } from './build-shards.js';
import { example, readPath, tinyFormat, tinyTokenizer, turns } from './chat.fixture.js';
import { openShards } from './open-shards.js';
import { tokenizeExample } from './tokenize.js';
import { fillAttentionMask, supervisedTargets } from './visibility.js';

const tokenizer = tinyTokenizer();
const format = tinyFormat();
let folder: string;
let next = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-shards-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = (examples: Example[], changes: Partial<BuildShardsOptions> = {}): BuildShardsOptions => ({
  examples,
  split: 'train',
  format,
  tokenizer,
  directory: join(folder, `${next++}`),
  packing: 'shared_prefix',
  max_length: 256,
  overlong: 'error',
  train_on: 'all_answers',
  max_examples_per_context: 8,
  ...changes,
});

const tables = ['Revenue 1,204 1,150', 'Assets 88 91 € 😀'];
const someExamples = (count: number): Example[] =>
  Array.from({ length: count }, (_, i) =>
    example(`e${i}`, {
      messages: turns([`${tables[i % 2]!} and more of it\nWhat is ${i}?`, `${i}`]),
    }),
  );

async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(AttuneError);
  return (error as AttuneError).describe();
}

describe('buildShards and openShards', () => {
  const text = fc.string({ maxLength: 20 }).filter((value) => !value.includes('<|'));
  const conversations = fc.array(
    fc.oneof(
      fc.record({
        table: fc.constantFrom(...tables),
        question: text,
        answers: fc.array(text, { minLength: 1, maxLength: 3 }),
      }),
      text.filter((value) => value !== ''),
    ),
    { minLength: 1, maxLength: 12 },
  );

  it('read back what every example was tokenized to, with all ways of packing', async () => {
    await fc.assert(
      fc.asyncProperty(
        conversations,
        fc.constantFrom('none' as const, 'best_fit' as const, 'shared_prefix' as const, 'auto' as const),
        async (items, packing) => {
          const examples = items.map((item, i) =>
            typeof item === 'string'
              ? example(`e${i}`, { text: item })
              : example(`e${i}`, {
                  messages: turns(
                    item.answers.flatMap((answer) => [`${item.table}\n${item.question}`, answer]),
                  ),
                }),
          );
          const settings = options(examples, { packing, max_length: 400 });
          const report = await buildShards(settings);
          const shards = await openShards(settings.directory, 'train', { vocabSize: tokenizer.vocabSize });
          expect(shards.examples.map(({ id }) => id)).toEqual(examples.map(({ id }) => id));
          let supervised = 0;
          const wanted: string[] = [];
          for (const [i, { row, segment }] of shards.examples.entries()) {
            const expected = await tokenizeExample(examples[i]!, format, tokenizer);
            const path = readPath(shards.row(row), segment);
            expect(path.ids).toEqual([...expected.ids]);
            expect(path.mask).toEqual([...expected.lossMask]);
            expect(path.positions).toEqual(path.ids.map((_, position) => position));
            supervised += path.mask.filter((flag) => flag === 1).length;
            path.ids.forEach((id, k) => {
              if (path.mask[k]) wanted.push(`${row}: ${path.ids[k - 1]} > ${id}`);
            });
            const mask = new Float32Array(shards.length ** 2);
            fillAttentionMask(shards.row(row), shards.length, mask, 0, -1);
            const seen = mask.subarray(path.indices.at(-1)! * shards.length).subarray(0, shards.length);
            expect(path.indices).toEqual([...seen.keys()].filter((j) => seen[j] === 0));
          }
          const given = Array.from({ length: shards.rows }, (_, index) => {
            const row = shards.row(index);
            const { predictors, targets } = supervisedTargets(row);
            return [...targets].map((id, k) => `${index}: ${row.inputIds[predictors[k]!]} > ${id}`);
          }).flat();
          expect(given.sort()).toEqual(wanted.sort());
          expect(shards.length % 8).toBe(0);
          expect(shards.length).toBeLessThanOrEqual(400);
          expect([shards.supervisedTokens, report.supervised_tokens]).toEqual([supervised, supervised]);
          expect(report.tokens + report.padding_tokens).toBe(report.rows * report.length);
          expect(shards.contextsPerRow).toHaveLength(shards.rows);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('gives equal bytes for equal input, and keeps what was already built', async () => {
    const first = options(someExamples(9));
    const second = options(someExamples(9));
    const report = await buildShards(first);
    await buildShards(second);
    for (const name of await readdir(first.directory)) {
      expect(await readFile(join(first.directory, name))).toEqual(
        await readFile(join(second.directory, name)),
      );
    }
    let worked = false;
    const again = await buildShards({ ...first, onProgress: () => (worked = true) });
    expect(again).toEqual(report);
    expect(worked).toBe(false);

    await truncate(join(first.directory, 'train-0.safetensors'), 500);
    await buildShards({ ...first, onProgress: () => (worked = true) });
    expect(worked).toBe(true);
    await openShards(first.directory, 'train');
  });

  it('keeps several splits in one folder and leaves no file of an earlier build', async () => {
    const train = options(someExamples(9));
    await buildShards(train);
    await buildShards({ ...train, split: 'validation', examples: someExamples(3) });
    await writeFile(join(train.directory, 'train-7.safetensors'), 'left over');
    await buildShards({ ...train, packing: 'none' });
    expect(await readdir(train.directory)).toEqual([
      'index.json',
      'train-0.safetensors',
      'validation-0.safetensors',
    ]);
    expect((await openShards(train.directory, 'train')).rows).toBe(9);
    expect((await openShards(train.directory, 'validation')).examples).toHaveLength(3);
  });

  it('stops when it is asked to, without an index entry', async () => {
    const settings = options(someExamples(3));
    await expect(buildShards({ ...settings, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    expect(await failure(openShards(settings.directory, 'train'))).toMatch(
      /no token shards of the split train/,
    );
  });

  it('refuses no examples and ids that are not unique', async () => {
    expect(await failure(buildShards(options([])))).toMatch(/has no examples/);
    const twice = [...someExamples(2), ...someExamples(1)];
    expect(await failure(buildShards(options(twice)))).toMatch(/two examples .* id e0/);
  });
});

describe('examples that are longer than max_length', () => {
  const examples = [
    example('short', { text: 'a'.repeat(20) }),
    example('long', { text: 'b'.repeat(60) }),
    example('prompt', { messages: turns(['c'.repeat(90), 'yes']) }),
  ];

  it('are an error by default, with counts, the longest and the options', async () => {
    const message = await failure(buildShards(options(examples, { max_length: 40 })));
    expect(message).toMatch(/2 of 3 examples are longer than max_length = 40.*prompt with \d+, long with 61/);
    expect(message).toMatch(/fix: set max_length to \d+ or more, or overlong: drop .* truncate/);
  });

  it('are dropped and counted', async () => {
    const settings = options(examples, { max_length: 40, overlong: 'drop' });
    const { overlong } = await buildShards(settings);
    expect(overlong).toMatchObject({ examples: 2, dropped: 2, lost_supervised_tokens: 60 + 4 });
    const { examples: kept } = await openShards(settings.directory, 'train');
    expect(kept.map(({ id }) => id)).toEqual(['short']);
  });

  it('are cut and counted; without a supervised token left they are dropped', async () => {
    const settings = options(examples, { max_length: 40, overlong: 'truncate' });
    const { overlong, example_lengths } = await buildShards(settings);
    expect(overlong).toMatchObject({ examples: 2, dropped: 1, lost_supervised_tokens: 21 + 4 });
    expect(example_lengths.longest).toBe(40);
    const { examples: kept } = await openShards(settings.directory, 'train');
    expect(kept.map(({ id }) => id)).toEqual(['short', 'long']);
  });

  it('must leave something', async () => {
    const message = await failure(buildShards(options(examples, { max_length: 8, overlong: 'drop' })));
    expect(message).toMatch(/no example is left[\s\S]*the longest example has \d+ tokens/);
  });
});

describe('openShards on broken files', () => {
  type Arrays = Record<string, Int32Array | Uint8Array>;
  /** Builds shards, changes their arrays and says how opening them fails. */
  async function broken(
    change: (arrays: Arrays) => void,
    packing: BuildShardsOptions['packing'] = 'shared_prefix',
  ): Promise<string> {
    const settings = options(someExamples(6), { packing });
    await buildShards(settings);
    const file = join(settings.directory, 'train-0.safetensors');
    const { tensors } = await readSafetensors(file);
    const arrays = Object.fromEntries([...tensors].map(([name, { data }]) => [name, data])) as Arrays;
    change(arrays);
    const shape = tensors.get('input_ids')!.shape;
    await writeSafetensors(
      file,
      Object.entries(arrays).map(([name, data]) => ({
        name,
        dtype: data instanceof Int32Array ? 'I32' : 'U8',
        shape,
        data,
      })),
    );
    return failure(openShards(settings.directory, 'train', { vocabSize: tokenizer.vocabSize }));
  }

  const cases: [string, (arrays: Arrays) => void, RegExp][] = [
    ['an id outside of the vocabulary', (a) => (a.input_ids![3] = 9999), /row 0: token 3 has the id 9999/],
    ['a negative id', (a) => (a.input_ids![3] = -1), /row 0: token 3 has the id -1/],
    ['no supervised token', (a) => a.loss_mask!.fill(0), /row 0: no token is supervised/],
    ['a mask that is neither 0 nor 1', (a) => (a.loss_mask![3] = 2), /token 3 has the value 2/],
    ['a supervised token in a shared segment', (a) => (a.loss_mask![5] = 1), /is shared but holds/],
    ['a wrong position', (a) => (a.position_ids![4] = 7), /token 4 has the position 7, its path gives 4/],
    [
      'a parent that is not there',
      (a) => (a.parent_ids = a.parent_ids!.map((parent) => parent && 99)),
      /continues segment 99/,
    ],
    ['two parents', (a) => (a.parent_ids![1] = 3), /has two parents/],
    [
      'a segment in two pieces',
      (a) => (a.segment_ids![a.segment_ids!.indexOf(0) - 1] = 1),
      /segment 1 is not one run/,
    ],
    ['a missing array', (a) => delete a.parent_ids, /has no array parent_ids/],
    ['a wrong type', (a) => (a.loss_mask = Int32Array.from(a.loss_mask!)), /loss_mask is I32 .* expected U8/],
  ];
  it.each(cases)('names file and row: %s', async (_name, change, message) => {
    const description = await broken(change);
    expect(description).toMatch(message);
    expect(description).toContain('train-0.safetensors');
    expect(description).toContain('fix:');
  });

  it('names a supervised token that nothing precedes', async () => {
    const description = await broken((a) => (a.loss_mask![0] = 1), 'none');
    expect(description).toMatch(/row 0: token 0 is supervised but nothing stands before it/);
  });

  it('names a truncated file and an index that speaks of other rows', async () => {
    const settings = options(someExamples(6));
    await buildShards(settings);
    const index = join(settings.directory, 'index.json');
    const content = await readFile(index, 'utf8');
    await writeFile(index, content.replace(/"supervised_tokens": \d+/, '"supervised_tokens": 1'));
    expect(await failure(openShards(settings.directory, 'train'))).toMatch(
      /names 1 supervised_tokens, the shards/,
    );
    await writeFile(index, content.replace(/"row":0,"segment":\d+/, '"row":0,"segment":1'));
    expect(await failure(openShards(settings.directory, 'train'))).toMatch(
      /segment 1 of row 0, which is no leaf/,
    );
    await writeFile(index, '[]');
    expect(await failure(openShards(settings.directory, 'train'))).toMatch(/is no index of token shards/);
    await writeFile(index, content);
    await truncate(join(settings.directory, 'train-0.safetensors'), 300);
    expect(await failure(openShards(settings.directory, 'train'))).toMatch(/train-0.*truncated/);
  });
});
