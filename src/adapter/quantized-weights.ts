/**
 * The NF4 form of a model's linear layers, made once and kept in Attune's cache.
 * @module
 */
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { hashJson } from '../files.js';
import type { Model } from '../model/model.js';
import { readSafetensorsHeader, type TensorToWrite, writeSafetensors } from '../model/safetensors.js';
import { elementCount } from '../model/stored-types.js';
import type { StoredTensor } from '../model/weights.js';
import type { OnProgress } from '../progress.js';
import { dequantizeAbsmax, nf4BlockSize, nf4NestedBlockSize, quantizeNf4 } from './nf4.js';

/** One weight in NF4, as ranges of a file that a runtime can map. */
export interface QuantizedWeight {
  /** U8 [⌈n / 2⌉]: two codes a byte, the first element in the high nibble. */
  codes: StoredTensor;
  /** F32 [⌈n / 64⌉]: the scale of each block, after both quantizations. */
  absmax: StoredTensor;
}

/** How {@link quantizeWeights} works. */
export interface QuantizeWeightsOptions {
  /** Folder of the cache. */
  cacheDirectory: string;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** Raised when the content of the file changes for the same weights. */
const formatVersion = 1;

/**
 * Quantizes weights to NF4 with double quantization, tensor by tensor, into one safetensors file; a file that
 * is there already is taken as it is.
 *
 * Besides codes (`<name>`) and ready scales (`<name>.scales`) the file holds the scales' own quantization as
 * bitsandbytes stores it: `<name>.absmax` (codes), `<name>.nested_absmax` and `<name>.nested_offset`.
 *
 * @param names tensor names as in `model.weights`, for example `model.layers.0.mlp.up_proj.weight`
 * @returns the stored parts by the same names
 * @throws {AttuneError} naming the tensor that is missing or holds infinity or NaN
 */
export async function quantizeWeights(
  model: Pick<Model, 'hash' | 'path' | 'weights'>,
  names: readonly string[],
  options: QuantizeWeightsOptions,
): Promise<ReadonlyMap<string, QuantizedWeight>> {
  const key = hashJson({ formatVersion, model: model.hash, names });
  const file = join(options.cacheDirectory, 'nf4', `${key}.safetensors`);
  // Files appear whole or not at all; one that cannot be read was damaged later and is made anew.
  const ready = await readSafetensorsHeader(file).catch(() => undefined);
  if (!ready) await writeSafetensors(file, tensorsOf(model, names, options), { model: model.hash });
  const { tensors } = ready ?? (await readSafetensorsHeader(file));
  return new Map(
    names.map((name) => [name, { codes: tensors.get(name)!, absmax: tensors.get(`${name}.scales`)! }]),
  );
}

/** The tensors of the file; each weight is read and quantized when the first of its parts is written. */
function tensorsOf(
  model: Pick<Model, 'path' | 'weights'>,
  names: readonly string[],
  { onProgress, signal }: QuantizeWeightsOptions,
): TensorToWrite[] {
  return names.flatMap((name, done): TensorToWrite[] => {
    const stored = model.weights.tensors.get(name);
    if (!stored) throw new AttuneError(`the model has no tensor ${name}`, { file: model.path, field: name });
    const length = elementCount(stored.shape);
    const blocks = Math.ceil(length / nf4BlockSize);
    const quantize = async () => {
      signal?.throwIfAborted();
      onProgress?.({ phase: 'quantize', done, total: names.length, unit: 'tensors' });
      const values = await model.weights.readFloat32(name);
      try {
        return quantizeNf4(values);
      } catch (error) {
        const message = `tensor ${name} ${(error as Error).message}`;
        throw new AttuneError(message, { file: stored.file, field: name, cause: error });
      }
    };
    let pending: ReturnType<typeof quantize> | undefined;
    const quantized = () => {
      pending ??= quantize();
      return pending;
    };
    return [
      { name, dtype: 'U8', shape: [Math.ceil(length / 2)], data: async () => (await quantized()).codes },
      {
        name: `${name}.absmax`,
        dtype: 'U8',
        shape: [blocks],
        data: async () => (await quantized()).absmaxCodes,
      },
      {
        name: `${name}.nested_absmax`,
        dtype: 'F32',
        shape: [Math.ceil(blocks / nf4NestedBlockSize)],
        data: async () => (await quantized()).nestedAbsmax,
      },
      {
        name: `${name}.nested_offset`,
        dtype: 'F32',
        shape: [],
        data: async () => Float32Array.of((await quantized()).offset),
      },
      {
        name: `${name}.scales`,
        dtype: 'F32',
        shape: [blocks],
        data: async () => {
          const scales = dequantizeAbsmax(await quantized());
          pending = undefined; // The last part is written: let go of the tensor.
          return scales;
        },
      },
    ];
  });
}
