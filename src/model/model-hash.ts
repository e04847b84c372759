/**
 * The identity of a model's weights, found without reading all of them.
 * @module
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { fileError, hashJson } from '../files.js';
import type { ModelConfig } from './config.js';
import type { StoredTensor, WeightStore } from './weights.js';

/** Bytes read at the beginning, in the middle and at the end of each tensor. */
const sampleBytes = 1024;

/**
 * SHA-256 over the configuration, every tensor's name, type and shape, and samples of every tensor's bytes.
 * Equal on every machine; two models of equal shape differ in it as soon as any sample differs, which every
 * kind of training brings about.
 */
export async function modelHash(config: ModelConfig, weights: WeightStore): Promise<string> {
  const hash = createHash('sha256').update(hashJson(config));
  const handles = new Map<string, FileHandle>();
  try {
    for (const tensor of weights.tensors.values()) {
      hash.update(
        `\n${tensor.name} ${tensor.dtype} ${tensor.shape.join('x')} ${tensor.interleavedHeads ?? 0}\n`,
      );
      const handle = handles.get(tensor.file) ?? (await open(tensor.file, 'r'));
      handles.set(tensor.file, handle);
      for (const sample of await samples(handle, tensor)) hash.update(sample);
    }
  } catch (error) {
    throw fileError(error, [...handles.keys()].at(-1) ?? '');
  } finally {
    for (const handle of handles.values()) await handle.close();
  }
  return hash.digest('hex');
}

async function samples(handle: FileHandle, tensor: StoredTensor): Promise<Uint8Array[]> {
  const length = Math.min(sampleBytes, tensor.byteLength);
  const last = tensor.byteLength - length;
  return Promise.all(
    [0, Math.floor(last / 2), last].map(async (start) => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await handle.read(bytes, 0, length, tensor.offset + start);
      return bytes.subarray(0, bytesRead);
    }),
  );
}
