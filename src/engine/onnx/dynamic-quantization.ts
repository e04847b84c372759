/**
 * Blockwise dynamic quantization to 8 bits, as "8-bit Optimizers via Block-wise Quantization" (arXiv 2110.02861) has it
 * and bitsandbytes holds the moments of its optimizers.
 *
 * A number is held as the nearest of 256 levels times the largest magnitude of its block. The levels are spread over
 * seven powers of ten, so that small and large ones keep about the same relative precision.
 * @module
 */

/** Numbers that share a scale: bitsandbytes' present size. */
export const BLOCK_SIZE = 256;

/** Powers of ten that the levels reach over. */
const DECADES = 7;

/**
 * The 256 levels in ascending order, from -1 (or 0, unsigned) to 1.
 *
 * In the decade below 10^-k there are half as many as in the one below 10^-(k-1): one bit of the code says where the
 * fraction begins.
 */
export function dynamicLevels(signed: boolean): Float32Array {
  const levels = [0, 1];
  for (let decade = 0; decade < DECADES; decade++) {
    const count = 2 ** (decade + (signed ? 0 : 1));
    const scale = 10 ** (decade - DECADES + 1);
    for (let i = 0; i < count; i++) {
      // The middle between two of the boundaries that divide 0.1 to 1 evenly.
      const middle = 0.1 + (0.9 * (i + 0.5)) / count;
      levels.push(scale * middle);
      if (signed) levels.push(-scale * middle);
    }
  }
  return Float32Array.from(levels).sort();
}

/** Bits of a float32 that are dropped to find its place in a table: sign, exponent and 7 bits of the fraction remain. */
const DROPPED_BITS = 16;

/** Levels of one kind, with a table that finds the nearest one. */
export class LevelTable {
  readonly levels: Float32Array;
  /** The lowest level that a number with these leading bits can be nearest to. */
  readonly #first: Uint8Array;
  /** Between level `i` and the next. */
  readonly #boundaries: Float64Array;
  readonly #float = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);

  constructor(signed: boolean) {
    this.levels = dynamicLevels(signed);
    this.#boundaries = Float64Array.from({ length: 256 }, (_, i) =>
      i === 255 ? Number.POSITIVE_INFINITY : (this.levels[i]! + this.levels[i + 1]!) / 2,
    );
    this.#first = new Uint8Array(2 ** (32 - DROPPED_BITS));
    for (let place = 0; place < this.#first.length; place++) {
      // The number nearest to minus infinity of those with these bits: negative ones grow downwards.
      const negative = place >= this.#first.length / 2;
      this.#bits[0] = (place << DROPPED_BITS) | (negative ? 2 ** DROPPED_BITS - 1 : 0);
      const lowest = this.#float[0]!;
      let level = 0;
      while (lowest > this.#boundaries[level]!) level++;
      this.#first[place] = level;
    }
  }

  /** Code of the level nearest to `x`, a number from -1 to 1; the lower one of two that are equally near. */
  nearest(x: number): number {
    this.#float[0] = x;
    const value = this.#float[0];
    let level = this.#first[this.#bits[0]! >>> DROPPED_BITS]!;
    while (value > this.#boundaries[level]!) level++;
    return level;
  }
}
