/**
 * Pairs that are worth comparing: items whose signatures agree in a band.
 * @module
 */
import { closeSync, openSync } from 'node:fs';
import { IntegerList } from './integer-list.js';
import { readFully } from './pair-verifier.js';
import { keysFile, type SketchedChunk } from './sketch-chunk.js';

/**
 * Members of a bucket that the others are compared with. This bounds the work for texts that everything shares: n
 * items in one bucket are 4n comparisons, not n²/2. A pair that is missed so is found in another band, or through a
 * member that is similar to both.
 */
const comparedMembers = 4;

/** The keys of all lines in one band, read from the threads' files. */
export function readBand(
  directory: string,
  chunks: readonly SketchedChunk[],
  band: number,
  keys: Int32Array,
): void {
  const files = new Map<number, number>();
  try {
    let first = 0;
    for (const { store, keysAt, lines } of chunks) {
      let file = files.get(store);
      if (file === undefined) {
        file = openSync(keysFile(directory, store), 'r');
        files.set(store, file);
      }
      const target = new Uint8Array(keys.buffer, keys.byteOffset + first * 4, lines * 4);
      readFully(file, target, keysAt + band * lines * 4);
      first += lines;
    }
  } finally {
    for (const file of files.values()) closeSync(file);
  }
}

/** Puts lines into buckets by their keys, always in the same memory. */
export class Buckets {
  readonly #slots: Int32Array;
  readonly #next: Int32Array;

  /** @param lines number of lines at most */
  constructor(lines: number) {
    let size = 1024;
    while (size < lines * 2) size *= 2;
    this.#slots = new Int32Array(size);
    this.#next = new Int32Array(lines);
  }

  /**
   * Pairs of a line and one of the first members of its bucket, one after the other: the later line first. Pairs for
   * which `isKnown` holds are left out.
   */
  pairs(keys: Int32Array, active: Uint8Array, isKnown: (line: number, other: number) => boolean): Int32Array {
    const slots = this.#slots.fill(0);
    const next = this.#next;
    const mask = slots.length - 1;
    const pairs = new IntegerList();
    for (let line = 0; line < keys.length; line++) {
      if (active[line] === 0) continue;
      const key = keys[line]!;
      let slot = key & mask;
      while (slots[slot] !== 0 && keys[slots[slot]! - 1] !== key) slot = (slot + 1) & mask;
      next[line] = -1;
      if (slots[slot] === 0) {
        slots[slot] = line + 1;
        continue;
      }
      let member = slots[slot]! - 1;
      for (let met = 1; ; met++) {
        if (!isKnown(line, member)) {
          pairs.push(line);
          pairs.push(member);
        }
        if (met === comparedMembers) break;
        if (next[member] === -1) {
          next[member] = line;
          break;
        }
        member = next[member]!;
      }
    }
    return pairs.values.slice(0, pairs.length);
  }
}
