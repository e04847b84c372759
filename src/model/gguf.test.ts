import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttuneError } from '../errors.js';
import { type GgufTensor, ggufBytes, writeGguf } from './gguf.fixture.js';
import { readGgufHeader } from './gguf.js';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-gguf-'));
  file = join(folder, 'model.gguf');
});
afterAll(() => rm(folder, { recursive: true }));

const f32 = (name: string, values: number[], changes: Partial<GgufTensor> = {}): GgufTensor => ({
  name,
  dimensions: [values.length],
  type: 0,
  data: new Uint8Array(Float32Array.from(values).buffer),
  ...changes,
});

async function refusal(content: Uint8Array): Promise<AttuneError> {
  await writeFile(file, content);
  const error = await readGgufHeader(file).catch((e) => e);
  expect(error).toBeInstanceOf(AttuneError);
  expect(error.file).toBe(file);
  return error;
}

describe('readGgufHeader', () => {
  it('gives metadata of every kind, shapes in the order of Transformers and exact offsets', async () => {
    const tokens = Array.from({ length: 50_000 }, (_, i) => `tökén-${i}${'😀'.repeat(25)}`);
    await writeGguf(
      file,
      { text: 'Grüße', flag: true, count: 7, epsilon: 1e-5, large: 2n ** 60n, tokens, nested: [[1, 2], [3]] },
      [f32('a', [1, 2, 3]), f32('b', [4, 5, 6, 7, 8, 9], { dimensions: [3, 2] })],
    );
    const { metadata, tensors, byteLength } = await readGgufHeader(file);
    expect(Object.fromEntries([...metadata].filter(([key]) => key !== 'tokens'))).toEqual({
      text: 'Grüße',
      flag: true,
      count: 7,
      epsilon: Math.fround(1e-5),
      large: 2n ** 60n,
      nested: [[1, 2], [3]],
    });
    // More than one window of the reader: every token must be whole.
    expect((metadata.get('tokens') as string[]).join() === tokens.join()).toBe(true);
    expect(tensors.get('b')).toMatchObject({ dtype: 'F32', shape: [2, 3], byteLength: 24 });
    expect(tensors.get('b')!.offset).toBe(byteLength - 32);
    expect(tensors.get('a')!.offset).toBe(byteLength - 64);
  });

  it('honours general.alignment', async () => {
    const plain = ggufBytes({ 'general.alignment': 64 }, [f32('a', [1])]);
    await writeFile(file, Buffer.concat([plain, Buffer.alloc(64)]));
    expect((await readGgufHeader(file)).tensors.get('a')!.offset % 64).toBe(0);
  });

  it('refuses what is no GGUF file', async () => {
    expect((await refusal(Buffer.from('PK\u0003\u0004abcd'))).message).toMatch(/does not begin with GGUF/);
    expect((await refusal(Buffer.from('GG'))).message).toMatch(/truncated/);
    expect((await refusal(Buffer.from('GGUF\u0001\u0000\u0000\u0000'))).message).toMatch(/version 1/);
  });

  it('refuses a truncated file at every length, by name where a tensor is cut', async () => {
    const whole = ggufBytes({ key: 'value', list: ['a', 'b'] }, [f32('first', [1]), f32('cut', [1, 2])]);
    for (let length = 0; length < whole.length - 24; length += 3) {
      expect((await refusal(whole.subarray(0, length))).message).toMatch(/truncated|ends at/);
    }
    expect((await refusal(whole.subarray(0, whole.length - 28))).field).toBe('cut');
  });

  it('refuses absurd lengths without taking the memory for them', async () => {
    const bytes = ggufBytes({ key: 'value' }, []);
    bytes.writeBigUInt64LE(2n ** 50n, 24);
    expect((await refusal(bytes)).message).toMatch(/truncated/);
    bytes.writeBigUInt64LE(2n ** 63n, 24);
    expect((await refusal(bytes)).message).toMatch(/is 9223372036854775808/);
  });

  it('refuses overlapping tensors, half blocks and types that it cannot read', async () => {
    const overlapping = [f32('a', [1, 2]), f32('b', [3, 4], { offset: 4 })];
    expect((await refusal(ggufBytes({}, overlapping))).message).toMatch(/b overlaps/);
    expect((await refusal(ggufBytes({}, [f32('a', [1, 2], { type: 2 })]))).message).toMatch(
      /whole blocks of Q4_0/,
    );
    expect((await refusal(ggufBytes({}, [f32('a', [1, 2], { type: 10 })]))).message).toMatch(/Q2_K/);
    expect((await refusal(ggufBytes({}, [f32('a', [1, 2], { type: 99 })]))).message).toMatch(/99/);
  });
});
