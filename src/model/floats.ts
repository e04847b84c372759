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

const oneFloat = new Float32Array(1);
const oneBits = new Uint32Array(oneFloat.buffer);

/** One number as a half-precision pattern, rounded to nearest, ties to even; beyond 65504 it becomes infinity. */
export function halfFromNumber(value: number): number {
  oneFloat[0] = value;
  return halfFromBits(oneBits[0]!);
}

/** float32 to half-precision patterns, rounded to nearest, ties to even, as PyTorch and NumPy do; NaN stays NaN. */
export function float16FromFloat32(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const rounded = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) rounded[i] = halfFromBits(bits[i]!);
  return rounded;
}

/** The half-precision pattern of a float32 pattern. */
function halfFromBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 is half way between the largest number and the next one that there would be.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  // Below 2^-14 the numbers are multiples of 2^-24; below half of that they are zero.
  const shift = 126 - (magnitude >>> 23);
  if (shift > 24) return sign;
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const halfway = 1 << (shift - 1);
  return sign | (kept + Number(rest > halfway || (rest === halfway && (kept & 1) === 1)));
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
