/**
 * The base model's numbers as they will lie on the disk, for a graph that is built only to be counted: nothing is
 * converted, and no file has to be there.
 * @module
 */
import { linearModules } from '../../../adapter/lora.js';
import { nf4BlockSize } from '../../../adapter/nf4.js';
import type { Int8Weight, QuantizedWeight } from '../../../adapter/quantized-weights.js';
import type { ModelConfig } from '../../../model/config.js';
import type { StoredTensor } from '../../../model/weights.js';
import type { EngineSettings } from '../../../train/settings.js';
import type { BaseWeights } from '../weights.js';

/** What `loadBaseWeights` will map for a model with these tensors. */
export function predictedBase(
  tensors: ReadonlyMap<string, Pick<StoredTensor, 'name' | 'shape'>>,
  config: ModelConfig,
  precision: EngineSettings['precision'],
): BaseWeights {
  let end = 0;
  const place = (name: string, dtype: 'F32' | 'BF16' | 'U8' | 'I8', shape: number[]): StoredTensor => {
    const elements = shape.reduce((a, b) => a * b, 1);
    const byteLength = elements * { F32: 4, BF16: 2, U8: 1, I8: 1 }[dtype];
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
  const linear = linearModules(config).map(({ name }) => `${name}.weight`);
  const shapeOf = (name: string): [number, number] => stored.get(name)!.shape as [number, number];
  if (precision === 'nf4') {
    const quantized = linear.map((name): [string, QuantizedWeight] => {
      const [out, inner] = shapeOf(name);
      const codes = place(name, 'U8', [Math.ceil((out * inner) / 2)]);
      return [name, { codes, absmax: place(name, 'F32', [Math.ceil((out * inner) / nf4BlockSize)]) }];
    });
    return { tensors: stored, quantized: new Map(quantized) };
  }
  if (precision === 'int8' || precision === 'int8_compute') {
    const int8 = linear.map((name): [string, Int8Weight] => {
      const [out, inner] = shapeOf(name);
      return [
        name,
        {
          codes: place(name, 'I8', [inner, out]),
          scales: place(name, 'F32', [out]),
          gradientCodes: place(name, 'I8', [out, inner]),
          gradientScales: place(name, 'F32', [inner]),
        },
      ];
    });
    const int8Compute = precision === 'int8' ? 'float32' : 'int8';
    return { tensors: stored, int8: new Map(int8), int8Compute };
  }
  return { tensors: stored };
}
