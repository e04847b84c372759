/**
 * A LoRA adapter as a GGUF file, to be used with a GGUF file of its base model (`--lora` of llama.cpp, `ADAPTER` of Ollama).
 * @module
 */
import { loraScaling } from '../../adapter/lora.js';
import type { Adapter } from '../../adapter/peft.js';
import type { ModelConfig } from '../../model/config.js';
import { checkHalfRange } from '../element-range.js';
import { encodeElements, type WritableType } from '../quantize/quantize.js';
import { inGgufOrder, nameInGguf } from './gguf-export.js';
import { type GgufTensorToWrite, writeGgufFile } from './gguf-writer.js';
import { type GgufDescription, generalEntries } from './model-metadata.js';

/** How the file is written. */
export interface GgufAdapterOptions extends Omit<GgufDescription, 'base'> {
  /** Type of the matrices. Default `F32`, which loses nothing. */
  type?: Extract<WritableType, 'F32' | 'F16' | 'BF16'>;
}

/**
 * Writes an adapter as llama.cpp's converter does: tensors `<name>.weight.lora_a` [r, in] and `<name>.weight.lora_b`
 * [out, r], the rows of B of queries and keys in llama.cpp's order.
 *
 * llama.cpp multiplies with alpha / r always; for an adapter that was trained with alpha / √r (rank-stabilized LoRA) alpha
 * is written so that this gives the same factor.
 *
 * @param config of the base model
 * @throws {AttuneError} when a number does not fit the type, or the disk is full
 */
export async function exportGgufAdapter(
  adapter: Adapter,
  config: ModelConfig,
  file: string,
  { type = 'F32', ...description }: GgufAdapterOptions,
): Promise<void> {
  const { settings, baseModel, tensors } = adapter;
  const { r } = settings;
  const tensor = (name: string, shape: number[], values: Float32Array): GgufTensorToWrite => ({
    name,
    shape,
    type,
    async *pieces() {
      if (type === 'F16') checkHalfRange(values, name, type);
      yield encodeElements(type, values);
    },
  });
  const matrices = [...tensors].flatMap(([module, { A, B }]) => {
    const name = nameInGguf(`${module}.weight`);
    return [
      tensor(`${name}.lora_a`, [r, A.length / r], A),
      tensor(`${name}.lora_b`, [B.length / r, r], inGgufOrder(module, B, r, config)),
    ];
  });
  const fileType = { F32: 0, F16: 1, BF16: 32 }[type];
  const entries = new Map([
    ...generalEntries('adapter', { ...description, base: baseModel }),
    ['adapter.type', { type: 'string', value: 'lora' }],
    ['adapter.lora.alpha', { type: 'float32', value: loraScaling(settings) * r }],
    ['general.file_type', { type: 'uint32', value: fileType }],
  ] as const);
  await writeGgufFile(file, entries, matrices);
}
