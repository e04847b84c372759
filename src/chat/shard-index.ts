/**
 * `tokens/index.json`: what the shards beside it hold (DESIGN section 4).
 * @module
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { readJson, writeFileAtomically } from '../files.js';
import type { DataSettings } from '../recipe/data.js';
import type { OverlongReport } from './overlong.js';
import type { Packing } from './pack.js';

/** The settings that decide how examples become rows. */
export type ShardSettings = Pick<
  DataSettings,
  'packing' | 'max_length' | 'overlong' | 'train_on' | 'max_examples_per_context'
>;

/** What was made of one split, as figures. */
export interface ShardReport {
  /** Hex digest of the rows: equal for equal rows. */
  hash: string;
  /** Hex digest of examples, settings, tokenizer and template; equal input is not built twice. */
  input_hash: string;
  tokenizer_hash: string;
  template_hash: string;
  settings: ShardSettings;
  /** How rows were filled: the setting, or what `auto` came to. */
  packing: Packing;
  /** Shard files in the order of their rows, relative to the index. */
  files: string[];
  rows: number;
  /** Tokens in a row, padding included. */
  length: number;
  /** Tokens in all rows, padding excluded; shared beginnings are counted once for each row that holds them. */
  tokens: number;
  supervised_tokens: number;
  padding_tokens: number;
  /** Tokens of all examples one by one: what `tokens` would be without shared beginnings. */
  example_tokens: number;
  /** Part of `example_tokens` that shared beginnings save. */
  saved_share: number;
  /** Tokens of the shortest, the middle and the longest example in the rows. */
  example_lengths: { shortest: number; median: number; longest: number };
  overlong: OverlongReport;
}

/** One split in the index. */
export interface SplitIndex extends ShardReport {
  /** In the order of the data set; `segment` is the number of the example's leaf in its row. */
  examples: { id: string; row: number; segment: number; tokens: number }[];
  /** For each row the contexts (shared tables, documents) that its examples have. */
  contexts: string[][];
}

interface ShardIndex {
  version: 1;
  splits: Record<string, SplitIndex>;
}

/** Where the index of a folder of shards is. */
export const indexFile = (directory: string): string => join(directory, 'index.json');

/** Reads the index of one split; undefined where the folder has no index or the index no such split. */
export async function readSplitIndex(directory: string, split: string): Promise<SplitIndex | undefined> {
  return (await readIndex(directory)).splits[split];
}

/** Enters one split into the index of the folder, or takes it out; the other splits stay as they are. */
export async function writeSplitIndex(
  directory: string,
  split: string,
  entry: SplitIndex | undefined,
): Promise<void> {
  const { splits } = await readIndex(directory);
  if (entry) splits[split] = entry;
  else delete splits[split];
  const ordered = Object.fromEntries(Object.entries(splits).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFileAtomically(indexFile(directory), serialize({ version: 1, splits: ordered }));
}

async function readIndex(directory: string): Promise<ShardIndex> {
  const file = indexFile(directory);
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) return { version: 1, splits: {} };
  const index = await readJson<ShardIndex | null>(file);
  if (index?.version !== 1 || typeof index.splits !== 'object' || index.splits === null) {
    throw new AttuneError('is no index of token shards, or of another version', {
      file,
      fix: 'remove the folder and build it again',
    });
  }
  return index;
}

/** Indented JSON, with the long lists one item a line. */
function serialize(index: ShardIndex): string {
  const lists: string[] = [];
  const text = JSON.stringify(
    index,
    (key, value) => {
      if (key !== 'examples' && key !== 'contexts') return value;
      if (!Array.isArray(value)) return value;
      return `\0list ${lists.push(value.map((item) => `        ${JSON.stringify(item)}`).join(',\n')) - 1}`;
    },
    2,
  );
  return `${text.replace(/"\\u0000list (\d+)"/g, (_, number) => `[\n${lists[Number(number)]}\n      ]`)}\n`;
}
