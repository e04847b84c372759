import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttuneError } from '../errors.js';
import { readSafetensors, readSafetensorsHeader, readStoredBytes, writeSafetensors } from './safetensors.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file of given header (object or text) and data, with its length field right unless given. */
async function forged(header: unknown, data = 0, headerLength?: bigint): Promise<string> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerLength ?? BigInt(json.length));
  const file = join(folder, `forged-${Math.abs(json.reduce((h, b) => (h * 31 + b) | 0, data))}.safetensors`);
  await writeFile(file, Buffer.concat([length, json, Buffer.alloc(data)]));
  return file;
}

async function refusal(file: string): Promise<AttuneError> {
  const error = await readSafetensorsHeader(file).catch((e) => e);
  expect(error).toBeInstanceOf(AttuneError);
  expect(error.file).toBe(file);
  return error;
}

describe('writeSafetensors and readSafetensors', () => {
  it('give back every element type, shape, order and metadata', async () => {
    const file = join(folder, 'all.safetensors');
    await writeSafetensors(
      file,
      [
        { name: 'z', dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, -0, Infinity) },
        { name: 'bytes', dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 255) },
        { name: 'a', dtype: 'I32', shape: [2], data: async () => Int32Array.of(-1, 2 ** 31 - 1) },
        { name: 'long', dtype: 'I64', shape: [1], data: BigInt64Array.of(-(2n ** 60n)) },
        { name: 'half', dtype: 'BF16', shape: [1, 1], data: Uint16Array.of(0x3f80) },
        { name: 'scalar', dtype: 'F64', shape: [], data: Float64Array.of(Math.PI) },
        { name: 'empty', dtype: 'F32', shape: [0, 4], data: new Float32Array(0) },
      ],
      { format: 'pt' },
    );
    const { tensors, metadata } = await readSafetensors(file);
    expect(metadata).toEqual({ format: 'pt' });
    expect([...tensors.keys()].sort()).toEqual(['a', 'bytes', 'empty', 'half', 'long', 'scalar', 'z']);
    expect(tensors.get('z')).toEqual({
      dtype: 'F32',
      shape: [2, 3],
      data: Float32Array.of(1, -2, 3.5, 0, -0, Infinity),
    });
    expect(tensors.get('bytes')?.data).toEqual(Uint8Array.of(1, 2, 255));
    expect(tensors.get('a')?.data).toEqual(Int32Array.of(-1, 2 ** 31 - 1));
    expect(tensors.get('long')?.data).toEqual(BigInt64Array.of(-(2n ** 60n)));
    expect(tensors.get('half')).toEqual({ dtype: 'BF16', shape: [1, 1], data: Uint16Array.of(0x3f80) });
    expect(tensors.get('scalar')).toEqual({ dtype: 'F64', shape: [], data: Float64Array.of(Math.PI) });
    expect(tensors.get('empty')).toEqual({ dtype: 'F32', shape: [0, 4], data: new Float32Array(0) });
  });

  it('begin the data at a multiple of 64 bytes, with real paths and offsets', async () => {
    const file = join(folder, 'aligned.safetensors');
    await writeSafetensors(file, [{ name: 'w', dtype: 'F32', shape: [2], data: Float32Array.of(7, 8) }]);
    const link = join(folder, 'link.safetensors');
    await symlink(file, link);
    const tensor = (await readSafetensorsHeader(link)).tensors.get('w')!;
    expect(tensor.file).toBe(file);
    expect(tensor.offset % 64).toBe(0);
    const bytes = await readStoredBytes(tensor);
    expect(new Float32Array(bytes.buffer as ArrayBuffer)).toEqual(Float32Array.of(7, 8));
    expect((await readFile(file)).readFloatLE(tensor.offset + 4)).toBe(8);
  });

  it('refuse data that does not fit and two tensors of one name, and leave no file behind', async () => {
    const file = join(folder, 'never.safetensors');
    const fitting = { name: 'w', dtype: 'F32' as const, shape: [2], data: Float32Array.of(1, 2) };
    await expect(writeSafetensors(file, [fitting, { ...fitting, name: 'v', shape: [3] }])).rejects.toThrow(
      /tensor v: 8 bytes given for 3 elements of F32/,
    );
    await expect(writeSafetensors(file, [fitting, fitting])).rejects.toThrow(/two tensors named w/);
    expect((await readdir(folder)).filter((name) => name.startsWith('never'))).toEqual([]);
  });
});

describe('readSafetensorsHeader refuses', () => {
  const f32 = (begin: number, end: number) => ({ dtype: 'F32', shape: [2], data_offsets: [begin, end] });

  it('a missing, an empty and a too short file', async () => {
    await expect(readSafetensorsHeader(join(folder, 'absent'))).rejects.toThrow(/no such file/);
    const file = join(folder, 'short');
    await writeFile(file, 'abc');
    expect((await refusal(file)).message).toMatch(/3 bytes/);
  });

  it('an absurd header size', async () => {
    expect((await refusal(await forged('{}', 0, 2n ** 63n))).message).toMatch(/header would be/);
    expect((await refusal(await forged('{ }', 0, 5000n))).message).toMatch(/truncated/);
  });

  it('a header that is not a JSON object', async () => {
    expect((await refusal(await forged('not json'))).message).toMatch(/not valid JSON/);
    expect((await refusal(await forged('[1]'))).message).toMatch(/not a JSON object/);
  });

  it('a truncated tensor, by name', async () => {
    const error = await refusal(await forged({ first: f32(0, 8), cut: f32(8, 16) }, 12));
    expect(error.message).toMatch(/truncated: tensor cut/);
    expect(error.field).toBe('cut');
  });

  it('overlaps, holes and trailing bytes', async () => {
    expect((await refusal(await forged({ a: f32(0, 8), b: f32(4, 12) }, 12))).message).toMatch(/b overlaps/);
    expect((await refusal(await forged({ a: f32(0, 8), b: f32(12, 20) }, 20))).message).toMatch(
      /before tensor b/,
    );
    expect((await refusal(await forged({ a: f32(0, 8) }, 10))).message).toMatch(/2 bytes after/);
  });

  it('offsets, shapes and types that make no sense', async () => {
    expect((await refusal(await forged({ a: f32(0, 12) }, 12))).message).toMatch(/takes 8 bytes/);
    expect((await refusal(await forged({ a: f32(-8, 0) }, 8))).message).toMatch(/data_offsets/);
    expect((await refusal(await forged({ a: { ...f32(0, 8), shape: [-2] } }, 8))).message).toMatch(/shape/);
    expect((await refusal(await forged({ a: { ...f32(0, 8), dtype: 'F8_E4M3' } }, 8))).message).toMatch(
      /F8_E4M3/,
    );
    expect((await refusal(await forged({ a: null }))).message).toMatch(/tensor a/);
  });
});
