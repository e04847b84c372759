/**
 * What the main thread knows of every line: a few numbers each, shared with the threads that compare items.
 * @module
 */
import { listsPerItem } from './sketch.js';
import { lengthsPerLine, type SketchedChunk } from './sketch-chunk.js';

/** One entry (or a fixed number of them) for every line of every part, in order; the index of a line is its number. */
export interface ItemTable {
  count: number;
  /** See `form` in sketch.ts; 0 for an empty line. */
  forms: Uint8Array;
  /** 1 where near-duplicates are looked for. */
  comparable: Uint8Array;
  /** Four integers each: the 128-bit hash of the normalised item. */
  digests: Int32Array;
  /** Length of each list of the record, bytes of the id: {@link lengthsPerLine} entries each. */
  lengths: Uint32Array;
  /** The file of records that holds the line's record, as an index into the list of record files. */
  stores: Uint16Array;
  /** Where in that file the record begins, in bytes. */
  offsets: Float64Array;
}

/** Joins what the threads returned, which is given in the order of the files. */
export function joinChunks(chunks: readonly SketchedChunk[]): ItemTable {
  const count = chunks.reduce((sum, { lines }) => sum + lines, 0);
  const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(count * bytes);
  const table: ItemTable = {
    count,
    forms: new Uint8Array(shared(1)),
    comparable: new Uint8Array(shared(1)),
    digests: new Int32Array(count * 4),
    lengths: new Uint32Array(shared(lengthsPerLine * 4)),
    stores: new Uint16Array(shared(2)),
    offsets: new Float64Array(shared(8)),
  };
  let first = 0;
  for (const chunk of chunks) {
    table.forms.set(chunk.forms, first);
    table.comparable.set(chunk.comparable, first);
    table.digests.set(chunk.digests, first * 4);
    table.lengths.set(chunk.lengths, first * lengthsPerLine);
    table.stores.fill(chunk.store, first, first + chunk.lines);
    let offset = chunk.recordsAt;
    for (let line = 0; line < chunk.lines; line++) {
      table.offsets[first + line] = offset;
      offset += recordBytes(chunk.lengths, line);
    }
    first += chunk.lines;
  }
  return table;
}

/** Integers of a line's record: the first `lists` lists, all without it. */
export function recordIntegers(lengths: Uint32Array, line: number, lists = listsPerItem): number {
  let sum = 0;
  for (let list = 0; list < lists; list++) sum += lengths[line * lengthsPerLine + list]!;
  return sum;
}

/** Bytes of a line's id. */
export function idBytes(lengths: Uint32Array, line: number): number {
  return lengths[line * lengthsPerLine + listsPerItem]!;
}

/** Bytes of a line's record: its integers, and its id filled up to whole integers. */
function recordBytes(lengths: Uint32Array, line: number): number {
  return 4 * (recordIntegers(lengths, line) + Math.ceil(idBytes(lengths, line) / 4));
}
