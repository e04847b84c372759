/**
 * Opening and checking token shards.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { fileError } from '../files.js';
import { readSafetensors, readSafetensorsHeader } from '../model/safetensors.js';
import type { StoredTensor } from '../model/weights.js';
import { checkRow } from './check-row.js';
import type { ExampleLocation, Row, ShardSet } from './shard.js';
import { indexFile, readSplitIndex, type SplitIndex } from './shard-index.js';
import { segmentsOf } from './visibility.js';

/** Opened shards with what the planner asks for besides the rows. */
export interface OpenedShards extends ShardSet {
  /** For each row the contexts (shared tables, documents) that its examples have. */
  readonly contextsPerRow: readonly (readonly string[])[];
  /** Shard files, absolute or relative as `directory` was. */
  readonly files: readonly string[];
  /** Hex digest of the rows. */
  readonly hash: string;
}

const arrays = {
  input_ids: 'I32',
  loss_mask: 'U8',
  position_ids: 'I32',
  segment_ids: 'I32',
  parent_ids: 'I32',
} as const;

const fix = 'build the shards again: remove the folder and run the same command';

/**
 * Opens the shards of one split and checks every row against the contract of DESIGN section 4. Rows stay on
 * the disk; {@link ShardSet.row} reads one at a time.
 *
 * @param options.vocabSize refuses token ids from this on
 * @throws {AttuneError} naming file and row when a file is missing, truncated or of the wrong shape, a row
 * breaks the contract, or the index does not fit the rows
 */
export async function openShards(
  directory: string,
  split: string,
  { vocabSize }: { vocabSize?: number } = {},
): Promise<OpenedShards> {
  const index = await readSplitIndex(directory, split);
  if (!index) {
    throw new AttuneError(`there are no token shards of the split ${split}`, {
      file: indexFile(directory),
      fix: 'build them with `attune run` or `attune data prepare`',
    });
  }
  const { rows, length } = index;
  const supervisedPerRow = new Int32Array(rows);
  const lengthPerRow = new Int32Array(rows);
  const leaves: Set<number>[] = [];
  const shards: { firstRow: number; tensors: ReadonlyMap<string, StoredTensor> }[] = [];
  let tokens = 0;
  for (const name of index.files) {
    const file = join(directory, name);
    const { tensors } = await readSafetensorsHeader(file);
    const shardRows = checkShapes(file, tensors, length);
    const loaded = (await readSafetensors(file)).tensors;
    const data = (array: keyof typeof arrays) => loaded.get(array)!.data;
    for (let r = 0; r < shardRows; r++) {
      const row = leaves.length;
      const slice = <T>(array: keyof typeof arrays): T =>
        data(array).subarray(r * length, (r + 1) * length) as T;
      const content: Row = {
        inputIds: slice('input_ids'),
        lossMask: slice('loss_mask'),
        positionIds: slice('position_ids'),
        segmentIds: slice('segment_ids'),
        parentIds: slice('parent_ids'),
      };
      const problem = checkRow(content, vocabSize);
      if (problem)
        throw new AttuneError(`row ${row}: ${problem.message}`, { file, field: problem.array, fix });
      const segments = segmentsOf(content);
      const parents = new Set(segments.map(({ parent }) => parent));
      leaves.push(new Set(segments.map(({ id }) => id).filter((id) => !parents.has(id))));
      for (const segment of segments) tokens += segment.end - segment.start;
      lengthPerRow[row] = segments.at(-1)!.end;
      supervisedPerRow[row] = content.lossMask.reduce((sum, flag) => sum + flag, 0);
    }
    shards.push({ firstRow: leaves.length - shardRows, tensors });
  }
  const supervisedTokens = supervisedPerRow.reduce((sum, count) => sum + count, 0);
  checkIndex(directory, index, leaves, { tokens, supervised_tokens: supervisedTokens });

  return {
    rows,
    length,
    tokens,
    supervisedTokens,
    examples: index.examples.map(({ id, row, segment }): ExampleLocation => ({ id, row, segment })),
    supervisedPerRow,
    lengthPerRow,
    contextsPerRow: index.contexts,
    files: index.files.map((name) => join(directory, name)),
    hash: index.hash,
    row(number) {
      const shard = shards.findLast(({ firstRow }) => firstRow <= number);
      if (!shard || number >= rows) throw new RangeError(`there is no row ${number}; there are ${rows}`);
      return readRow(shard.tensors, number - shard.firstRow, length);
    },
  };
}

function readRow(tensors: ReadonlyMap<string, StoredTensor>, row: number, length: number): Row {
  const result: Row = {
    inputIds: new Int32Array(length),
    lossMask: new Uint8Array(length),
    positionIds: new Int32Array(length),
    segmentIds: new Int32Array(length),
    parentIds: new Int32Array(length),
  };
  const { file } = tensors.get('input_ids')!;
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const parts = [
      ['input_ids', result.inputIds],
      ['loss_mask', result.lossMask],
      ['position_ids', result.positionIds],
      ['segment_ids', result.segmentIds],
      ['parent_ids', result.parentIds],
    ] as const;
    for (const [name, array] of parts) {
      const bytes = new Uint8Array(array.buffer);
      const at = tensors.get(name)!.offset + row * bytes.length;
      if (readSync(handle, bytes, 0, bytes.length, at) !== bytes.length) {
        throw new AttuneError('became shorter after it was opened', { file, fix });
      }
    }
  } catch (error) {
    throw fileError(error, file);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
  return result;
}

/** Checks types and shapes; returns the number of rows. */
function checkShapes(file: string, tensors: ReadonlyMap<string, StoredTensor>, length: number): number {
  const rows = tensors.get('input_ids')?.shape[0] ?? 0;
  for (const [name, dtype] of Object.entries(arrays)) {
    const tensor = tensors.get(name);
    if (!tensor) throw new AttuneError(`has no array ${name}`, { file, field: name, fix });
    const { shape } = tensor;
    if (tensor.dtype !== dtype || shape.length !== 2 || shape[0] !== rows || shape[1] !== length) {
      throw new AttuneError(
        `${name} is ${tensor.dtype} [${shape.join(', ')}], expected ${dtype} [${rows}, ${length}]`,
        { file, field: name, fix },
      );
    }
  }
  return rows;
}

/** Checks that the index speaks of these rows. */
function checkIndex(
  directory: string,
  index: SplitIndex,
  leaves: readonly ReadonlySet<number>[],
  counted: Pick<SplitIndex, 'tokens' | 'supervised_tokens'>,
): void {
  const fail = (message: string, field: string): never => {
    throw new AttuneError(message, { file: indexFile(directory), field, fix });
  };
  if (index.rows !== leaves.length || index.contexts.length !== leaves.length) {
    fail(`names ${index.rows} rows, the shards hold ${leaves.length}`, 'rows');
  }
  for (const field of ['tokens', 'supervised_tokens'] as const) {
    if (index[field] !== counted[field]) {
      fail(`names ${index[field]} ${field}, the shards hold ${counted[field]}`, field);
    }
  }
  const taken = new Set<string>();
  for (const { id, row, segment } of index.examples) {
    const key = `${row} ${segment}`;
    if (!leaves[row]?.has(segment) || taken.has(key)) {
      fail(
        `example ${id} is said to be segment ${segment} of row ${row}, which is no leaf of its own`,
        'examples',
      );
    }
    taken.add(key);
  }
  const all = leaves.reduce((sum, { size }) => sum + size, 0);
  if (taken.size !== all) fail(`names ${taken.size} examples, the shards hold ${all}`, 'examples');
}
