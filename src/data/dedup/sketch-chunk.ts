/**
 * Sketches all items of a chunk and writes what is too large for memory to files.
 * @module
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { DedupSettings } from '../../recipe/data/dedup.js';
import type { Item } from '../item.js';
import { type Chunk, ChunkReader } from './chunks.js';
import { IntegerList } from './integer-list.js';
import { listsPerItem, Sketcher } from './sketch.js';

/** Entries of {@link SketchedChunk.lengths} for a line: length of each list of its record, bytes of its id. */
export const lengthsPerLine = listsPerItem + 1;

/** The sketches of a chunk's lines; every array has a fixed number of entries for each line. */
export interface SketchedChunk {
  lines: number;
  forms: Uint8Array<ArrayBuffer>;
  comparable: Uint8Array<ArrayBuffer>;
  digests: Int32Array<ArrayBuffer>;
  lengths: Uint32Array<ArrayBuffer>;
  /** Number of the files that hold records and keys. */
  store: number;
  /** Where the records of the chunk begin in the file of records, in bytes. */
  recordsAt: number;
  /** Where its keys begin in the file of keys, in bytes: all lines' keys of the first band, then of the second, ... */
  keysAt: number;
  /** The first line that is no item: its 0-based number in the chunk and what is wrong. */
  problem?: { line: number; message: string };
}

/** Path of the file of records with the given number. */
export function recordsFile(directory: string, store: number): string {
  return join(directory, `records-${store}.bin`);
}

/** Path of the file of band keys with the given number. */
export function keysFile(directory: string, store: number): string {
  return join(directory, `keys-${store}.bin`);
}

/** Sketches chunks one after the other into one file of records and one of keys. */
export class ChunkSketcher {
  readonly #sketcher: Sketcher;
  readonly #reader = new ChunkReader();
  readonly #store: number;
  readonly #records: number;
  readonly #keys: number;
  #recordsAt = 0;
  #keysAt = 0;
  readonly #record = new IntegerList(1 << 18);
  readonly #lineKeys = new IntegerList(1 << 16);
  readonly #lengths = new IntegerList(1 << 14);
  readonly #digests = new IntegerList(1 << 14);
  readonly #forms = new IntegerList(1 << 12);

  constructor(settings: DedupSettings, directory: string, store: number) {
    this.#sketcher = new Sketcher(settings);
    this.#store = store;
    this.#records = openSync(recordsFile(directory, store), 'w');
    this.#keys = openSync(keysFile(directory, store), 'w');
  }

  sketch(chunk: Chunk): SketchedChunk {
    const lists = [this.#record, this.#lineKeys, this.#lengths, this.#digests, this.#forms];
    for (const list of lists) list.length = 0;
    let problem: SketchedChunk['problem'];
    let lines = 0;
    this.#reader.read(chunk, (buffer, from, to) => {
      const line = lines++;
      const start = chunk.start === 0 && line === 0 && buffer[0] === 0xef ? from + 3 : from;
      const text = buffer.toString('utf8', start, to);
      let item: Item | undefined;
      try {
        item = readItem(text);
      } catch (error) {
        problem ??= { line, message: (error as Error).message };
      }
      this.#add(item);
    });
    const result = this.#collect(lines, problem);
    this.#recordsAt += write(this.#records, this.#record, this.#recordsAt);
    this.#keysAt += this.#writeKeys(lines);
    return result;
  }

  #add(item: Item | undefined): void {
    const sketcher = this.#sketcher;
    const { bands } = sketcher.bands;
    if (!item) {
      this.#forms.push(0);
      for (let i = 0; i < lengthsPerLine; i++) this.#lengths.push(0);
      for (let i = 0; i < 4; i++) this.#digests.push(0);
      for (let i = 0; i < bands; i++) this.#lineKeys.push(0);
      return;
    }
    sketcher.sketch(item);
    this.#forms.push(sketcher.form | (sketcher.comparable ? 0x80 : 0));
    for (const length of sketcher.lengths) this.#lengths.push(length);
    for (const word of sketcher.digest) this.#digests.push(word);
    for (const key of sketcher.keys) this.#lineKeys.push(key);
    const { record } = sketcher;
    const list = this.#record;
    const start = list.length;
    const id = String(item.id ?? '');
    const idBytes = Buffer.byteLength(id);
    list.reserve(start + record.length + Math.ceil(idBytes / 4));
    list.values.set(record.values.subarray(0, record.length), start);
    Buffer.from(list.values.buffer).write(id, (start + record.length) * 4);
    list.length = start + record.length + Math.ceil(idBytes / 4);
    this.#lengths.push(idBytes);
  }

  #collect(lines: number, problem: SketchedChunk['problem']): SketchedChunk {
    const flags = this.#forms.values.subarray(0, lines);
    return {
      lines,
      forms: Uint8Array.from(flags, (flag) => flag & 0x7f),
      comparable: Uint8Array.from(flags, (flag) => flag >> 7),
      digests: this.#digests.values.slice(0, lines * 4),
      lengths: new Uint32Array(this.#lengths.values.slice(0, lines * lengthsPerLine).buffer),
      store: this.#store,
      recordsAt: this.#recordsAt,
      keysAt: this.#keysAt,
      problem,
    };
  }

  /** Writes the keys band by band, so that the keys of one band are read without those of the others. */
  #writeKeys(lines: number): number {
    const { bands } = this.#sketcher.bands;
    const byBand = new IntegerList(lines * bands);
    const { values } = this.#lineKeys;
    for (let band = 0; band < bands; band++)
      for (let line = 0; line < lines; line++) byBand.push(values[line * bands + band]!);
    return write(this.#keys, byBand, this.#keysAt);
  }
}

function readItem(text: string): Item | undefined {
  if (text.trim() === '') return undefined;
  const item: unknown = JSON.parse(text);
  if (typeof item !== 'object' || item === null || Array.isArray(item)) throw new Error('is not an object');
  return item as Item;
}

function write(file: number, { values, length }: IntegerList, position: number): number {
  const bytes = new Uint8Array(values.buffer, 0, length * 4);
  let written = 0;
  while (written < bytes.length)
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  return written;
}
