/**
 * Keys and values that attention reads again: one row a sequence or beginning, filled from the front.
 * @module
 */
import * as ort from 'onnxruntime-node';
import type { ModelConfig } from '../../model/config.js';
import type { Values } from './session.js';

/** Room for `capacity` tokens of `rows` sequences in every layer, [rows, kvHeads, capacity, headDim] each. */
export class KeyValueCache {
  /** Tokens that each row holds. */
  readonly lengths: number[] = [];
  /** Keys of every layer, then values of every layer. */
  readonly #arrays: Float32Array[];
  #rows = 0;
  #capacity = 0;

  constructor(readonly config: ModelConfig) {
    this.#arrays = Array.from({ length: 2 * config.numHiddenLayers }, () => new Float32Array(0));
  }

  get rows(): number {
    return this.#rows;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Makes room for `rows` rows of `capacity` tokens. What rows hold stays, as far as it fits. */
  resize(rows: number, capacity: number): void {
    const { headDim, numKeyValueHeads: heads } = this.config;
    const kept = this.lengths.slice(0, rows).map((length) => Math.min(length, capacity));
    // One array after the other, so that only one of them is held twice.
    for (const [i, array] of this.#arrays.entries()) {
      const moved = new Float32Array(rows * heads * capacity * headDim);
      for (const [row, length] of kept.entries()) {
        for (let head = 0; head < heads; head++) {
          const from = (row * heads + head) * this.#capacity * headDim;
          const to = (row * heads + head) * capacity * headDim;
          moved.set(array.subarray(from, from + length * headDim), to);
        }
      }
      this.#arrays[i] = moved;
    }
    this.lengths.splice(0, Number.POSITIVE_INFINITY, ...kept);
    while (this.lengths.length < rows) this.lengths.push(0);
    this.#rows = rows;
    this.#capacity = capacity;
  }

  /**
   * Appends new tokens to rows.
   *
   * @param arrays keys of every layer, then values of every layer, [rows, kvHeads, length, headDim] each
   * @param targets for each of their rows the row here, and how many of the `length` tokens are appended
   */
  append(
    arrays: readonly Float32Array[],
    length: number,
    targets: readonly { row: number; count: number }[],
  ): void {
    const { headDim, numKeyValueHeads: heads } = this.config;
    for (const [i, target] of this.#arrays.entries()) {
      const source = arrays[i]!;
      for (const [index, { row, count }] of targets.entries()) {
        for (let head = 0; head < heads; head++) {
          const from = (index * heads + head) * length * headDim;
          const at = (row * heads + head) * this.#capacity + this.lengths[row]!;
          target.set(source.subarray(from, from + count * headDim), at * headDim);
        }
      }
    }
    for (const { row, count } of targets) this.lengths[row]! += count;
  }

  /** Appends tokens `start` to `end` of row `from` of `source` to row `to`. */
  copyFrom(source: KeyValueCache, from: number, to: number, start: number, end: number): void {
    const { headDim, numKeyValueHeads: heads } = this.config;
    for (const [i, target] of this.#arrays.entries()) {
      const array = source.#arrays[i]!;
      for (let head = 0; head < heads; head++) {
        const row = (from * heads + head) * source.#capacity;
        const at = (to * heads + head) * this.#capacity + this.lengths[to]!;
        target.set(array.subarray((row + start) * headDim, (row + end) * headDim), at * headDim);
      }
    }
    this.lengths[to]! += end - start;
  }

  /** Exchanges what two rows hold. */
  swap(a: number, b: number): void {
    if (a === b) return;
    const { headDim, numKeyValueHeads: heads } = this.config;
    const used = Math.max(this.lengths[a]!, this.lengths[b]!) * headDim;
    const width = this.#capacity * headDim;
    const held = new Float32Array(used);
    for (const array of this.#arrays) {
      for (let head = 0; head < heads; head++) {
        const [atA, atB] = [a, b].map((row) => (row * heads + head) * width) as [number, number];
        held.set(array.subarray(atA, atA + used));
        array.copyWithin(atA, atB, atB + used);
        array.set(held, atB);
      }
    }
    [this.lengths[a], this.lengths[b]] = [this.lengths[b]!, this.lengths[a]!];
  }

  /** A cache of its own with what `rows` hold, no larger than needed. */
  select(rows: readonly number[]): KeyValueCache {
    const copy = new KeyValueCache(this.config);
    copy.resize(rows.length, Math.max(1, ...rows.map((row) => this.lengths[row]!)));
    for (const [i, row] of rows.entries()) copy.copyFrom(this, row, i, 0, this.lengths[row]!);
    return copy;
  }

  /**
   * The first `rows` rows as inputs of a graph, without copying: `<kind>_key.<layer>` and `<kind>_value.<layer>`,
   * [rows, kvHeads, …between, capacity, headDim].
   */
  inputs(kind: 'prefix' | 'past', rows: number, between: readonly number[] = []): Values {
    const { numKeyValueHeads, headDim, numHiddenLayers } = this.config;
    const shape = [rows, numKeyValueHeads, ...between, this.#capacity, headDim];
    const size = rows * numKeyValueHeads * this.#capacity * headDim;
    return Object.fromEntries(
      this.#arrays.map((array, i) => [
        `${kind}_${i < numHiddenLayers ? 'key' : 'value'}.${i % numHiddenLayers}`,
        new ort.Tensor('float32', array.subarray(0, size), shape),
      ]),
    );
  }
}

/** What one token of one sequence takes in a cache. */
export function bytesPerToken({ numHiddenLayers, numKeyValueHeads, headDim }: ModelConfig): number {
  return 2 * 4 * numHiddenLayers * numKeyValueHeads * headDim;
}
