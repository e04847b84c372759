/**
 * The memory that a batch has for keys and values, and who gets it.
 * @module
 */
import type { ModelConfig } from '../../model/config.js';
import { collectGarbage } from './garbage.js';
import type { PrefixUse } from './generate-request.js';
import {
  type Beginning,
  findBeginning,
  findParts,
  type HeldPart,
  type HeldRow,
  HeldRows,
  isWorthSharing,
  tokensOf,
} from './held-rows.js';
import { bytesPerToken } from './key-value-cache.js';

/** Tokens for which rows get room at a time. */
const roomStep = 32;
/** Room is made smaller when rows need at most this part of it. */
const neededShare = 0.7;
/** Part of the memory in which shared beginnings that nobody uses may stay. */
const keptShare = 1 / 4;

/** Memory that is worth a collection when it is no longer needed. */
const collectedBytes = 16e6;
/** Fewest rows that room is made for. */
const fewestRows = 8;

/** A row in use, and how many tokens it may still get. */
export interface GrowingRow {
  row: HeldRow;
  left: number;
}

/** Rows of shared beginnings and of the sequences that grow. */
export class KeyValueRoom {
  readonly shared: HeldRows;
  readonly own: HeldRows;
  readonly #places: number;
  readonly #tokens: number;
  /** Beginnings that were read for a prompt that still waits, by the number of its request. */
  readonly #promised = new Map<number, HeldRow>();

  constructor(config: ModelConfig, limits: { places: number; keyValueBytes: number }) {
    this.#places = limits.places;
    this.#tokens = Math.floor(limits.keyValueBytes / bytesPerToken(config));
    this.shared = new HeldRows(config);
    this.own = new HeldRows(config);
  }

  /** What is held of a prompt: the shared beginning that it continues, and all tokens that need not be read. */
  held(ids: readonly number[]): { before?: Beginning; count: number } {
    const before = this.#before(ids);
    return {
      before,
      count: (before?.count ?? 0) + tokensOf(findParts(ids, before, this.shared, this.own)),
    };
  }

  #before(ids: readonly number[]): Beginning | undefined {
    const found = findBeginning(ids, this.shared);
    return found && isWorthSharing(found.count, ids.length) ? found : undefined;
  }

  /**
   * A row for a beginning that several prompts share, with what is held of it; it stays at least until the request of this
   * number has a row or gives it up.
   *
   * @returns nothing when there is no room
   */
  takeBeginning(ids: readonly number[], number: number): HeldRow | undefined {
    const { shared, own } = this;
    const rows = shared.inUse + 1;
    const capacity = Math.max(shared.longest, ids.length);
    if (own.inUse > 0 && rows * capacity + own.inUse * own.cache.capacity > this.#tokens) return undefined;
    if (rows > shared.cache.rows || ids.length > shared.cache.capacity) {
      const kept = Math.floor((this.#tokens * keptShare) / capacity);
      shared.resize(Math.max(rows, Math.min(kept, this.#rowsFor(rows))), capacity);
      const left = Math.floor((this.#tokens - tokensIn(shared)) / Math.max(1, own.cache.capacity));
      if (left < own.cache.rows) own.resize(Math.max(own.inUse, left), own.cache.capacity);
    }
    // The last token is no prompt's last: it may be copied as well.
    const row = take(shared, ids.length, findParts([...ids, -1], undefined, shared, own));
    this.giveUp(number);
    this.#promised.set(number, row);
    return row;
  }

  /**
   * A row for a prompt, with what is held of it.
   *
   * @param newTokens tokens that its answer may get
   * @param growing the rows in use
   * @returns nothing when there is no room
   */
  takeOwn(
    ids: readonly number[],
    newTokens: number,
    growing: readonly GrowingRow[],
    number: number,
  ): HeldRow | undefined {
    const { shared, own } = this;
    const before = this.#before(ids);
    // From now on, so that making room does not cost the beginning.
    if (before) shared.use(before.row);
    const rest = ids.length - (before?.count ?? 0);
    const most = Math.max(rest + newTokens, ...growing.map(({ row, left }) => row.tokens.length + left));
    const rows = own.inUse + 1;
    const needed = rows * rounded(most) + shared.inUse * shared.cache.capacity;
    if (growing.length > 0 && needed > this.#tokens) {
      if (before) shared.release(before.row);
      return undefined;
    }
    if (rows > own.cache.rows || rest >= own.cache.capacity) this.#resizeOwn(rows, rest + 1);
    const row = take(own, rest, findParts(ids, before, shared, own), before);
    this.giveUp(number);
    return row;
  }

  /** A growing row needs its place no longer. */
  release(row: HeldRow): void {
    this.own.release(row);
    if (row.before) this.shared.release(row.before.row);
  }

  /** The request of this number needs the beginning no longer that was read for it. */
  giveUp(number: number): void {
    const row = this.#promised.get(number);
    this.#promised.delete(number);
    if (row) this.shared.release(row);
  }

  /** Makes room for one more token of every growing row, and gives back what they do not need. */
  fit(): void {
    const { shared, own } = this;
    const { capacity } = own.cache;
    const needed = own.longest + 1;
    if (needed > capacity || rounded(needed + roomStep) <= capacity * neededShare) {
      this.#resizeOwn(own.inUse, needed);
    }
    if (shared.inUse > 0 && shared.longest <= shared.cache.capacity * neededShare) {
      shared.resize(shared.cache.rows, shared.longest);
    }
  }

  /** Room for `rows` sequences of `needed` tokens, and for as many more as there is memory and may be use for. */
  #resizeOwn(rows: number, needed: number): void {
    const { shared, own } = this;
    const capacity = rounded(Math.max(needed, own.longest + 1));
    if (rows * capacity + tokensIn(shared) > this.#tokens) shared.resize(shared.inUse, shared.longest);
    const free = Math.floor((this.#tokens - tokensIn(shared)) / capacity);
    const released = tokensIn(own) * bytesPerToken(own.cache.config);
    own.resize(Math.max(rows, Math.min(free, this.#rowsFor(Math.max(rows, own.cache.rows)))), capacity);
    if (released > collectedBytes) collectGarbage();
  }

  /** Rows that are made where `rows` are needed: making room costs a copy of all. */
  #rowsFor(rows: number): number {
    return Math.min(this.#places, 2 ** Math.ceil(Math.log2(Math.max(fewestRows, rows))));
  }

  /** What `rows` share, as the graph takes it. */
  prefixFor(rows: readonly HeldRow[]): PrefixUse | undefined {
    if (rows.every(({ before }) => !before)) return undefined;
    return {
      cache: this.shared.cache,
      rows: this.shared.inUse,
      of: rows.map(({ before }) => before?.row.at ?? 0),
      seen: rows.map(({ before }) => before?.count ?? 0),
    };
  }
}

/** A row of `rows` for `planned` tokens, with copies of `parts`. */
function take(rows: HeldRows, planned: number, parts: readonly HeldPart[], before?: Beginning): HeldRow {
  const row = rows.take(
    planned,
    parts.map((part) => part.row),
    before,
  );
  for (const { from, row: source, start, end } of parts) {
    const isGone = source.at < 0;
    // Its place was the only free one: what it holds lies where it is needed, unless something has to stand before it.
    if (isGone && parts.length > 1) break;
    if (isGone) rows.cache.lengths[row.at] = end;
    else rows.cache.copyFrom(from.cache, source.at, row.at, start, end);
    row.tokens.push(...source.tokens.slice(start, end));
  }
  return row;
}

function tokensIn({ cache }: HeldRows): number {
  return cache.rows * cache.capacity;
}

function rounded(tokens: number): number {
  return Math.ceil(tokens / roomStep) * roomStep;
}
