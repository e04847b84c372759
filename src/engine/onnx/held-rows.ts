/**
 * Rows of keys and values and the tokens that they belong to. Rows that nobody uses any more keep what they hold until
 * their place is needed, so that a prompt that begins alike need not be read from its beginning.
 * @module
 */
import { KeyValueCache } from './key-value-cache.js';

/** The first `count` tokens of a row that sequences share. */
export interface Beginning {
  row: HeldRow;
  count: number;
}

/** A row with the tokens whose keys and values it holds. */
export interface HeldRow {
  /** Its place in the cache; -1 when the place was given to another. */
  at: number;
  tokens: number[];
  /** How many tokens it is to hold at least; more than it does while they are being read. */
  planned: number;
  /** What stands before its own tokens. */
  before?: Beginning;
  users: number;
  /** When it was used last. */
  used: number;
}

/** Rows of one cache; those in use come first. */
export class HeldRows {
  readonly cache: KeyValueCache;
  #rows: HeldRow[] = [];
  #inUse = 0;
  #clock = 0;

  constructor(config: KeyValueCache['config']) {
    this.cache = new KeyValueCache(config);
  }

  /** How many rows are in use. */
  get inUse(): number {
    return this.#inUse;
  }

  /** Every row, those that nobody uses behind the others. */
  get rows(): readonly HeldRow[] {
    return this.#rows;
  }

  /** Tokens that the longest row in use has or is about to have. */
  get longest(): number {
    const inUse = this.#rows.slice(0, this.#inUse);
    return inUse.reduce((most, { tokens, planned }) => Math.max(most, tokens.length, planned), 0);
  }

  /** Makes room; rows behind `rows` and tokens behind `capacity` are forgotten. */
  resize(rows: number, capacity: number): void {
    if (rows === this.cache.rows && capacity === this.cache.capacity) return;
    this.cache.resize(rows, capacity);
    for (const row of this.#rows.splice(rows)) row.at = -1;
    for (const row of this.#rows) row.tokens.length = Math.min(row.tokens.length, capacity);
    while (this.#rows.length < rows) {
      this.#rows.push({ at: this.#rows.length, tokens: [], planned: 0, users: 0, used: 0 });
    }
  }

  /**
   * Takes the row whose content was not used for longest, emptied, for one user. `resize` has made room for it.
   *
   * @param planned tokens that it is to hold
   * @param sources rows that are given to another only when there is nothing else
   */
  take(planned: number, sources: readonly HeldRow[], before?: Beginning): HeldRow {
    for (const source of sources) source.used = ++this.#clock;
    const oldest = this.#rows.slice(this.#inUse).reduce((a, b) => (b.used < a.used ? b : a));
    this.#exchange(oldest.at, this.#inUse);
    const row: HeldRow = { at: oldest.at, tokens: [], planned, before, users: 1, used: 0 };
    oldest.at = -1;
    this.#rows[row.at] = row;
    this.cache.lengths[row.at] = 0;
    this.#inUse++;
    return row;
  }

  /** One more user needs `row`. */
  use(row: HeldRow): void {
    row.users++;
    if (row.users > 1) return;
    this.#exchange(row.at, this.#inUse);
    this.#inUse++;
  }

  /** One user of `row` needs it no longer. */
  release(row: HeldRow): void {
    row.users--;
    if (row.users > 0) return;
    row.used = ++this.#clock;
    this.#inUse--;
    this.#exchange(row.at, this.#inUse);
  }

  #exchange(a: number, b: number): void {
    if (a === b) return;
    this.cache.swap(a, b);
    const [first, second] = [this.#rows[a]!, this.#rows[b]!];
    this.#rows[a] = second;
    this.#rows[b] = first;
    second.at = a;
    first.at = b;
  }
}

/** Tokens `start` to `end` of a row. */
export interface HeldPart {
  from: HeldRows;
  row: HeldRow;
  start: number;
  end: number;
}

/** Beginnings shorter than this are read again; sharing them would not pay its bookkeeping. */
export const minimumShared = 16;

/** Whether a shared beginning of `count` tokens is worth a row that its sequences read together: it is most of the prompt. */
export function isWorthSharing(count: number, promptLength: number): boolean {
  return count >= minimumShared && 2 * count >= promptLength;
}

/** The longest beginning of `ids` that a row of `shared` holds; never the whole of `ids`. */
export function findBeginning(ids: readonly number[], shared: HeldRows): Beginning | undefined {
  let found: Beginning | undefined;
  for (const row of shared.rows) {
    const count = Math.min(ids.length - 1, commonLength(row.tokens, ids));
    if (count > (found?.count ?? 0)) found = { row, count };
  }
  return found;
}

/**
 * Where keys and values of the tokens of `ids` behind `before` can be copied from: as many as are held, without the last
 * token of `ids`, and none when they are few.
 */
export function findParts(
  ids: readonly number[],
  before: Beginning | undefined,
  shared: HeldRows,
  own: HeldRows,
): HeldPart[] {
  const start = before?.count ?? 0;
  let best: HeldPart[] = [];
  const consider = (parts: HeldPart[]): void => {
    if (tokensOf(parts) >= Math.max(minimumShared, tokensOf(best) + 1)) best = parts;
  };
  const common = (row: HeldRow, from: number): number =>
    Math.min(ids.length - 1 - from, commonLength(row.tokens, ids, from));
  const beginning = before ? undefined : findBeginning(ids, shared);
  if (beginning) consider([{ from: shared, row: beginning.row, start: 0, end: beginning.count }]);
  for (const row of own.rows) {
    const first = row.before;
    if (before) {
      if (first?.row !== before.row || first.count !== start) continue;
    } else if (first) {
      const isHeld = first.row.at >= 0 && first.row.tokens.length >= first.count;
      if (!isHeld || common(first.row, 0) < first.count) continue;
    }
    const parts = [{ from: own, row, start: 0, end: common(row, before ? start : (first?.count ?? 0)) }];
    if (!before && first) parts.unshift({ from: shared, row: first.row, start: 0, end: first.count });
    consider(parts);
  }
  return best;
}

/** How many tokens the parts are. */
export function tokensOf(parts: readonly HeldPart[]): number {
  return parts.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** How many tokens of `a` stand in `b` from `from` on. */
export function commonLength(a: readonly number[], b: readonly number[], from = 0): number {
  let length = 0;
  while (length < a.length && from + length < b.length && a[length] === b[from + length]) length++;
  return length;
}
