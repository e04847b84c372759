/**
 * Tells of two items exactly how similar they are and whether they are near-duplicates.
 * @module
 */
import { openSync, readSync } from 'node:fs';
import type { DedupSettings } from '../../recipe/data/dedup.js';
import { type ItemTable, recordIntegers } from './item-table.js';
import { jaccard, type Overlap, SetComparison } from './set-comparison.js';
import { form, partsPerItem } from './sketch.js';
import { lengthsPerLine, recordsFile } from './sketch-chunk.js';

/** What comparing a pair gave. */
export interface Verdict {
  /** Jaccard similarity of the shingles; for conversations the least of context, question and answer. */
  similarity: number;
  isDuplicate: boolean;
}

/** What comparing pairs gave, by number of the pair. */
export interface Verdicts {
  similarities: Float64Array<ArrayBuffer>;
  areDuplicates: Uint8Array<ArrayBuffer>;
}

/** What has to be known of lines in order to compare them. */
export type RecordTable = Pick<ItemTable, 'forms' | 'lengths' | 'stores' | 'offsets'>;

/** A record in memory, with the line that it belongs to. */
interface LoadedRecord {
  line: number;
  values: Int32Array<ArrayBuffer>;
}

/** Numbers that may differ on either side whatever the rest: a page number or a corrected date. */
const toleratedNumbers = 1;

/** Elements of each set at least that stand in the place of others. */
function replaced({ onlyFirst, onlySecond }: Overlap): number {
  return Math.min(onlyFirst, onlySecond);
}

/** Reads records from their files as they are needed. */
export class PairVerifier {
  readonly #files = new Map<number, number>();
  readonly #sets = new SetComparison();
  readonly #first: LoadedRecord = { line: -1, values: new Int32Array(4096) };
  readonly #second: LoadedRecord = { line: -1, values: new Int32Array(4096) };

  constructor(
    readonly settings: DedupSettings,
    readonly directory: string,
    readonly table: RecordTable,
  ) {}

  /** Compares `pairs[2k]` with `pairs[2k + 1]` for every k; pairs with the same first line follow each other best. */
  verifyAll(pairs: Int32Array): Verdicts {
    const count = pairs.length / 2;
    const similarities = new Float64Array(count);
    const areDuplicates = new Uint8Array(count);
    for (let pair = 0; pair < count; pair++) {
      const { similarity, isDuplicate } = this.verify(pairs[pair * 2]!, pairs[pair * 2 + 1]!);
      similarities[pair] = similarity;
      areDuplicates[pair] = isDuplicate ? 1 : 0;
    }
    return { similarities, areDuplicates };
  }

  /** Compares two lines. */
  verify(one: number, other: number): Verdict {
    const { forms, lengths } = this.table;
    const { threshold, number_overlap } = this.settings;
    if (forms[one] !== forms[other]) return { similarity: 0, isDuplicate: false };
    const first = this.#load(this.#first, one);
    const second = this.#load(this.#second, other);
    let similarity = 1;
    let firstAt = 0;
    let secondAt = 0;
    const next = (list: number): Overlap => {
      const firstEnd = firstAt + lengths[one * lengthsPerLine + list]!;
      const secondEnd = secondAt + lengths[other * lengthsPerLine + list]!;
      const overlap = this.#sets.compare(
        { list: first, from: firstAt, to: firstEnd },
        { list: second, from: secondAt, to: secondEnd },
      );
      firstAt = firstEnd;
      secondAt = secondEnd;
      return overlap;
    };
    for (let part = 0; part < partsPerItem; part++) similarity = Math.min(similarity, jaccard(next(part)));
    const numbers = next(partsPerItem);
    const isAlike =
      forms[one] === form.conversation
        ? numbers.onlyFirst + numbers.onlySecond === 0 && replaced(next(partsPerItem + 1)) === 0
        : replaced(numbers) <= toleratedNumbers || jaccard(numbers) >= number_overlap;
    return { similarity, isDuplicate: similarity >= threshold && isAlike };
  }

  #load(into: LoadedRecord, line: number): Int32Array {
    if (into.line === line) return into.values;
    const bytes = 4 * recordIntegers(this.table.lengths, line);
    if (into.values.byteLength < bytes) into.values = new Int32Array(bytes / 2);
    const target = new Uint8Array(into.values.buffer, 0, bytes);
    readFully(this.#file(this.table.stores[line]!), target, this.table.offsets[line]!);
    into.line = line;
    return into.values;
  }

  #file(store: number): number {
    const known = this.#files.get(store);
    if (known !== undefined) return known;
    const opened = openSync(recordsFile(this.directory, store), 'r');
    this.#files.set(store, opened);
    return opened;
  }
}

/** Fills `target` from the file's bytes at `position`. */
export function readFully(file: number, target: Uint8Array, position: number): void {
  let filled = 0;
  while (filled < target.length) {
    const count = readSync(file, target, filled, target.length - filled, position + filled);
    if (count === 0) throw new Error('a working file of the search for duplicates ends too early');
    filled += count;
  }
}
