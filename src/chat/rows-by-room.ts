/**
 * The search of best-fit packing: the fullest row that still has room.
 * @module
 */

/** Rows in buckets by the number of tokens that still fit. A row that was filled further leaves a stale entry behind. */
export class RowsByRoom {
  readonly #capacity: number;
  readonly #buckets = new Map<number, number[]>();

  /** @param capacity tokens in an empty row */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Enters `row`, now that `room` tokens fit into it. */
  add(row: number, room: number): void {
    const bucket = this.#buckets.get(room);
    if (bucket) bucket.push(row);
    else this.#buckets.set(room, [row]);
  }

  /**
   * The row with the least room that has at least `needed` and is `welcome`; the earliest of several.
   *
   * @param roomOf the room that a row has now
   */
  smallestFitting(
    needed: number,
    roomOf: (row: number) => number,
    welcome: (row: number) => boolean,
  ): number | undefined {
    for (let room = needed; room <= this.#capacity; room++) {
      const bucket = this.#buckets.get(room);
      if (!bucket) continue;
      // The earliest rows are filled first, so stale entries gather at the front.
      let stale = 0;
      while (stale < bucket.length && roomOf(bucket[stale]!) !== room) stale++;
      bucket.splice(0, stale);
      if (bucket.length === 0) this.#buckets.delete(room);
      const found = bucket.find((row) => roomOf(row) === room && welcome(row));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
