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
    readonly rows: number,
    readonly capacity: number,
  ) {
    const size = rows * config.numKeyValueHeads * capacity * config.headDim;
    const layers = (): Float32Array[] =>
      Array.from({ length: config.numHiddenLayers }, () => new Float32Array(size));
    this.#keys = layers();
    this.#values = layers();
    this.lengths = Array<number>(rows).fill(0);
  }

  /** Appends the first `counts[i]` of `length` new tokens to row i, from arrays [rows, kvHeads, length, headDim] a layer. */
  append(
    keys: readonly Float32Array[],
    values: readonly Float32Array[],
    length: number,
    counts: readonly number[],
  ): void {
    for (const [from, to] of [
      [keys, this.#keys],
      [values, this.#values],
    ] as const) {
      for (const [layer, target] of to.entries()) this.#copy(from[layer]!, target, length, counts);
    }
    for (const [row, count] of counts.entries()) this.lengths[row]! += count;
  }

  #copy(source: Float32Array, target: Float32Array, length: number, counts: readonly number[]): void {
    const { headDim, numKeyValueHeads: heads } = this.config;
    for (const [row, count] of counts.entries()) {
      for (let head = 0; head < heads; head++) {
        const from = (row * heads + head) * length * headDim;
        const to = ((row * heads + head) * this.capacity + this.lengths[row]!) * headDim;
        target.set(source.subarray(from, from + count * headDim), to);
      }
    }
  }

  /** A cache of `rows` rows that all begin with this one's only row, with room for `more` tokens behind. */
  repeated(rows: number, more: number): KeyValueCache {
    const length = this.lengths[0]!;
    if (rows === 1 && more === 0) return this;
    const copy = new KeyValueCache(this.config, rows, length + more);
    const { headDim, numKeyValueHeads: heads } = this.config;
    for (const [source, target] of [
      [this.#keys, copy.#keys],
      [this.#values, copy.#values],
    ] as const) {
      for (const [layer, array] of source.entries()) {
        for (let i = 0; i < rows * heads; i++) {
          const from = (i % heads) * this.capacity * headDim;
          target[layer]!.set(array.subarray(from, from + length * headDim), i * copy.capacity * headDim);
        }
      }
    }
    copy.lengths.fill(length);
    return copy;
  }

  /** The cache as inputs of a graph: `<kind>_mask`, `<kind>_key.<layer>`, `<kind>_value.<layer>`. */
  inputs(kind: 'prefix' | 'past'): Values {
    const { numKeyValueHeads, headDim } = this.config;
    const mask = new Float32Array(this.rows * this.capacity).fill(MASKED);
    for (const [row, length] of this.lengths.entries())
      mask.fill(0, row * this.capacity, row * this.capacity + length);
    const values: Values = {
      [`${kind}_mask`]: new ort.Tensor('float32', mask, [this.rows, 1, 1, this.capacity]),
    };
    const shape = [this.rows, numKeyValueHeads, this.capacity, headDim];
    for (const [layer, keys] of this.#keys.entries()) {
      values[`${kind}_key.${layer}`] = new ort.Tensor('float32', keys, shape);
      values[`${kind}_value.${layer}`] = new ort.Tensor('float32', this.#values[layer]!, shape);
    }
    return values;
  }
}
