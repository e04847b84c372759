/**
 * How long examples are, for the question whether they fit into a context.
 * @module
 */
import { type Split, splits } from './example.js';
import type { Row } from './stages/part.js';

/** Characters that a token has in English prose, roughly; figures have fewer. Token rows are counted exactly later. */
export const charactersPerToken = 4;

/** Examples of each split by length: bin `k` holds lengths from `2^(k/2)` to `2^((k+1)/2)` characters. */
export interface LengthCounts {
  shortest: number;
  median: number;
  longest: number;
  bins: Record<Split, Record<string, number>>;
}

/** Counts the lengths of rows. */
export function countLengths(rows: readonly Row[]): LengthCounts {
  const lengths = Float64Array.from(rows, ({ characters }) => characters).sort();
  const bins = Object.fromEntries(
    splits.map((split) => {
      const counts = new Map<number, number>();
      for (const row of rows) {
        if (row.split !== split) continue;
        const bin = binOf(row.characters);
        counts.set(bin, (counts.get(bin) ?? 0) + 1);
      }
      return [split, Object.fromEntries([...counts].sort(([a], [b]) => a - b))];
    }),
  ) as LengthCounts['bins'];
  return {
    shortest: lengths[0] ?? 0,
    median: lengths[lengths.length >> 1] ?? 0,
    longest: lengths.at(-1) ?? 0,
    bins,
  };
}

/** The bin of a length in characters. */
function binOf(characters: number): number {
  return Math.floor(2 * Math.log2(Math.max(1, characters)));
}

/** The shortest length of a bin, in characters. */
export function binStart(bin: number): number {
  return 2 ** (bin / 2);
}
