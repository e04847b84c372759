/**
 * The quantized forms of a model's linear layers: NF4 for QLoRA, and 8 bits.
 * @module
 */
import type { Model } from '../model/model.js';
import { elementCount } from '../model/stored-types.js';
import type { StoredTensor } from '../model/weights.js';
import { type Int8Matrix, quantizeInt8, transposeCodes } from './int8.js';
import {
  dequantizeAbsmax,
  type Nf4Tensor,
  nf4BlockSize,
  nf4NestedBlockSize,
  quantizeNf4,
} from './nf4.js';
import { cachedWeights, type QuantizeWeightsOptions, type WeightForm } from './weight-cache.js';

/** One weight in NF4, as ranges of a file that a runtime can map. */
export interface QuantizedWeight {
  /** U8 [⌈n / 2⌉]: two codes a byte, the first element in the high nibble. */
  codes: StoredTensor;
  /** F32 [⌈n / 64⌉]: the scale of each block, after both quantizations. */
  absmax: StoredTensor;
}

/** One weight [out, in] in 8 bits, as ranges of a file that a runtime can map. */
export interface Int8Weight {
  /** I8 [in, out]: the transpose, as a product x·Wᵀ reads it. */
  codes: StoredTensor;
  /** F32 [out] */
  scales: StoredTensor;
  /** I8 [out, in]: for products dy·W, quantized by itself because there each input channel needs a scale. */
  gradientCodes: StoredTensor;
  /** F32 [in] */
  gradientScales: StoredTensor;
}

/**
 * Besides codes (`<name>`) and ready scales (`<name>.scales`) the file holds the scales' own quantization as
 * bitsandbytes stores it: `<name>.absmax` (codes), `<name>.nested_absmax` and `<name>.nested_offset`.
 */
const nf4Form: WeightForm<Nf4Tensor> = {
  folder: 'nf4',
  formatVersion: 1,
  quantize: quantizeNf4,
  parts: (shape) => {
    const length = elementCount(shape);
    const blocks = Math.ceil(length / nf4BlockSize);
    const nested = Math.ceil(blocks / nf4NestedBlockSize);
    return [
      { suffix: '', dtype: 'U8', shape: [Math.ceil(length / 2)], data: ({ codes }) => codes },
      { suffix: '.absmax', dtype: 'U8', shape: [blocks], data: ({ absmaxCodes }) => absmaxCodes },
      { suffix: '.nested_absmax', dtype: 'F32', shape: [nested], data: ({ nestedAbsmax }) => nestedAbsmax },
      { suffix: '.nested_offset', dtype: 'F32', shape: [], data: ({ offset }) => Float32Array.of(offset) },
      { suffix: '.scales', dtype: 'F32', shape: [blocks], data: dequantizeAbsmax },
    ];
  },
};

/** Tensors of the file: see {@link Int8Weight}. */
const int8Form: WeightForm<{ forward: Int8Matrix; gradient: Int8Matrix }> = {
  folder: 'int8',
  formatVersion: 1,
  quantize: (values, shape) => {
    const forward = quantizeInt8(values, shape as [number, number], 'row');
    return {
      forward: { ...forward, codes: transposeCodes(forward.codes, shape as [number, number]) },
      gradient: quantizeInt8(values, shape as [number, number], 'column'),
    };
  },
  parts: ([out, inner]) => [
    { suffix: '', dtype: 'I8', shape: [inner!, out!], data: ({ forward }) => forward.codes },
    { suffix: '.scales', dtype: 'F32', shape: [out!], data: ({ forward }) => forward.scales },
    { suffix: '.gradient', dtype: 'I8', shape: [out!, inner!], data: ({ gradient }) => gradient.codes },
    {
      suffix: '.gradient_scales',
      dtype: 'F32',
      shape: [inner!],
      data: ({ gradient }) => gradient.scales,
    },
  ],
};

/**
 * Quantizes weights to NF4 with double quantization, tensor by tensor, into one safetensors file in the cache.
 *
 * @param names tensor names as in `model.weights`, for example `model.layers.0.mlp.up_proj.weight`
 * @returns the stored parts by the same names
 * @throws {AttuneError} naming the tensor that is missing or holds infinity or NaN
 */
export async function quantizeWeights(
  model: Pick<Model, 'hash' | 'path' | 'weights'>,
  names: readonly string[],
  options: QuantizeWeightsOptions,
): Promise<ReadonlyMap<string, QuantizedWeight>> {
  const tensors = await cachedWeights(model, names, nf4Form, options);
  return new Map(
    names.map((name) => [name, { codes: tensors.get(name)!, absmax: tensors.get(`${name}.scales`)! }]),
  );
}

/**
 * Quantizes weights to 8 bits, tensor by tensor, into one safetensors file in the cache: once with a scale for each
 * output channel and once, for input gradients, with a scale for each input channel.
 *
 * @param names as for {@link quantizeWeights}
 * @returns the stored parts by the same names
 * @throws {AttuneError} naming the tensor that is missing or holds infinity or NaN
 */
export async function quantizeWeightsInt8(
  model: Pick<Model, 'hash' | 'path' | 'weights'>,
  names: readonly string[],
  options: QuantizeWeightsOptions,
): Promise<ReadonlyMap<string, Int8Weight>> {
  const tensors = await cachedWeights(model, names, int8Form, options);
  return new Map(
    names.map((name) => [
      name,
      {
        codes: tensors.get(name)!,
        scales: tensors.get(`${name}.scales`)!,
        gradientCodes: tensors.get(`${name}.gradient`)!,
        gradientScales: tensors.get(`${name}.gradient_scales`)!,
      },
    ]),
  );
}
