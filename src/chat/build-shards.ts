/**
 * Examples to token shards.
 * @module
 */
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Example } from '../data/example.js';
import { AttuneError } from '../errors.js';
import { hashJson } from '../files.js';
import { writeSafetensors } from '../model/safetensors.js';
import type { Tokenizer } from '../model/tokenizer.js';
import type { OnProgress } from '../progress.js';
import { openShards } from './open-shards.js';
import { applyOverlong } from './overlong.js';
import { type PackedRow, packExamples } from './pack.js';
import {
  readSplitIndex,
  type ShardReport,
  type ShardSettings,
  type SplitIndex,
  writeSplitIndex,
} from './shard-index.js';
import type { ChatFormat } from './template.js';
import { type TokenizedExample, tokenizeExamples } from './tokenize.js';

/** What shards are built from. */
export interface BuildShardsOptions extends ShardSettings {
  examples: readonly Example[];
  /** Name of the split: part of the files' names. */
  split: string;
  format: ChatFormat;
  tokenizer: Tokenizer;
  /** Receives `<split>-<k>.safetensors` and the entry in `index.json`. */
  directory: string;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** Examples that are tokenized at once: enough for the native package's threads, few enough to stop quickly. */
const batchSize = 256;
/** Tokens of one shard file, padding included: about 36 MB. */
const tokensPerShard = 2 ** 21;
/** Rows are as long as a multiple of this, which suits the kernels of matrix products. */
const lengthMultiple = 8;

/**
 * Tokenizes, masks and packs the examples of one split and writes them as shards. Equal input gives equal
 * bytes; shards that were already built from equal input are kept. The index is written last, so an
 * interrupted build leaves no split that looks whole. Build the splits of one folder one after the other.
 *
 * A row is as long as the fullest row needs, rounded up to a multiple of 8, at most `max_length`.
 *
 * @throws {AttuneError} naming the example that cannot be tokenized; with counts when examples are too long
 */
export async function buildShards(options: BuildShardsOptions): Promise<ShardReport> {
  const { examples, split, format, tokenizer, directory, onProgress, signal } = options;
  if (examples.length === 0) {
    throw new AttuneError(`the split ${split} has no examples`, {
      field: 'data',
      fix: 'add sources, or change the shares of the split',
    });
  }
  checkIds(examples, split);
  const { packing, max_length, overlong, train_on, max_examples_per_context } = options;
  const settings: ShardSettings = { packing, max_length, overlong, train_on, max_examples_per_context };
  const input_hash = hashJson([
    examples.map(({ id, messages, text }) => [id, messages ?? null, text ?? null]),
    settings,
    tokenizer.hash,
    format.hash,
  ]);
  const existing = await openIfBuilt(directory, split, input_hash);
  if (existing) return reportOf(existing);

  const tokenized: TokenizedExample[] = [];
  for (let done = 0; done < examples.length; done += batchSize) {
    signal?.throwIfAborted();
    const batch = examples.slice(done, done + batchSize);
    tokenized.push(...(await tokenizeExamples(batch, format, tokenizer, { train_on })));
    onProgress?.({ phase: 'tokenize', done: tokenized.length, total: examples.length, unit: 'examples' });
    await setImmediate();
  }
  const { kept, report: overlongReport } = applyOverlong(tokenized, settings);
  const packed = packExamples(kept, {
    packing,
    capacity: max_length,
    maxExamplesPerContext: max_examples_per_context,
  });
  const longest = Math.max(...packed.rows.map(({ tokens }) => tokens));
  const length = Math.min(Math.ceil(longest / lengthMultiple) * lengthMultiple, max_length);

  await removeSplit(directory, split);
  const padId = tokenizer.padToken === undefined ? 0 : (tokenizer.tokenToId(tokenizer.padToken) ?? 0);
  const hash = createHash('sha256');
  const files: string[] = [];
  const rowsPerShard = Math.max(1, Math.floor(tokensPerShard / length));
  for (let first = 0; first < packed.rows.length; first += rowsPerShard) {
    signal?.throwIfAborted();
    const rows = packed.rows.slice(first, first + rowsPerShard);
    const arrays = fillArrays(rows, kept, length, padId);
    for (const array of Object.values(arrays)) {
      hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    }
    const file = `${split}-${files.length}.safetensors`;
    await writeSafetensors(
      join(directory, file),
      Object.entries(arrays).map(([name, data]) => ({
        name,
        dtype: data instanceof Int32Array ? ('I32' as const) : ('U8' as const),
        shape: [rows.length, length],
        data,
      })),
    );
    files.push(file);
    onProgress?.({ phase: 'pack', done: first + rows.length, total: packed.rows.length, unit: 'rows' });
  }

  const figures = count(packed.rows, kept, length);
  const entry: SplitIndex = {
    hash: hash.digest('hex'),
    input_hash,
    tokenizer_hash: tokenizer.hash,
    template_hash: format.hash,
    settings,
    packing: packed.packing,
    files,
    rows: packed.rows.length,
    length,
    ...figures,
    overlong: overlongReport,
    examples: locate(packed.rows, kept),
    contexts: packed.rows.map(({ contexts }) => contexts),
  };
  await writeSplitIndex(directory, split, entry);
  return reportOf(entry);
}

function checkIds(examples: readonly Example[], split: string): void {
  const seen = new Set<string>();
  for (const { id } of examples) {
    if (seen.has(id)) {
      throw new AttuneError(`two examples of the split ${split} have the id ${id}`, {
        field: 'id',
        fix: 'give every example an id of its own',
      });
    }
    seen.add(id);
  }
}

/** The entry of shards that were built from this input and are whole. */
async function openIfBuilt(
  directory: string,
  split: string,
  inputHash: string,
): Promise<SplitIndex | undefined> {
  const entry = await readSplitIndex(directory, split);
  if (entry?.input_hash !== inputHash) return undefined;
  try {
    await openShards(directory, split);
    return entry;
  } catch (error) {
    // Whatever is wrong with the files of an earlier build, building them again mends it.
    if (error instanceof AttuneError) return undefined;
    throw error;
  }
}

function reportOf({ examples: _examples, contexts: _contexts, ...report }: SplitIndex): ShardReport {
  return report;
}

/** Takes a split out of the index before its files, so that the index never names files of another build. */
async function removeSplit(directory: string, split: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const old = names.filter(
    (name) => name.startsWith(`${split}-`) && /^\d+\.safetensors$/.test(name.slice(split.length + 1)),
  );
  if (old.length === 0) return;
  await writeSplitIndex(directory, split, undefined);
  for (const name of old) await rm(join(directory, name));
}

/** What a shard's file holds, by the names that it has there. */
export interface ShardArrays {
  input_ids: Int32Array;
  loss_mask: Uint8Array;
  position_ids: Int32Array;
  segment_ids: Int32Array;
  parent_ids: Int32Array;
}

/** The five arrays of a shard, `[rows, length]`. */
export function fillArrays(
  rows: readonly PackedRow[],
  examples: readonly TokenizedExample[],
  length: number,
  padId: number,
): ShardArrays {
  const size = rows.length * length;
  const input_ids = new Int32Array(size).fill(padId);
  const loss_mask = new Uint8Array(size);
  const position_ids = new Int32Array(size);
  const segment_ids = new Int32Array(size);
  const parent_ids = new Int32Array(size);
  for (const [row, { segments }] of rows.entries()) {
    let at = row * length;
    for (const [index, { parent, example, from, to }] of segments.entries()) {
      const { ids, lossMask } = examples[example]!;
      input_ids.set(ids.subarray(from, to), at);
      loss_mask.set(lossMask.subarray(from, to), at);
      segment_ids.fill(index + 1, at, at + to - from);
      parent_ids.fill(parent, at, at + to - from);
      // A token's place on its path is its place in the example.
      for (let position = from; position < to; position++) position_ids[at++] = position;
    }
  }
  return { input_ids, loss_mask, position_ids, segment_ids, parent_ids };
}

function locate(rows: readonly PackedRow[], examples: readonly TokenizedExample[]): SplitIndex['examples'] {
  const locations: SplitIndex['examples'] = new Array(examples.length);
  for (const [row, { segments }] of rows.entries()) {
    for (const [index, { example, leaf }] of segments.entries()) {
      if (!leaf) continue;
      const { id, ids } = examples[example]!;
      locations[example] = { id, row, segment: index + 1, tokens: ids.length };
    }
  }
  return locations;
}

function count(rows: readonly PackedRow[], examples: readonly TokenizedExample[], length: number) {
  const lengths = examples.map(({ ids }) => ids.length).sort((a, b) => a - b);
  const tokens = rows.reduce((sum, row) => sum + row.tokens, 0);
  const example_tokens = lengths.reduce((sum, tokensOf) => sum + tokensOf, 0);
  let supervised_tokens = 0;
  for (const { lossMask } of examples) for (const flag of lossMask) supervised_tokens += flag;
  return {
    tokens,
    supervised_tokens,
    padding_tokens: rows.length * length - tokens,
    example_tokens,
    saved_share: 1 - tokens / example_tokens,
    example_lengths: {
      shortest: lengths[0]!,
      median: lengths[lengths.length >> 1]!,
      longest: lengths.at(-1)!,
    },
  };
}
