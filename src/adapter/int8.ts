/**
 * Matrices in 8 bits: whole numbers from -127 to 127 and one scale a row or a column, symmetric around zero
 * (LLM.int8(), arXiv 2208.07339, section 2.1). With a scale a row the codes are those of bitsandbytes' `load_in_8bit`.
 * @module
 */
import { AttuneError } from '../errors.js';

/** Largest magnitude of a code; -128 is not used, so that zero is in the middle. */
export const int8Levels = 127;

/** A matrix in 8 bits: element = code · scale of its row or column. */
export interface Int8Matrix {
  /** Row-major, in the shape of the matrix. */
  codes: Int8Array;
  /** Scales of the rows or of the columns. */
  scales: Float32Array;
}

/**
 * Quantizes a row-major matrix. All arithmetic is float32 in bitsandbytes' order; ties go to the even code.
 *
 * @param per whether a row or a column shares a scale
 * @throws {AttuneError} when a value is infinite or not a number
 */
export function quantizeInt8(
  values: Float32Array,
  [rows, columns]: readonly [number, number],
  per: 'row' | 'column',
): Int8Matrix {
  const count = per === 'row' ? rows : columns;
  const largest = new Float32Array(count);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const magnitude = Math.abs(values[i]!);
      if (!Number.isFinite(magnitude)) {
        throw new AttuneError('holds a value that is infinite or not a number');
      }
      const at = per === 'row' ? row : column;
      if (magnitude > largest[at]!) largest[at] = magnitude;
    }
  }
  // A row of zeros, or of numbers whose inverse float32 does not hold, has no scale: its codes are 0.
  const inverse = largest.map((magnitude) => {
    const factor = Math.fround(int8Levels / magnitude);
    return Number.isFinite(factor) ? factor : 0;
  });
  const codes = new Int8Array(values.length);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const at = per === 'row' ? row : column;
      codes[i] = nearestEven(Math.fround(values[i]! * inverse[at]!));
    }
  }
  return { codes, scales: largest.map((magnitude) => magnitude / int8Levels) };
}

/** The nearest whole number; of two that are equally near the even one. */
function nearestEven(x: number): number {
  const below = Math.floor(x);
  const over = x - below;
  return over > 0.5 || (over === 0.5 && below % 2 !== 0) ? below + 1 : below;
}

/** Codes of a matrix [rows, columns] as those of its transpose. */
export function transposeCodes(codes: Int8Array, [rows, columns]: readonly [number, number]): Int8Array {
  const transposed = new Int8Array(codes.length);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) transposed[column * rows + row] = codes[i]!;
  }
  return transposed;
}
