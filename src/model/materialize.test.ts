import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Progress } from '../progress.js';
import { bfloat16FromFloat32, float32FromBfloat16 } from './floats.js';
import { materialize } from './materialize.js';
import { openModel } from './open.js';
import { readStoredBytes } from './safetensors.js';
import { writeTinyModel } from './tiny-model.fixture.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-materialize-'));
  vi.stubEnv('ATTUNE_CACHE', join(root, 'cache'));
  await writeTinyModel(join(root, 'float32'), { hidden_size: 28, head_dim: 6 });
  await writeTinyModel(join(root, 'bfloat16'), { hidden_size: 28, head_dim: 6, torch_dtype: 'bfloat16' });
});
afterEach(() => rm(join(root, 'cache'), { recursive: true, force: true }));
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

const cacheFiles = (): Promise<string[]> => readdir(join(root, 'cache', 'weights')).catch(() => []);

describe('materialize', () => {
  it("uses the model's own file where it has the type", async () => {
    for (const precision of ['float32', 'bfloat16'] as const) {
      const model = await openModel(join(root, precision));
      expect(await materialize(model, precision)).toEqual(model.weights.tensors);
    }
    expect(await cacheFiles()).toEqual([]);
  });

  it('widens bfloat16 exactly, at aligned offsets, and reports bytes', async () => {
    const model = await openModel(join(root, 'bfloat16'));
    const seen: Progress[] = [];
    const tensors = await materialize(model, 'float32', { onProgress: (progress) => seen.push(progress) });
    expect([...tensors.keys()]).toEqual([...model.weights.tensors.keys()]);
    for (const [name, tensor] of tensors) {
      expect(tensor.dtype).toBe('F32');
      expect(tensor.offset % 64).toBe(0);
      const bytes = await readStoredBytes(tensor);
      expect(new Float32Array(bytes.buffer as ArrayBuffer)).toEqual(await model.weights.readFloat32(name));
    }
    expect(seen.at(-1)!.done).toBe(seen.at(-1)!.total);
  });

  it('rounds float32 to bfloat16', async () => {
    const model = await openModel(join(root, 'float32'));
    const tensor = (await materialize(model, 'bfloat16')).get('lm_head.weight')!;
    const bits = new Uint16Array((await readStoredBytes(tensor)).buffer as ArrayBuffer);
    const values = await model.weights.readFloat32('lm_head.weight');
    expect(float32FromBfloat16(bits)).toEqual(float32FromBfloat16(bfloat16FromFloat32(values)));
  });

  it('converts once, and again when the file in the cache is damaged', async () => {
    const model = await openModel(join(root, 'bfloat16'));
    const tensor = (await materialize(model, 'float32')).get('model.norm.weight')!;
    const { mtimeMs, ino } = await stat(tensor.file);
    await materialize(model, 'float32');
    expect((await stat(tensor.file)).ino).toBe(ino);
    const handle = await open(tensor.file, 'r+');
    await handle.truncate(2000);
    await handle.close();
    expect((await materialize(model, 'float32')).get('model.norm.weight')).toEqual(tensor);
    expect((await stat(tensor.file)).mtimeMs).toBeGreaterThan(mtimeMs);
    expect(await cacheFiles()).toHaveLength(1);
  });

  it('names the file that it cannot write', async () => {
    const model = await openModel(join(root, 'bfloat16'));
    vi.stubEnv('ATTUNE_CACHE', join(root, 'bfloat16', 'config.json'));
    await expect(materialize(model, 'float32')).rejects.toThrow(
      expect.objectContaining({
        message: 'is not a folder',
        file: expect.stringMatching(/float32\.safetensors$/),
      }),
    );
    vi.stubEnv('ATTUNE_CACHE', join(root, 'cache'));
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const model = await openModel(join(root, 'bfloat16'));
    const controller = new AbortController();
    const work = materialize(model, 'float32', {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stop')),
    });
    await expect(work).rejects.toThrow(/stop/);
    expect(await cacheFiles()).toEqual([]);
  });
});
