/**
 * MinHash signatures (Broder, "On the resemblance and containment of documents", 1997) with the permutations
 * x → a·x + b modulo 2³², a odd: bijections of the 32-bit shingle hashes that need one multiplication each.
 * @module
 */
import { randomStream } from '../../random.js';
import {
  createMinHashKernel,
  layout,
  type MinHashKernel,
  mostPermutations,
  mostShingles,
  permutationsAtOnce,
} from './min-hash-kernel.js';

const largest = 0x7fffffff;

/** `count` permutations, the same in every run. */
export class MinHash {
  readonly #kernel: MinHashKernel;
  readonly #shingles: Int32Array;
  readonly #out: Int32Array;

  /** @param count number of permutations from 1 to 1,024 */
  constructor(count: number) {
    const size = Math.min(Math.ceil(count / permutationsAtOnce) * permutationsAtOnce, mostPermutations);
    this.#kernel = createMinHashKernel();
    const { memory } = this.#kernel;
    this.#shingles = new Int32Array(memory, layout.shingles, mostShingles);
    this.#out = new Int32Array(memory, layout.out, size);
    const random = randomStream(0, 'dedup', 'permutations');
    const factors = new Int32Array(memory, layout.factors, size);
    const offsets = new Int32Array(memory, layout.offsets, size);
    for (let p = 0; p < size; p++) {
      factors[p] = (random.next() * 2 ** 32) | 1;
      offsets[p] = (random.next() * 2 ** 32) | 0;
    }
  }

  /** Number of permutations: `count` rounded up to a multiple of sixteen. */
  get size(): number {
    return this.#out.length;
  }

  /**
   * Writes the least value of every permutation over `shingles[start..end)` to `out`; an empty set gives the largest
   * integer everywhere.
   */
  sign(shingles: Int32Array, start: number, end: number, out: Int32Array): void {
    this.#out.fill(largest);
    for (let from = start; from < end; from += mostShingles) {
      const to = Math.min(from + mostShingles, end);
      this.#shingles.set(shingles.subarray(from, to));
      this.#kernel.sign((to - from) * 4, this.#out.byteLength);
    }
    out.set(this.#out);
  }
}
