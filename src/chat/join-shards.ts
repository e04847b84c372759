/**
 * Several sets of rows as one.
 * @module
 */
import { hashJson } from '../files.js';
import type { OpenedShards } from './open-shards.js';
import type { Row } from './shard.js';

/**
 * The rows of all sets, one set after the other and numbered through. Rows of sets with shorter rows are padded to the
 * longest, which costs nothing: an engine cuts off the padding that the rows of a micro-batch share.
 */
export function joinShards(sets: readonly OpenedShards[]): OpenedShards {
  if (sets.length === 1) return sets[0]!;
  const length = Math.max(...sets.map((set) => set.length));
  const firstRows = firstRowsOf(sets);
  const joined = (arrays: readonly Int32Array[]): Int32Array =>
    Int32Array.from(arrays.flatMap((array) => [...array]));
  return {
    rows: sum(sets.map(({ rows }) => rows)),
    length,
    tokens: sum(sets.map(({ tokens }) => tokens)),
    supervisedTokens: sum(sets.map(({ supervisedTokens }) => supervisedTokens)),
    examples: sets.flatMap(({ examples }, index) =>
      examples.map((example) => ({ ...example, row: example.row + firstRows[index]! })),
    ),
    supervisedPerRow: joined(sets.map(({ supervisedPerRow }) => supervisedPerRow)),
    lengthPerRow: joined(sets.map(({ lengthPerRow }) => lengthPerRow)),
    contextsPerRow: sets.flatMap(({ contextsPerRow }) => contextsPerRow),
    files: sets.flatMap(({ files }) => files),
    hash: hashJson(sets.map(({ hash }) => hash)),
    row(number) {
      const index = firstRows.findLastIndex((first) => first <= number);
      return padded(sets[index]!.row(number - firstRows[index]!), length);
    },
  };
}

/** Number of the first row of each set. */
export function firstRowsOf(sets: readonly { rows: number }[]): number[] {
  let next = 0;
  return sets.map(({ rows }) => {
    next += rows;
    return next - rows;
  });
}

/** A segment number of 0 is padding, so zeros are what is missing; no token id of padding is ever looked at. */
function padded(row: Row, length: number): Row {
  if (row.inputIds.length === length) return row;
  const longer = <T extends Int32Array | Uint8Array>(array: T, empty: T): T => {
    empty.set(array);
    return empty;
  };
  return {
    inputIds: longer(row.inputIds, new Int32Array(length)),
    lossMask: longer(row.lossMask, new Uint8Array(length)),
    positionIds: longer(row.positionIds, new Int32Array(length)),
    segmentIds: longer(row.segmentIds, new Int32Array(length)),
    parentIds: longer(row.parentIds, new Int32Array(length)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
