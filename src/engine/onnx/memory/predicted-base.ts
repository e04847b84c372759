/**
 * The base model's numbers as they will lie on the disk, for a graph that is built only to be counted: nothing is
 * converted, and no file has to be there.
 * @module
 */
import { linearModules } from '../../../adapter/lora.js';
import type { ModelConfig } from '../../../model/config.js';
import type { StoredTensor } from '../../../model/weights.js';
import type { EngineSettings } from '../../../train/settings.js';
import type { BaseWeights, QuantizedWeight } from '../weights.js';

/** Weights of one scale. */
const BLOCK = 64;

/** What `loadBaseWeights` will map for a model with these tensors. */
export function predictedBase(
  tensors: ReadonlyMap<string, Pick<StoredTensor, 'name' | 'shape'>>,
  config: ModelConfig,
  precision: EngineSettings['precision'],
): BaseWeights {
  let end = 0;
  const place = (name: string, dtype: 'F32' | 'BF16' | 'U8', shape: number[]): StoredTensor => {
    const elements = shape.reduce((a, b) => a * b, 1);
    const byteLength = elements * { F32: 4, BF16: 2, U8: 1 }[dtype];
    const offset = end;
    end += byteLength;
    return { name, dtype, shape, file: '/predicted', offset, byteLength };
  };
  const stored = new Map(
    [...tensors.values()].map(({ name, shape }) => [
      name,
      place(name, precision === 'bfloat16' ? 'BF16' : 'F32', shape),
    ]),
  );
  if (precision !== 'nf4') return { tensors: stored };
  const quantized = linearModules(config).map(({ name }): [string, QuantizedWeight] => {
    const weight = `${name}.weight`;
    const elements = stored.get(weight)!.shape.reduce((a, b) => a * b, 1);
    return [
      weight,
      {
        codes: place(weight, 'U8', [Math.ceil(elements / 2)]),
        absmax: place(`${weight}.scales`, 'F32', [Math.ceil(elements / BLOCK)]),
      },
    ];
  });
  return { tensors: stored, quantized: new Map(quantized) };
}
