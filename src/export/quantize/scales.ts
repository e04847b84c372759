/**
 * The search for the scale of a few elements, as llama.cpp does it (`make_qx_quants` and `make_qkx2_quants` in
 * ggml-quants.c). Every sum and product is rounded to float32 in the same order as there, so that the blocks are equal
 * byte for byte.
 * @module
 */

const f = Math.fround;
const tenth = f(0.1);

/** Groups whose largest magnitude is below this are written as zeros. */
export const smallestGroup = f(1e-15);

/** To the nearest whole number, ties to even, for float32 values below 2^22: adding 1.5·2^23 leaves no room for a fraction. */
export function nearestInteger(value: number): number {
  return f(f(value) + 12582912) - 12582912;
}

/** Codes of the block that is being written; each search leaves those of its best candidate here, from its `at` on. */
export const codes = new Uint8Array(256);
const tried = new Uint8Array(32);

/**
 * The scale of 16 elements with codes -32 … 31 (kept as 0 … 63), found among 19 candidates by the least error weighted
 * with the squared elements. Returns 0 for a group of zeros.
 *
 * @param x 256 elements from `block` on, of which these begin at `at`
 */
export function fitScale(x: Float32Array, block: number, at: number): number {
  const start = block + at;
  let largest = 0;
  let magnitude = 0;
  for (let i = 0; i < 16; i++) {
    const own = Math.abs(x[start + i]!);
    if (own > magnitude) {
      magnitude = own;
      largest = x[start + i]!;
    }
  }
  codes.fill(0, at, at + 16);
  if (magnitude < smallestGroup) return 0;
  let scale = 0;
  let best = 0;
  for (let candidate = 0; candidate < 19; candidate++) {
    // 0 first, then -9 … -1 and 1 … 9.
    const step = candidate === 0 ? 0 : candidate < 10 ? candidate - 10 : candidate - 9;
    const inverse = f(-f(32 + f(tenth * step)) / largest);
    let products = 0;
    let squares = 0;
    for (let i = 0; i < 16; i++) {
      const value = x[start + i]!;
      const rounded = nearestInteger(f(inverse * value));
      const code = rounded < -32 ? -32 : Math.min(rounded, 31);
      const weight = f(value * value);
      tried[i] = code + 32;
      products = f(products + f(f(weight * value) * code));
      squares = f(squares + f(f(weight * code) * code));
    }
    if (candidate === 0 || (squares > 0 && f(products * products) > f(best * squares))) {
      scale = squares === 0 ? 0 : f(products / squares);
      best = f(scale * products);
      for (let i = 0; i < 16; i++) codes[at + i] = tried[i]!;
    }
  }
  return scale;
}

/** Candidates of {@link fitScaleAndMinimum}: inverse scales from levels + first on, in steps of 0.1 over the range. */
export interface ScaleSearch {
  /** Codes are 0 … levels. */
  levels: number;
  first: number;
  steps: number;
}

const weights = new Float32Array(32);

/** What {@link fitScaleAndMinimum} found: element ≈ scale · code - minimum. */
export const fitted = { scale: 0, minimum: 0 };

/**
 * Scale and minimum (0 or more, to be subtracted) of 32 elements: for the codes of each candidate those of the weighted
 * least squares. Later candidates start from the best minimum so far. The result lies in {@link fitted}, so that millions
 * of calls make no garbage.
 *
 * @param x 256 elements from `block` on, of which these begin at `at`
 */
export function fitScaleAndMinimum(
  x: Float32Array,
  block: number,
  at: number,
  { levels, first, steps }: ScaleSearch,
): void {
  const start = block + at;
  let squares = 0;
  for (let i = 0; i < 32; i++) squares = f(squares + f(x[start + i]! * x[start + i]!));
  const average = f(Math.sqrt(f(squares / 32)));
  let minimum = x[start]!;
  let maximum = minimum;
  let sumWeights = 0;
  let sumValues = 0;
  for (let i = 0; i < 32; i++) {
    const value = x[start + i]!;
    const weight = f(average + Math.abs(value));
    weights[i] = weight;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    sumWeights = f(sumWeights + weight);
    sumValues = f(sumValues + f(weight * value));
  }
  if (minimum > 0) minimum = 0;
  fitted.scale = 0;
  fitted.minimum = -minimum;
  codes.fill(0, at, at + 32);
  if (maximum === minimum) return;
  const inverse = f(levels / f(maximum - minimum));
  let scale = f(1 / inverse);
  let leastError = 0;
  for (let i = 0; i < 32; i++) {
    const value = x[start + i]!;
    const rounded = nearestInteger(f(inverse * f(value - minimum)));
    const code = rounded < 0 ? 0 : rounded > levels ? levels : rounded;
    codes[at + i] = code;
    const difference = f(f(f(scale * code) + minimum) - value);
    leastError = f(leastError + f(weights[i]! * f(difference * difference)));
  }
  for (let step = 0; step <= steps; step++) {
    const candidate = f(f(f(first + f(tenth * step)) + levels) / f(maximum - minimum));
    let sumCodes = 0;
    let sumSquares = 0;
    let sumProducts = 0;
    for (let i = 0; i < 32; i++) {
      const value = x[start + i]!;
      const rounded = nearestInteger(f(candidate * f(value - minimum)));
      const code = rounded < 0 ? 0 : rounded > levels ? levels : rounded;
      tried[i] = code;
      const weighted = f(weights[i]! * code);
      sumCodes = f(sumCodes + weighted);
      sumSquares = f(sumSquares + f(weighted * code));
      sumProducts = f(sumProducts + f(weighted * value));
    }
    const determinant = f(f(sumWeights * sumSquares) - f(sumCodes * sumCodes));
    if (!(determinant > 0)) continue;
    let thisScale = f(f(f(sumWeights * sumProducts) - f(sumValues * sumCodes)) / determinant);
    let thisMinimum = f(f(f(sumSquares * sumValues) - f(sumCodes * sumProducts)) / determinant);
    if (thisMinimum > 0) {
      thisMinimum = 0;
      thisScale = f(sumProducts / sumSquares);
    }
    let error = 0;
    for (let i = 0; i < 32; i++) {
      const difference = f(f(f(thisScale * tried[i]!) + thisMinimum) - x[start + i]!);
      error = f(error + f(weights[i]! * f(difference * difference)));
    }
    if (error < leastError) {
      leastError = error;
      scale = thisScale;
      minimum = thisMinimum;
      for (let i = 0; i < 32; i++) codes[at + i] = tried[i]!;
    }
  }
  fitted.scale = scale;
  fitted.minimum = -minimum;
}
