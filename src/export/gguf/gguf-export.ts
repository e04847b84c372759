/**
 * The merged model as one GGUF file, for llama.cpp and all that is built on it.
 * @module
 */
import type { AdapterBase } from '../../adapter/peft.js';
import { createChatFormat } from '../../chat/template.js';
import { AttuneError } from '../../errors.js';
import type { ModelConfig } from '../../model/config.js';
import { interleaveHeads } from '../../model/head-rows.js';
import { ggufName } from '../../model/llama-tensors.js';
import { elementCount, storedByteLength } from '../../model/stored-types.js';
import type { OnProgress } from '../../progress.js';
import { checkHalfRange } from '../element-range.js';
import { type ExportSource, mergedTensors } from '../merge.js';
import { encodeElements, type WritableType } from '../quantize/quantize.js';
import { type GgufEntryValue, type GgufTensorToWrite, writeGgufFile } from './gguf-writer.js';
import { type GgufDescription, generalEntries, llamaEntries } from './model-metadata.js';
import { fileTypes, type GgufFormat, tensorType } from './tensor-types.js';
import { tokenizerMetadata } from './tokenizer-metadata.js';

/** How the file is written. */
export interface GgufExportOptions extends GgufDescription {
  format: GgufFormat;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** ggml's version of its block formats. */
const quantizationVersion = 2;

/**
 * Writes the merged model as a GGUF file with its tokenizer and chat template.
 *
 * The weights are merged in float32 and turned into the file's types as llama.cpp's own tools do, byte for byte; the
 * quantized formats mix types as llama.cpp does. A few megabytes of weights are in memory at a time.
 *
 * @returns bytes of the tensors, and how many tensors there are of each type
 * @throws {AttuneError} on an adapter that does not fit, weights that are not finite or do not fit the type, a tokenizer
 * that llama.cpp does not have, a full disk
 */
export async function exportGguf(
  source: ExportSource,
  file: string,
  options: GgufExportOptions,
): Promise<{ byteLength: number; types: Partial<Record<WritableType, number>> }> {
  const { format, onProgress, signal } = options;
  const { config } = source.model;
  const chat = createChatFormat(source.model);
  const entries = new Map<string, GgufEntryValue>([
    ...generalEntries('model', { ...options, base: options.base ?? hubBase(source.model) }),
    ...llamaEntries(config),
    ['general.file_type', { type: 'uint32', value: fileTypes[format] }],
    ['general.quantization_version', { type: 'uint32', value: quantizationVersion }],
    ...(await tokenizerMetadata(source.model, chat)),
  ]);
  const sized = mergedTensors(source).map((tensor) => {
    const type = tensorType(tensor.name, tensor.shape, format, config);
    return { ...tensor, type, byteLength: storedByteLength(type, tensor.shape) };
  });
  const total = sized.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let done = 0;
  const types: Partial<Record<WritableType, number>> = {};
  const tensors = sized.map(({ name, shape, type, slices }): GgufTensorToWrite => {
    types[type] = (types[type] ?? 0) + 1;
    return {
      name: nameInGguf(name),
      shape,
      type,
      async *pieces() {
        for await (const values of slices()) {
          signal?.throwIfAborted();
          if (type !== 'F32' && type !== 'BF16') checkHalfRange(values, name, type);
          const bytes = encodeElements(type, inGgufOrder(name, values, elementCount(shape.slice(1)), config));
          yield bytes;
          done += bytes.byteLength;
          onProgress?.({ phase: `export gguf ${format}`, done, total, unit: 'bytes', note: name });
        }
      },
    };
  });
  await writeGgufFile(file, entries, tensors);
  return { byteLength: total, types };
}

function hubBase({ hubId, revision }: ExportSource['model']): AdapterBase | undefined {
  return hubId === undefined ? undefined : { name: hubId, revision };
}

/** @throws {AttuneError} for a tensor that the architecture does not have */
export function nameInGguf(name: string): string {
  const known = ggufName(name);
  if (known === undefined)
    throw new AttuneError(`llama.cpp has no name for the tensor ${name}`, { field: name });
  return known;
}

/** Whole heads of query and key weights with their rows in llama.cpp's order; others as they are. */
export function inGgufOrder(
  name: string,
  values: Float32Array,
  columns: number,
  { headDim }: Pick<ModelConfig, 'headDim'>,
): Float32Array {
  if (!/\.[qk]_proj(\.weight)?$/.test(name)) return values;
  const rows = values.length / columns;
  return interleaveHeads(values, rows, rows / headDim);
}
