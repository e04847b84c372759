/**
 * A tiny model whose linear layers are held in 8 bits.
 * @module
 */
import { linearModules } from '../../adapter/lora.js';
import { quantizeWeightsInt8 } from '../../adapter/quantized-weights.js';
import { readSafetensors } from '../../model/safetensors.js';
import type { tinyBase } from './tiny-training.fixture.js';
import type { BaseWeights } from './weights.js';

/** The base of a model in float32 as {@link BaseWeights} in 8 bits. */
export async function int8Base(
  { directory, config, base }: Awaited<ReturnType<typeof tinyBase>>,
  int8Compute: BaseWeights['int8Compute'] = 'int8',
): Promise<BaseWeights> {
  const { tensors } = await readSafetensors(`${directory}/model.safetensors`);
  const readFloat32 = async (name: string): Promise<Float32Array> => tensors.get(name)!.data as Float32Array;
  const names = linearModules(config).map(({ name }) => `${name}.weight`);
  const model = { hash: directory, path: directory, weights: { tensors: base.tensors, readFloat32 } };
  const int8 = await quantizeWeightsInt8(model, names, { cacheDirectory: directory });
  return { tensors: base.tensors, int8, int8Compute };
}
