/**
 * Which type each tensor of a GGUF file has: llama.cpp's mix for the architecture (`llama_tensor_get_type` in
 * llama-quant.cpp, without an importance matrix).
 * @module
 */
import type { ModelConfig } from '../../model/config.js';
import { blockOf } from '../../model/stored-types.js';
import type { WritableType } from '../quantize/quantize.js';

/** The formats of a GGUF file, named as llama.cpp names them. */
export const ggufFormats = ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_K_M'] as const;

/** A format of a GGUF file. */
export type GgufFormat = (typeof ggufFormats)[number];

/** `general.file_type` of each format. */
export const fileTypes: Record<GgufFormat, number> = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q8_0: 7,
  Q4_K_M: 15,
  BF16: 32,
};

/** What takes the place of blocks of 256 where the rows do not hold whole ones. */
const smallerBlocks: Partial<Record<WritableType, WritableType>> = {
  Q4_K: 'Q5_0',
  Q5_K: 'Q8_0',
  Q6_K: 'Q8_0',
};

/** Llamas of this depth have 8 query heads on each key and value head, and llama.cpp spends more on those values. */
const layersOf70B = 80;

/**
 * The type of a tensor.
 *
 * Norms stay float32. The quantized formats give the output, or the embedding table that stands for it, more bits
 * (Q6_K), Q4_K_M also half of the value and down projections. Rows that are no multiple of 256 take Q5_0 or Q8_0 in
 * place of the K types, ones that are no multiple of 32 take F16.
 *
 * @param name as in Transformers
 */
export function tensorType(
  name: string,
  shape: readonly number[],
  format: GgufFormat,
  config: Pick<
    ModelConfig,
    'numHiddenLayers' | 'numAttentionHeads' | 'numKeyValueHeads' | 'tieWordEmbeddings'
  >,
): WritableType {
  if (shape.length < 2) return 'F32';
  if (format === 'F32' || format === 'F16' || format === 'BF16') return format;
  const columns = shape.at(-1)!;
  const wanted = wantedType(name, columns, format, config);
  const fits = (type: WritableType): boolean => columns % blockOf(type).elements === 0;
  if (fits(wanted)) return wanted;
  const smaller = smallerBlocks[wanted];
  return smaller && fits(smaller) ? smaller : 'F16';
}

function wantedType(
  name: string,
  columns: number,
  format: 'Q8_0' | 'Q4_0' | 'Q4_K_M',
  {
    numHiddenLayers,
    numAttentionHeads,
    numKeyValueHeads,
    tieWordEmbeddings,
  }: Parameters<typeof tensorType>[3],
): WritableType {
  const usual: WritableType = format === 'Q4_K_M' ? 'Q4_K' : format;
  const isOutput = name === (tieWordEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight');
  if (isOutput) return usual === 'Q8_0' || columns % blockOf(usual).elements !== 0 ? 'Q8_0' : 'Q6_K';
  if (format !== 'Q4_K_M') return usual;
  const layer = Number(/^model\.layers\.(\d+)\./.exec(name)?.[1] ?? Number.NaN);
  const values = name.endsWith('.self_attn.v_proj.weight');
  if ((values || name.endsWith('.mlp.down_proj.weight')) && hasMoreBits(layer, numHiddenLayers))
    return 'Q6_K';
  const is70B = numHiddenLayers === layersOf70B && numAttentionHeads !== numKeyValueHeads;
  return values && is70B ? 'Q5_K' : usual;
}

/** The first and the last eighth of the layers, and every third between. */
function hasMoreBits(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}
