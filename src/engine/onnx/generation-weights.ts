/**
 * The base model's numbers as steps of generation read them: each step reads all of them, so fewer bytes are more speed.
 * @module
 */
import { type Int8Weight, quantizeWeightsInt8 } from '../../adapter/quantized-weights.js';
import { attuneCache } from '../../model/cache.js';
import type { ModelConfig } from '../../model/config.js';
import type { Model } from '../../model/model.js';
import type { EngineSettings } from '../../train/settings.js';
import { loadBaseWeights } from './base-weights.js';
import type { BaseWeights } from './weights.js';

/** Name of the matrix that makes logits of hidden states. */
export function headName(config: ModelConfig): string {
  return config.tieWordEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
}

/**
 * Loads the base for generation.
 *
 * With `int8_compute` the last matrix is held in 8 bits too, since a step of few rows reads a fifth of its bytes there, and
 * `down_proj`, whose products are float32 in any case, is taken from the file instead of being widened at every step.
 */
export async function loadGenerationWeights(
  model: Model,
  precision: EngineSettings['precision'],
): Promise<BaseWeights> {
  const base = await loadBaseWeights(model, precision);
  if (precision !== 'int8_compute') return base;
  const head = headName(model.config);
  const int8 = new Map<string, Int8Weight>();
  for (const [name, weight] of base.int8!) if (!name.endsWith('.down_proj.weight')) int8.set(name, weight);
  const quantized = await quantizeWeightsInt8(model, [head], { cacheDirectory: attuneCache() });
  int8.set(head, quantized.get(head)!);
  return { ...base, int8 };
}
