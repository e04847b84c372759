/**
 * The base model's numbers, brought into the precision of the settings.
 * @module
 */
import { linearModules } from '../../adapter/lora.js';
import { quantizeWeights, quantizeWeightsInt8 } from '../../adapter/quantized-weights.js';
import { attuneCache } from '../../model/cache.js';
import { materialize } from '../../model/materialize.js';
import type { Model } from '../../model/model.js';
import type { OnProgress } from '../../progress.js';
import type { EngineSettings } from '../../train/settings.js';
import type { BaseWeights } from './weights.js';

/** Maps the base model's weights, converting them once where the model's own files do not have the precision. */
export async function loadBaseWeights(
  model: Model,
  precision: EngineSettings['precision'],
  options: { onProgress?: OnProgress; signal?: AbortSignal } = {},
): Promise<BaseWeights> {
  const tensors = await materialize(model, precision === 'bfloat16' ? 'bfloat16' : 'float32', options);
  if (precision === 'float32' || precision === 'bfloat16') return { tensors };
  const names = linearModules(model.config).map((module) => `${module.name}.weight`);
  const kept = { ...options, cacheDirectory: attuneCache() };
  if (precision === 'nf4') return { tensors, quantized: await quantizeWeights(model, names, kept) };
  return {
    tensors,
    int8: await quantizeWeightsInt8(model, names, kept),
    int8Compute: precision === 'int8_compute' ? 'int8' : 'float32',
  };
}
