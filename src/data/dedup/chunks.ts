/**
 * JSONL files in pieces that threads read on their own.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs';

/** A range of a file's bytes. It stands for the lines that begin in it. */
export interface Chunk {
  file: string;
  start: number;
  end: number;
}

const newline = 0x0a;
const leastRead = 64 * 1024;

/** Cuts a file of `size` bytes into chunks of at most `chunkBytes`. */
export function chunksOf(file: string, size: number, chunkBytes: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let start = 0; start < size; start += chunkBytes)
    chunks.push({ file, start, end: Math.min(start + chunkBytes, size) });
  return chunks;
}

/** Reads the lines of chunks, one chunk after the other into the same memory. */
export class ChunkReader {
  #buffer = Buffer.allocUnsafeSlow(leastRead);

  /** Calls `onLine` for every line that begins in the chunk, with its bytes without the line feed. */
  read({ file, start, end }: Chunk, onLine: (buffer: Buffer, from: number, to: number) => void): void {
    const descriptor = openSync(file, 'r');
    try {
      // The byte before the chunk tells whether a line begins with it.
      const origin = Math.max(start - 1, 0);
      let bytes = this.#readOn(descriptor, origin, 0, end - origin);
      let from = 0;
      if (start > 0) {
        from = bytes.indexOf(newline) + 1;
        if (from === 0) return;
      }
      while (origin + from < end && from < bytes.length) {
        let to = bytes.indexOf(newline, from);
        while (to < 0) {
          const known = bytes.length;
          bytes = this.#readOn(descriptor, origin, known, Math.max(known, leastRead));
          to = bytes.length === known ? known : bytes.indexOf(newline, known);
        }
        onLine(bytes, from, to);
        from = to + 1;
      }
    } finally {
      closeSync(descriptor);
    }
  }

  /** The `known` bytes from `origin` that were read already, and up to `length` more. */
  #readOn(descriptor: number, origin: number, known: number, length: number): Buffer {
    if (this.#buffer.length < known + length) {
      const larger = Buffer.allocUnsafeSlow(known + length);
      this.#buffer.copy(larger, 0, 0, known);
      this.#buffer = larger;
    }
    let filled = known;
    while (filled < known + length) {
      const count = readSync(descriptor, this.#buffer, filled, known + length - filled, origin + filled);
      if (count === 0) break;
      filled += count;
    }
    return this.#buffer.subarray(0, filled);
  }
}
