import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildShards } from './build-shards.js';
import { example, tinyFormat, tinyTokenizer, turns } from './chat.fixture.js';
import { joinShards } from './join-shards.js';
import { type OpenedShards, openShards } from './open-shards.js';
import { segmentsOf } from './visibility.js';

let folder: string;
let short: OpenedShards;
let long: OpenedShards;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-join-'));
  const build = async (split: string, texts: string[]): Promise<OpenedShards> => {
    await buildShards({
      examples: texts.map((text, i) => example(`${split}-${i}`, { messages: turns([text, `${i}`]) })),
      split,
      format: tinyFormat(),
      tokenizer: tinyTokenizer(),
      directory: folder,
      packing: 'none',
      max_length: 256,
      overlong: 'error',
      train_on: 'all_answers',
      max_examples_per_context: 8,
    });
    return openShards(folder, split);
  };
  short = await build('train-a', ['a', 'b', 'c']);
  long = await build('train-b', ['A much longer question than the others', 'and another one']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('numbers the rows of all sets through', () => {
  const joined = joinShards([short, long]);
  expect(joined.rows).toBe(5);
  expect(joined.length).toBe(long.length);
  expect(short.length).toBeLessThan(long.length);
  expect(joined.tokens).toBe(short.tokens + long.tokens);
  expect([...joined.lengthPerRow]).toEqual([...short.lengthPerRow, ...long.lengthPerRow]);
  expect([...joined.supervisedPerRow]).toEqual([...short.supervisedPerRow, ...long.supervisedPerRow]);
  expect(joined.examples.map(({ id, row }) => [id, row])).toEqual([
    ['train-a-0', 0],
    ['train-a-1', 1],
    ['train-a-2', 2],
    ['train-b-0', 3],
    ['train-b-1', 4],
  ]);
});

it('pads shorter rows with what no segment holds', () => {
  const joined = joinShards([short, long]);
  const row = joined.row(1);
  const own = short.row(1);
  expect(row.inputIds.length).toBe(long.length);
  expect([...row.inputIds.subarray(0, short.length)]).toEqual([...own.inputIds]);
  expect(segmentsOf(row)).toEqual(segmentsOf(own));
  expect(joined.row(4)).toEqual(long.row(1));
});

it('has a digest of its own for each order', () => {
  expect(joinShards([short, long]).hash).not.toBe(joinShards([long, short]).hash);
  expect(joinShards([short])).toBe(short);
});
