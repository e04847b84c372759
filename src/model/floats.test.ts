import { describe, expect, it } from 'vitest';
import { bfloat16FromFloat32, float32FromBfloat16, float32FromFloat16 } from './floats.js';

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
