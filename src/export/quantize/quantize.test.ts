import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFloat32 } from '../../model/dequantize.js';
import { randomStream } from '../../random.js';
import { encodeElements, type WritableType } from './quantize.js';

/** Made by `test/golden/make_quantization.py` with llama.cpp's own Python package and ggml itself. */
const golden: {
  values: string;
  types: Record<string, { sha256: string; mean_squared_error: number; first_block: string }>;
} = JSON.parse(await readFile(new URL('../../../test/golden/quantization.json', import.meta.url), 'utf8'));
const values = new Float32Array(new Uint8Array(Buffer.from(golden.values, 'base64')).buffer);

const meanSquaredError = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length;

describe('encodeElements', () => {
  it.each(Object.keys(golden.types))('gives the bytes of llama.cpp for %s', (name) => {
    const { sha256, first_block, mean_squared_error } = golden.types[name]!;
    const type = name as WritableType;
    const bytes = encodeElements(type, values);
    const block = Buffer.from(first_block, 'base64');
    expect(Buffer.from(bytes.subarray(0, block.length))).toEqual(block);
    if (name.startsWith('Q')) {
      const error = meanSquaredError(toFloat32(type, bytes), values);
      expect(error).toBeLessThanOrEqual(mean_squared_error * (1 + 1e-6));
    }
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  });

  it('keeps every value within half a step of the block', () => {
    const level = { Q8_0: 1 / 254, Q4_0: 1 / 8, Q5_0: 1 / 16 } as const;
    const row = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(
        row,
        fc.constantFrom(...(Object.keys(level) as (keyof typeof level)[])),
        (numbers, type) => {
          const x = Float32Array.from(numbers);
          const magnitude = Math.max(...x.map(Math.abs));
          const back = toFloat32(type, encodeElements(type, x));
          // The scale is rounded to half precision (1 / 2048), and below 2^-24 there is none; codes 8 and 16 do not exist.
          const allowed = magnitude * (level[type] + 1 / 1024) + 2 ** -24 * 128;
          for (let i = 0; i < 32; i++) expect(Math.abs(back[i]! - x[i]!)).toBeLessThanOrEqual(allowed);
        },
      ),
    );
  });

  it('keeps what a block can say exactly', () => {
    for (const type of ['Q8_0', 'Q4_0', 'Q5_0', 'Q4_K', 'Q5_K', 'Q6_K'] as const) {
      const back = toFloat32(type, encodeElements(type, new Float32Array(512)));
      expect(
        back.every((value) => value === 0),
        type,
      ).toBe(true);
    }
    const levels = Float32Array.from({ length: 32 }, (_, i) => ((i % 16) - 8) / 4);
    expect(toFloat32('Q4_0', encodeElements('Q4_0', levels))).toEqual(levels);
  });

  it('errs less with more bits', () => {
    const random = randomStream(5, 'quantize-test');
    const x = Float32Array.from({ length: 256 * 64 }, () => 0.05 * random.normal());
    const errors = (['Q8_0', 'Q6_K', 'Q5_K', 'Q5_0', 'Q4_K', 'Q4_0'] as const).map((type) =>
      meanSquaredError(toFloat32(type, encodeElements(type, x)), x),
    );
    expect(errors).toEqual(errors.toSorted((a, b) => a - b));
  });

  it('reads a part of a larger array where it lies', () => {
    const inside = values.subarray(256, 512);
    for (const type of ['F32', 'F16', 'BF16', 'Q6_K'] as const) {
      expect(Buffer.from(encodeElements(type, inside))).toEqual(
        Buffer.from(encodeElements(type, Float32Array.from(inside))),
      );
    }
  });
});
