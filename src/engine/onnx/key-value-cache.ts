/**
 * Keys and values that attention reads again: one row a sequence or group, filled from the front.
 * @module
 */
import * as ort from 'onnxruntime-node';
import type { ModelConfig } from '../../model/config.js';
import type { Values } from './session.js';

const MASKED = -1e9;

/** Room for `capacity` tokens of `rows` sequences in every layer, [rows, kvHeads, capacity, headDim] each. */
export class KeyValueCache {
  /** Tokens that each row holds. */
  readonly lengths: number[];
  readonly #keys: Float32Array[];
  readonly #values: Float32Array[];

  constructor(
    readonly config: ModelConfig,
    public rows: number,
    readonly capacity: number,
  ) {
    const size = rows * config.numKeyValueHeads * capacity * config.headDim;
    const layers = (): Float32Array[] =>
      Array.from({ length: config.numHiddenLayers }, () => new Float32Array(size));
    this.#keys = layers();
    this.#values = layers();
    this.lengths = Array<number>(rows).fill(0);
  }

  /**
   * Appends the first `counts[i]` of `length` new tokens to row `first + i`, from arrays [rows, kvHeads, length, headDim] a
   * layer.
   */
  append(
    keys: readonly Float32Array[],
    values: readonly Float32Array[],
    length: number,
    counts: readonly number[],
    first = 0,
  ): void {
    for (const [from, to] of [
      [keys, this.#keys],
      [values, this.#values],
    ] as const) {
      for (const [layer, target] of to.entries()) this.#copy(from[layer]!, target, length, counts, first);
    }
    for (const [row, count] of counts.entries()) this.lengths[first + row]! += count;
  }

  #copy(
    source: Float32Array,
    target: Float32Array,
    length: number,
    counts: readonly number[],
    first: number,
  ): void {
    const { headDim, numKeyValueHeads: heads } = this.config;
    for (const [row, count] of counts.entries()) {
      for (let head = 0; head < heads; head++) {
        const from = (row * heads + head) * length * headDim;
        const to = (((first + row) * heads + head) * this.capacity + this.lengths[first + row]!) * headDim;
        target.set(source.subarray(from, from + count * headDim), to);
      }
    }
  }

  /** A cache whose row i is row `rows[i]` of this one, with room for `capacity` tokens. */
  select(rows: readonly number[], capacity: number): KeyValueCache {
    const copy = new KeyValueCache(this.config, 0, capacity);
    copy.rows = rows.length;
    copy.lengths.push(...rows.map((row) => this.lengths[row]!));
    for (const [source, target] of [
      [this.#keys, copy.#keys],
      [this.#values, copy.#values],
    ] as const) {
      for (const [layer, array] of source.entries()) target[layer] = this.#selectRows(array, rows, capacity);
    }
    return copy;
  }

  #selectRows(array: Float32Array, rows: readonly number[], capacity: number): Float32Array {
    const { headDim, numKeyValueHeads: heads } = this.config;
    const selected = new Float32Array(rows.length * heads * capacity * headDim);
    for (const [i, row] of rows.entries()) {
      for (let head = 0; head < heads; head++) {
        const from = (row * heads + head) * this.capacity * headDim;
        const to = (i * heads + head) * capacity * headDim;
        selected.set(array.subarray(from, from + this.lengths[row]! * headDim), to);
      }
    }
    return selected;
  }

  /**
   * The rows `from` to `to` as inputs of a graph, without copying: `<kind>_mask`, `<kind>_key.<layer>`,
   * `<kind>_value.<layer>`.
   */
  inputs(kind: 'prefix' | 'past', from = 0, to = this.rows): Values {
    const { numKeyValueHeads, headDim } = this.config;
    const rows = to - from;
    const mask = new Float32Array(rows * this.capacity).fill(MASKED);
    for (let row = 0; row < rows; row++) {
      mask.fill(0, row * this.capacity, row * this.capacity + this.lengths[from + row]!);
    }
    const values: Values = {
      [`${kind}_mask`]: new ort.Tensor('float32', mask, [rows, 1, 1, this.capacity]),
    };
    const shape = [rows, numKeyValueHeads, this.capacity, headDim];
    const size = numKeyValueHeads * this.capacity * headDim;
    const view = (array: Float32Array): ort.Tensor =>
      new ort.Tensor('float32', array.subarray(from * size, to * size), shape);
    for (const [layer, keys] of this.#keys.entries()) {
      values[`${kind}_key.${layer}`] = view(keys);
      values[`${kind}_value.${layer}`] = view(this.#values[layer]!);
    }
    return values;
  }
}

/** What one token of one sequence takes in a cache. */
export function bytesPerToken({ numHiddenLayers, numKeyValueHeads, headDim }: ModelConfig): number {
  return 2 * 4 * numHiddenLayers * numKeyValueHeads * headDim;
}
