/**
 * Weights as files that a runtime can map: every tensor as float32 or bfloat16.
 * @module
 */
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import { attuneCache } from './cache.js';
import { bfloat16FromFloat32 } from './floats.js';
import type { Model } from './model.js';
import { readSafetensorsHeader, type TensorToWrite, writeSafetensors } from './safetensors.js';
import { storedByteLength } from './stored-types.js';
import type { StoredTensor } from './weights.js';

/** The precisions that weights can be mapped in. */
export type MappedPrecision = 'float32' | 'bfloat16';

/** A runtime's own alignment for mapped tensors. */
const alignment = 64;

/**
 * Every tensor of the model as a mappable range of a file, in `precision`.
 *
 * Tensors that the model's own files hold in that type are used where they are; the others are converted
 * once, one at a time, into a safetensors file in Attune's cache that is named by the model's hash. The
 * file is checked before it is used again, and made anew when it does not fit.
 *
 * @throws {AttuneError} on a full disk, or when `signal` ends the work (nothing is left behind)
 */
export async function materialize(
  model: Model,
  precision: MappedPrecision,
  { onProgress, signal }: { onProgress?: OnProgress; signal?: AbortSignal } = {},
): Promise<ReadonlyMap<string, StoredTensor>> {
  const dtype = precision === 'float32' ? 'F32' : 'BF16';
  const elementBytes = storedByteLength(dtype, [1]);
  const isMappable = (tensor: StoredTensor): boolean =>
    tensor.dtype === dtype && !tensor.interleavedHeads && tensor.offset % elementBytes === 0;
  const own = [...model.weights.tensors.values()];
  const toConvert = own.filter((tensor) => !isMappable(tensor));
  if (toConvert.length === 0) return model.weights.tensors;

  const file = join(attuneCache(), 'weights', `${model.hash.slice(0, 32)}-${precision}.safetensors`);
  const usable = await openConverted(file, toConvert, dtype, model.hash);
  if (!usable) await convert(model, file, toConvert, dtype, onProgress, signal);
  const converted = usable ?? (await readSafetensorsHeader(file)).tensors;
  return new Map(own.map((tensor) => [tensor.name, converted.get(tensor.name) ?? tensor]));
}

/** The tensors of an earlier conversion, when the file is whole and holds what is asked for. */
async function openConverted(
  file: string,
  wanted: StoredTensor[],
  dtype: 'F32' | 'BF16',
  hash: string,
): Promise<Map<string, StoredTensor> | undefined> {
  const header = await readSafetensorsHeader(file).catch((error) => {
    if (error instanceof AttuneError) return undefined;
    throw error;
  });
  if (header?.metadata.model !== hash) return undefined;
  const fits = wanted.every(({ name, shape }) => {
    const tensor = header.tensors.get(name);
    return tensor?.dtype === dtype && tensor.shape.join() === shape.join();
  });
  return fits ? header.tensors : undefined;
}

async function convert(
  model: Model,
  file: string,
  tensors: StoredTensor[],
  dtype: 'F32' | 'BF16',
  onProgress: OnProgress | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const total = tensors.reduce((sum, { shape }) => sum + storedByteLength(dtype, shape), 0);
  let done = 0;
  const parts = tensors.flatMap(({ name, shape }): TensorToWrite[] => {
    const tensor: TensorToWrite = {
      name,
      dtype,
      shape,
      data: async () => {
        signal?.throwIfAborted();
        const values = await model.weights.readFloat32(name);
        done += storedByteLength(dtype, shape);
        onProgress?.({ phase: 'convert weights', done, total, unit: 'bytes', note: name });
        return dtype === 'F32' ? values : bfloat16FromFloat32(values);
      },
    };
    // The format allows no holes, so a tensor of odd size is followed by a filler that keeps the next aligned.
    const filler = -storedByteLength(dtype, shape) & (alignment - 1);
    return filler === 0
      ? [tensor]
      : [
          tensor,
          { name: `filler after ${name}`, dtype: 'U8', shape: [filler], data: new Uint8Array(filler) },
        ];
  });
  await writeSafetensors(file, parts, { format: 'pt', model: model.hash });
}
