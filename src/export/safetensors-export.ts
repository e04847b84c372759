/**
 * The merged model as a folder that Transformers loads: weights in safetensors, configuration, tokenizer, chat template.
 * @module
 */
import { join } from 'node:path';
import { createChatFormat } from '../chat/template.js';
import { writeJson } from '../files.js';
import { bfloat16FromFloat32, float16FromFloat32 } from '../model/floats.js';
import { type TransformersPrecision, writeModelFiles } from '../model/model-files.js';
import { type TensorData, type TensorToWrite, writeSafetensors } from '../model/safetensors.js';
import { elementCount, storedByteLength } from '../model/stored-types.js';
import type { OnProgress } from '../progress.js';
import { checkHalfRange } from './element-range.js';
import { writeExportFolder } from './export-folder.js';
import { generationConfig } from './generation-config.js';
import { type ExportSource, type MergedTensor, mergedTensors } from './merge.js';
import { shardTensors } from './safetensors-shards.js';

/** How the folder is written. */
export interface SafetensorsExportOptions {
  /** Type of all weights; rounded to nearest, ties to even. Default `bfloat16`. */
  precision?: TransformersPrecision;
  /** Most bytes of tensors in a file. Default 5 GB (5·10⁹). */
  maxShardSize?: number;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

const types = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const;
const indexFile = 'model.safetensors.index.json';
const ownFile =
  /^(model(-\d{5}-of-\d{5})?\.safetensors|model\.safetensors\.index\.json|config\.json|generation_config\.json|tokenizer\.json|tokenizer_config\.json|README\.md|verification\.json)$/;

/**
 * Writes the merged model into a folder: `model.safetensors`, or numbered files with `model.safetensors.index.json`;
 * `config.json`, `generation_config.json`, `tokenizer.json` and `tokenizer_config.json` with the chat template. A base
 * without a template of its own gets the one that it was trained with.
 *
 * The folder appears when it is complete; an earlier export in it is replaced. A few megabytes of weights are in memory
 * at a time.
 *
 * @returns names of the files with their sizes in bytes
 * @throws {AttuneError} on an adapter that does not fit, weights that are not finite or do not fit the type, a folder
 * with other files in it, a full disk
 */
export async function exportSafetensors(
  source: ExportSource,
  directory: string,
  options: SafetensorsExportOptions = {},
): Promise<{ weightFiles: string[]; byteLength: number }> {
  const { precision = 'bfloat16', maxShardSize = 5e9, onProgress, signal } = options;
  const { model } = source;
  const format = createChatFormat(model);
  const dtype = types[precision];
  const sized = mergedTensors(source).map((tensor) => ({
    ...tensor,
    byteLength: storedByteLength(dtype, tensor.shape),
  }));
  const total = sized.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const shards = shardTensors(sized, maxShardSize);
  let done = 0;
  const toWrite = (tensor: MergedTensor): TensorToWrite => ({
    name: tensor.name,
    dtype,
    shape: tensor.shape,
    data: async function* () {
      for await (const values of tensor.slices()) {
        signal?.throwIfAborted();
        const data = encode(values, tensor.name, precision);
        yield data;
        done += data.byteLength;
        onProgress?.({ phase: 'export safetensors', done, total, unit: 'bytes', note: tensor.name });
      }
    },
  });
  await writeExportFolder(
    directory,
    (name) => ownFile.test(name),
    async (temporary) => {
      for (const { file, tensors } of shards) {
        await writeSafetensors(join(temporary, file), tensors.map(toWrite), { format: 'pt' });
      }
      if (shards.length > 1) {
        const places = shards.flatMap(({ file, tensors }) =>
          tensors.map(({ name }) => [name, file] as const),
        );
        const parameters = sized.reduce((sum, { shape }) => sum + elementCount(shape), 0);
        await writeJson(join(temporary, indexFile), {
          metadata: { total_parameters: parameters, total_size: total },
          weight_map: Object.fromEntries(places.toSorted(([a], [b]) => (a < b ? -1 : 1))),
        });
      }
      await writeModelFiles(temporary, { ...model, chatTemplate: format.template }, precision);
      await writeJson(join(temporary, 'generation_config.json'), await generationConfig(model, format));
    },
  );
  return { weightFiles: shards.map(({ file }) => file), byteLength: total };
}

function encode(values: Float32Array, name: string, precision: TransformersPrecision): TensorData {
  if (precision === 'float32') return values;
  if (precision === 'bfloat16') return bfloat16FromFloat32(values);
  checkHalfRange(values, name, precision);
  return float16FromFloat32(values);
}
