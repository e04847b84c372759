import { mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSafetensorsHeader, readStoredBytes } from '../model/safetensors.js';
import type { StoredTensor } from '../model/weights.js';
import { quantizeInt8, transposeCodes } from './int8.js';
import { dequantizeAbsmax, quantizeNf4 } from './nf4.js';
import { quantizeWeights, quantizeWeightsInt8 } from './quantized-weights.js';

let cacheDirectory: string;
beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'attune-nf4-'));
});
afterEach(() => rm(cacheDirectory, { recursive: true, force: true }));

const values = {
  'a.weight': Float32Array.from({ length: 32 * 12 }, (_, i) => Math.sin(i)),
  'b.weight': Float32Array.from({ length: 99 }, (_, i) => Math.cos(i * i) * 0.01),
};
type Name = keyof typeof values;

function fakeModel(content: Record<string, Float32Array> = values) {
  const reads: string[] = [];
  const tensor = (name: string): StoredTensor => ({
    name,
    dtype: 'F32',
    shape: [content[name]!.length],
    file: 'model.safetensors',
    offset: 0,
    byteLength: content[name]!.byteLength,
  });
  return {
    reads,
    hash: 'abc',
    path: 'somewhere',
    weights: {
      tensors: new Map(Object.keys(content).map((name) => [name, tensor(name)])),
      readFloat32: async (name: string) => {
        reads.push(name);
        return content[name]!;
      },
    },
  };
}

const names = Object.keys(values) as Name[];

describe('quantizeWeights', () => {
  it('stores codes and ready scales where a runtime can map them', async () => {
    const model = fakeModel();
    const quantized = await quantizeWeights(model, names, { cacheDirectory });
    expect(model.reads).toEqual(names);
    for (const name of names) {
      const expected = quantizeNf4(values[name]);
      const { codes, absmax } = quantized.get(name)!;
      expect(codes).toMatchObject({ dtype: 'U8', shape: [expected.codes.length] });
      expect(absmax).toMatchObject({ dtype: 'F32', shape: [expected.absmaxCodes.length] });
      expect(await readStoredBytes(codes)).toEqual(expected.codes);
      const scales = new Float32Array((await readStoredBytes(absmax)).buffer as ArrayBuffer);
      expect(scales).toEqual(dequantizeAbsmax(expected));
    }
  });

  it('keeps the double quantization too', async () => {
    const { codes } = (await quantizeWeights(fakeModel(), names, { cacheDirectory })).get('a.weight')!;
    const { tensors } = await readSafetensorsHeader(codes.file);
    const expected = quantizeNf4(values['a.weight']);
    expect(await readStoredBytes(tensors.get('a.weight.absmax')!)).toEqual(expected.absmaxCodes);
    const offset = await readStoredBytes(tensors.get('a.weight.nested_offset')!);
    expect(new Float32Array(offset.buffer as ArrayBuffer)[0]).toBe(expected.offset);
  });

  it('reads the model once, and again when the file is damaged', async () => {
    const first = await quantizeWeights(fakeModel(), names, { cacheDirectory });
    const file = first.get('a.weight')!.codes.file;
    const bytes = await readFile(file);

    const again = fakeModel();
    expect(await quantizeWeights(again, names, { cacheDirectory })).toEqual(first);
    expect(again.reads).toEqual([]);

    await truncate(file, (await stat(file)).size - 1);
    await quantizeWeights(again, names, { cacheDirectory });
    expect(again.reads).toEqual(names);
    expect(await readFile(file)).toEqual(bytes);
  });

  it('keeps other models and other choices of layers apart', async () => {
    const both = await quantizeWeights(fakeModel(), names, { cacheDirectory });
    const one = await quantizeWeights(fakeModel(), ['a.weight'], { cacheDirectory });
    const other = await quantizeWeights({ ...fakeModel(), hash: 'def' }, names, { cacheDirectory });
    const files = [both, one, other].map((map) => map.get('a.weight')!.codes.file);
    expect(new Set(files).size).toBe(3);
  });

  it('names the tensor that is missing or cannot be quantized', async () => {
    await expect(quantizeWeights(fakeModel(), ['c.weight'], { cacheDirectory })).rejects.toThrow(
      /no tensor c\.weight/,
    );
    const broken = fakeModel({ 'a.weight': Float32Array.of(1, Number.NaN) });
    await expect(quantizeWeights(broken, ['a.weight'], { cacheDirectory })).rejects.toThrow(
      /tensor a\.weight holds a value that is infinite or not a number/,
    );
  });

  it('stops when asked to and leaves no half file', async () => {
    const stop = new AbortController();
    const model = fakeModel();
    const onProgress = ({ done }: { done: number }) => {
      if (done === 0) stop.abort();
    };
    await expect(
      quantizeWeights(model, names, { cacheDirectory, onProgress, signal: stop.signal }),
    ).rejects.toThrow(/abort/i);
    expect(model.reads).toEqual(['a.weight']);
    const next = fakeModel();
    await quantizeWeights(next, names, { cacheDirectory });
    expect(next.reads).toEqual(names);
  });
});

describe('quantizeWeightsInt8', () => {
  const matrix = Float32Array.from({ length: 32 * 12 }, (_, i) => Math.sin(i));
  const model = () => {
    const fake = fakeModel({ 'a.weight': matrix });
    fake.weights.tensors.get('a.weight')!.shape = [32, 12];
    return fake;
  };
  const bytes = async (tensor: StoredTensor): Promise<ArrayBuffer> =>
    (await readStoredBytes(tensor)).buffer as ArrayBuffer;

  it('stores one copy for each direction of the product, once', async () => {
    const first = model();
    const weights = await quantizeWeightsInt8(first, ['a.weight'], { cacheDirectory });
    const { codes, scales, gradientCodes, gradientScales } = weights.get('a.weight')!;
    const rows = quantizeInt8(matrix, [32, 12], 'row');
    const columns = quantizeInt8(matrix, [32, 12], 'column');
    expect(codes).toMatchObject({ dtype: 'I8', shape: [12, 32] });
    expect(gradientCodes).toMatchObject({ dtype: 'I8', shape: [32, 12] });
    expect(new Int8Array(await bytes(codes))).toEqual(transposeCodes(rows.codes, [32, 12]));
    expect(new Float32Array(await bytes(scales))).toEqual(rows.scales);
    expect(new Int8Array(await bytes(gradientCodes))).toEqual(columns.codes);
    expect(new Float32Array(await bytes(gradientScales))).toEqual(columns.scales);

    const again = model();
    expect(await quantizeWeightsInt8(again, ['a.weight'], { cacheDirectory })).toEqual(weights);
    expect([first.reads, again.reads]).toEqual([['a.weight'], []]);
    const nf4 = await quantizeWeights(again, ['a.weight'], { cacheDirectory });
    expect(nf4.get('a.weight')!.codes.file).not.toBe(codes.file);
  });

  it('names the tensor that cannot be quantized', async () => {
    const broken = fakeModel({ 'a.weight': Float32Array.of(1, Number.NaN) });
    broken.weights.tensors.get('a.weight')!.shape = [1, 2];
    await expect(quantizeWeightsInt8(broken, ['a.weight'], { cacheDirectory })).rejects.toThrow(
      /tensor a\.weight holds a value that is infinite or not a number/,
    );
  });
});
