/**
 * Quantized forms of a model's linear layers, made once and kept in Attune's cache as files that a runtime can map.
 * @module
 */
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { hashJson } from '../files.js';
import type { Model } from '../model/model.js';
import { readSafetensorsHeader, type TensorToWrite, writeSafetensors } from '../model/safetensors.js';
import type { StoredTensor } from '../model/weights.js';
import type { OnProgress } from '../progress.js';

/** Where a conversion keeps its result, and how it reports and ends. */
export interface QuantizeWeightsOptions {
  /** Folder of the cache. */
  cacheDirectory: string;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** One tensor of the file that a weight becomes. */
export interface StoredPart<Quantized> {
  /** What follows the weight's name; empty for the codes themselves. */
  suffix: string;
  dtype: TensorToWrite['dtype'];
  shape: number[];
  data(quantized: Quantized): Float32Array | Uint8Array | Int8Array;
}

/** How weights are quantized and what is kept of it. */
export interface WeightForm<Quantized> {
  /** Folder inside of the cache. */
  folder: string;
  /** Raised when the content of the file changes for the same weights. */
  formatVersion: number;
  /** @throws {AttuneError} whose message follows the tensor's name */
  quantize(values: Float32Array, shape: readonly number[]): Quantized;
  parts(shape: readonly number[]): StoredPart<Quantized>[];
}

/**
 * The tensors of a file with `names` in this form; a file that is there already is taken as it is.
 *
 * @param names tensor names as in `model.weights`, for example `model.layers.0.mlp.up_proj.weight`
 * @returns the stored parts as `<name><suffix>`
 * @throws {AttuneError} naming the tensor that is missing or holds infinity or NaN
 */
export async function cachedWeights<Quantized>(
  model: Pick<Model, 'hash' | 'path' | 'weights'>,
  names: readonly string[],
  form: WeightForm<Quantized>,
  options: QuantizeWeightsOptions,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const key = hashJson({ formatVersion: form.formatVersion, model: model.hash, names });
  const file = join(options.cacheDirectory, form.folder, `${key}.safetensors`);
  // Files appear whole or not at all; one that cannot be read was damaged later and is made anew.
  const ready = await readSafetensorsHeader(file).catch(() => undefined);
  if (!ready) await writeSafetensors(file, tensorsOf(model, names, form, options), { model: model.hash });
  return (ready ?? (await readSafetensorsHeader(file))).tensors;
}

/** The tensors of the file; each weight is read and quantized when the first of its parts is written. */
function tensorsOf<Quantized>(
  model: Pick<Model, 'path' | 'weights'>,
  names: readonly string[],
  form: WeightForm<Quantized>,
  { onProgress, signal }: QuantizeWeightsOptions,
): TensorToWrite[] {
  return names.flatMap((name, done): TensorToWrite[] => {
    const stored = model.weights.tensors.get(name);
    if (!stored) throw new AttuneError(`the model has no tensor ${name}`, { file: model.path, field: name });
    const quantize = async (): Promise<Quantized> => {
      signal?.throwIfAborted();
      onProgress?.({ phase: 'quantize', done, total: names.length, unit: 'tensors' });
      const values = await model.weights.readFloat32(name);
      try {
        return form.quantize(values, stored.shape);
      } catch (error) {
        const message = `tensor ${name} ${(error as Error).message}`;
        throw new AttuneError(message, { file: stored.file, field: name, cause: error });
      }
    };
    let pending: Promise<Quantized> | undefined;
    const parts = form.parts(stored.shape);
    return parts.map(({ suffix, dtype, shape, data }, i) => ({
      name: `${name}${suffix}`,
      dtype,
      shape,
      data: async () => {
        pending ??= quantize();
        const quantized = await pending;
        // The last part is written: let go of the tensor.
        if (i === parts.length - 1) pending = undefined;
        return data(quantized);
      },
    }));
  });
}
