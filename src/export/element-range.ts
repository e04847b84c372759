/**
 * Whether numbers fit the type that they are written in.
 * @module
 */
import { AttuneError } from '../errors.js';

/** From here on rounding to half precision gives infinity. */
const beyondHalf = 65520;

/**
 * Refuses elements that half precision, as elements or as scales of blocks, would turn into infinity.
 *
 * @throws {AttuneError} naming the tensor and a type that has the room
 */
export function checkHalfRange(values: Float32Array, name: string, type: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]!) >= beyondHalf) {
      throw new AttuneError(`tensor ${name} holds ${values[i]}, which is beyond the range of ${type}`, {
        field: name,
        fix: 'export in bfloat16 or float32, which have the range',
      });
    }
  }
}
