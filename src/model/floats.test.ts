import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bfloat16FromFloat32,
  float16FromFloat32,
  float32FromBfloat16,
  float32FromFloat16,
  halfFromNumber,
  halfToNumber,
} from './floats.js';

describe('float16', () => {
  it('gives the known values: zero, one, largest, smallest, subnormal, infinity', () => {
    const bits = Uint16Array.of(0, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x7c00, 0x3555);
    expect([...float32FromFloat16(bits)]).toEqual([
      0,
      -0,
      1,
      -2,
      65504,
      2 ** -14,
      2 ** -24,
      Infinity,
      0.333251953125,
    ]);
    expect(float32FromFloat16(Uint16Array.of(0x7e00))[0]).toBeNaN();
  });

  it('rounds to nearest, ties to even, down into the subnormal numbers', () => {
    const values = Float32Array.of(
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      65519.9,
      65520,
      -1e30,
      2 ** -25,
      1.5 * 2 ** -24,
      2 ** -25 + 2 ** -40,
      -(2 ** -26),
      2 ** -14 - 2 ** -26,
    );
    const expected = [0x3c00, 0x3c02, 0x7bff, 0x7c00, 0xfc00, 0, 2, 1, 0x8000, 0x0400];
    expect([...float16FromFloat32(values)]).toEqual(expected);
    expect(float32FromFloat16(float16FromFloat32(Float32Array.of(Number.NaN)))[0]).toBeNaN();
  });

  it('comes back unchanged from float32, and every other number goes to a nearest one', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((bits) => (bits & 0x7c00) !== 0x7c00);
    expect(float16FromFloat32(float32FromFloat16(all))).toEqual(all);
    fc.assert(
      fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (value) => {
        const bits = halfFromNumber(value);
        const error = Math.abs(halfToNumber(bits) - value);
        for (const neighbour of [bits - 1, bits + 1]) {
          if ((neighbour & 0x7c00) === 0x7c00 || neighbour < 0) continue;
          const other = Math.abs(halfToNumber(neighbour) - value);
          expect(error).toBeLessThanOrEqual(other);
          if (error === other) expect(bits & 1).toBe(0);
        }
      }),
    );
  });
});

describe('bfloat16', () => {
  it('rounds to nearest, ties to even, and keeps NaN and infinity', () => {
    const float = (bits: number): number => new Float32Array(Uint32Array.of(bits).buffer)[0]!;
    const rounded = bfloat16FromFloat32(
      Float32Array.of(float(0x3f808000), float(0x3f818000), float(0x3f808001), -Infinity, 3.4028235e38),
    );
    expect([...rounded]).toEqual([0x3f80, 0x3f82, 0x3f81, 0xff80, 0x7f80]);
    expect(float32FromBfloat16(bfloat16FromFloat32(Float32Array.of(Number.NaN)))[0]).toBeNaN();
  });

  it('comes back unchanged from float32', () => {
    const bits = Uint16Array.from({ length: 4096 }, (_, i) => (i * 16) & 0x7f7f);
    expect(bfloat16FromFloat32(float32FromBfloat16(bits))).toEqual(bits);
  });
});
