import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { toFloat32 } from './dequantize.js';
import type { StoredType } from './weights.js';

/** Made by `test/golden/make_gguf.py` with llama.cpp's own Python package. */
const golden: Record<string, { blocks: string; values: string }> = JSON.parse(
  await readFile(new URL('../../test/golden/gguf-blocks.json', import.meta.url), 'utf8'),
);

/** Copied, so that the bytes begin at their buffer's first byte, as those read from a file do. */
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

describe('toFloat32', () => {
  it.each(Object.keys(golden))('gives the bits of llama.cpp for %s', (dtype) => {
    const { blocks, values } = golden[dtype]!;
    const result = toFloat32(dtype as StoredType, bytesOf(blocks));
    const expected = new Uint32Array(bytesOf(values).buffer as ArrayBuffer);
    expect(new Uint32Array(result.buffer)).toEqual(expected);
  });

  it('gives float32 as it is', () => {
    const values = Float32Array.of(1.5, -0, Number.NaN);
    expect(toFloat32('F32', new Uint8Array(values.buffer))).toEqual(values);
  });

  it('refuses types that no weight has', () => {
    expect(() => toFloat32('I64', new Uint8Array(8))).toThrow(/I64 cannot be weights/);
  });
});
