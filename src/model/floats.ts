/**
 * Half and bfloat16 numbers to float32 and back.
 * @module
 */

/** Value of every 16-bit pattern of IEEE half precision: one look-up an element. */
const halfValues = new Float32Array(65536);
for (let bits = 0; bits < 65536; bits++) {
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  const magnitude =
    exponent === 31
      ? fraction
        ? Number.NaN
        : Number.POSITIVE_INFINITY
      : exponent === 0
        ? fraction * 2 ** -24
        : (1024 + fraction) * 2 ** (exponent - 25);
  halfValues[bits] = bits & 0x8000 ? -magnitude : magnitude;
}

/** The value of one half-precision pattern. */
export function halfToNumber(bits: number): number {
  return halfValues[bits]!;
}

/** Half precision (16-bit patterns) to float32, exactly. */
export function float32FromFloat16(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = halfValues[bits[i]!]!;
  return values;
}

/** bfloat16 (16-bit patterns) to float32, exactly. */
export function float32FromBfloat16(bits: Uint16Array): Float32Array {
  const values = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = bits[i]! << 16;
  return new Float32Array(values.buffer);
}

/** float32 to bfloat16 patterns, rounded to nearest, ties to even, as PyTorch does; NaN stays NaN. */
export function bfloat16FromFloat32(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const rounded = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const pattern = bits[i]!;
    const notANumber = (pattern & 0x7fffffff) > 0x7f800000;
    rounded[i] = notANumber ? (pattern >>> 16) | 0x40 : (pattern + 0x7fff + ((pattern >>> 16) & 1)) >>> 16;
  }
  return rounded;
}
