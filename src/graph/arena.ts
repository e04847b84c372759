/**
 * The runtime's arena as a simulation: which memory it touches when buffers come and go.
 *
 * A run takes its memory from blocks that grow by powers of two. A buffer gets the smallest free chunk that is large
 * enough, and the chunk is divided where at least half of it is left over (best fit with coalescing; measured, and
 * compared with the runtime's own log in a test). What was touched once stays with the process until the session is
 * closed, so the peak of a process is what this counts and not what is in use at one time.
 * @module
 */

/** Chunks are multiples of this many bytes. */
const UNIT = 256;
/** Size of the first block; each further one is twice as large as the one before, up to {@link LARGEST_STEP}. */
const FIRST_BLOCK = 2 ** 20;
const LARGEST_STEP = 2 ** 30;
/** A chunk is divided in any case when so much of it would be wasted. */
const LARGEST_WASTE = 2 ** 27;
const BINS = 21;
const PAGE = 4096;

/** A stretch of a block: in use or free. */
interface Chunk {
  block: Block;
  start: number;
  size: number;
  inUse: boolean;
  previous?: Chunk;
  next?: Chunk;
}

interface Block {
  index: number;
  /** 1 where a page was written. */
  touched: Uint8Array;
}

/** The memory of one session. */
export class Arena {
  readonly #bins: Chunk[][] = Array.from({ length: BINS }, () => []);
  #blocks = 0;
  #nextBlock = FIRST_BLOCK;
  #touchedPages = 0;
  #reserved = 0;

  /** Bytes that were written at least once: what the arena adds to the process' resident memory. */
  get touchedBytes(): number {
    return this.#touchedPages * PAGE;
  }

  /** Bytes asked of the system, untouched ones included. */
  get reservedBytes(): number {
    return this.#reserved;
  }

  /** Gives a buffer of `bytes` > 0. */
  allocate(bytes: number): Chunk {
    const size = Math.ceil(bytes / UNIT) * UNIT;
    let chunk = this.#take(size);
    if (!chunk) {
      this.#grow(size);
      chunk = this.#take(size)!;
    }
    chunk.inUse = true;
    this.#touch(chunk.block, chunk.start, chunk.start + bytes);
    return chunk;
  }

  /** Takes a buffer back. */
  free(chunk: Chunk): void {
    chunk.inUse = false;
    let whole = chunk;
    const { next, previous } = chunk;
    if (next && !next.inUse) {
      this.#remove(next);
      join(whole, next);
    }
    if (previous && !previous.inUse) {
      this.#remove(previous);
      join(previous, whole);
      whole = previous;
    }
    this.#insert(whole);
  }

  #take(size: number): Chunk | undefined {
    for (let bin = binOf(size); bin < BINS; bin++) {
      const chunks = this.#bins[bin]!;
      const at = chunks.findIndex((chunk) => chunk.size >= size);
      if (at < 0) continue;
      const [chunk] = chunks.splice(at, 1) as [Chunk];
      if (chunk.size >= 2 * size || chunk.size - size >= LARGEST_WASTE) this.#divide(chunk, size);
      return chunk;
    }
    return undefined;
  }

  #divide(chunk: Chunk, size: number): void {
    const rest: Chunk = {
      block: chunk.block,
      start: chunk.start + size,
      size: chunk.size - size,
      inUse: false,
      previous: chunk,
      next: chunk.next,
    };
    if (chunk.next) chunk.next.previous = rest;
    chunk.next = rest;
    chunk.size = size;
    this.#insert(rest);
  }

  #grow(size: number): void {
    let raised = false;
    while (size > this.#nextBlock) {
      this.#nextBlock *= 2;
      raised = true;
    }
    const bytes = this.#nextBlock;
    if (!raised) this.#nextBlock = Math.min(2 * bytes, LARGEST_STEP);
    const block: Block = { index: this.#blocks++, touched: new Uint8Array(Math.ceil(bytes / PAGE)) };
    this.#reserved += bytes;
    this.#insert({ block, start: 0, size: bytes, inUse: false });
  }

  #touch(block: Block, from: number, to: number): void {
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page++) {
      if (block.touched[page]) continue;
      block.touched[page] = 1;
      this.#touchedPages++;
    }
  }

  #insert(chunk: Chunk): void {
    const chunks = this.#bins[binOf(chunk.size)]!;
    let low = 0;
    let high = chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(chunks[middle]!, chunk) < 0) low = middle + 1;
      else high = middle;
    }
    chunks.splice(low, 0, chunk);
  }

  #remove(chunk: Chunk): void {
    const chunks = this.#bins[binOf(chunk.size)]!;
    chunks.splice(chunks.indexOf(chunk), 1);
  }
}

/** By size, then by address: the system places later blocks below earlier ones. */
function compare(a: Chunk, b: Chunk): number {
  return a.size - b.size || b.block.index - a.block.index || a.start - b.start;
}

function binOf(size: number): number {
  return Math.min(BINS - 1, Math.floor(Math.log2(size / UNIT)));
}

function join(first: Chunk, second: Chunk): void {
  first.size += second.size;
  first.next = second.next;
  if (second.next) second.next.previous = first;
}

/** A buffer of an {@link Arena}. */
export type ArenaBuffer = Chunk;
