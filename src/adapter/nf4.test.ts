import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../model/safetensors.js';
import { meanFloat32 } from './mean-float32.js';
import { dequantizeAbsmax, dequantizeNf4, nf4Levels, quantizeNf4 } from './nf4.js';

const golden = await readSafetensors(
  fileURLToPath(new URL('../../test/golden/nf4.safetensors', import.meta.url)),
);
const cases = [...new Set([...golden.tensors.keys()].map((key) => key.split('.')[0]!))];
const part = <T extends Float32Array | Uint8Array>(name: string, of: string): T =>
  golden.tensors.get(`${name}.${of}`)!.data as T;

/** Bits, so that -0 and 0 differ and a mismatch is never a matter of tolerance. */
const bits = (values: Float32Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

describe('NF4 with double quantization is what bitsandbytes stores', () => {
  it('has golden cases', () => {
    expect(cases).toHaveLength(12);
  });

  it.each(cases)('%s', (name) => {
    const tensor = quantizeNf4(part<Float32Array>(name, 'values'));
    expect(Buffer.from(tensor.codes)).toEqual(Buffer.from(part<Uint8Array>(name, 'codes')));
    expect(Buffer.from(tensor.absmaxCodes)).toEqual(Buffer.from(part<Uint8Array>(name, 'absmax_codes')));
    expect(bits(tensor.nestedAbsmax)).toBe(bits(part(name, 'nested_absmax')));
    expect(bits(Float32Array.of(tensor.offset))).toBe(bits(part(name, 'offset')));
    expect(bits(dequantizeAbsmax(tensor))).toBe(bits(part(name, 'scales')));
    expect(bits(dequantizeNf4(tensor))).toBe(bits(part(name, 'dequantized')));
  });
});

describe('quantizeNf4', () => {
  it('refuses what NF4 cannot express', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const values = new Float32Array(100).fill(0.5);
      values[77] = bad;
      expect(() => quantizeNf4(values)).toThrow(/infinite or not a number/);
    }
  });

  it('keeps levels exactly when the scale is exact', () => {
    const values = Float32Array.from({ length: 64 }, (_, i) => nf4Levels[i % 16]! * 2);
    expect(dequantizeNf4(quantizeNf4(values))).toEqual(values);
  });
});

describe('meanFloat32', () => {
  it('is near the exact mean for every length around the borders of the cascade', () => {
    for (const length of [1, 7, 8, 31, 32, 33, 511, 512, 513, 8191, 8192, 8200, 140_000]) {
      const values = Float32Array.from({ length }, (_, i) => 1 + Math.sin(i * i));
      const exact = values.reduce((sum, value) => sum + value, 0) / length;
      expect(Math.abs(meanFloat32(values) - exact) / exact).toBeLessThan(5e-7);
    }
  });
});
