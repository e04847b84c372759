/**
 * NF4, the 4-bit type of QLoRA (arXiv 2305.14314), with double quantization: the same bytes as
 * bitsandbytes 0.50 makes on a CPU, so that an adapter trained here meets the same base there.
 *
 * A tensor is cut, flat, into blocks of 64. A block is divided by its largest magnitude (absmax) and each
 * element becomes the nearest of 16 levels. The absmax values, less their mean (offset), are themselves
 * quantized in blocks of 256 to an 8-bit type with a dynamic exponent:
 *
 *     element = level[code] · absmax        absmax = dynamic[absmaxCode] · nestedAbsmax + offset
 *
 * All arithmetic is float32 in bitsandbytes' order; `Math.fround` marks each rounding.
 * @module
 */
import { AttuneError } from '../errors.js';
import { meanFloat32 } from './mean-float32.js';

/** Elements that share one absmax. */
export const nf4BlockSize = 64;
/** Absmax values that share one nested absmax. */
export const nf4NestedBlockSize = 256;
/** Smallest absmax that is divided by. */
const smallestAbsmax = Math.fround(1e-38);

/** The 16 levels: quantiles of a normal distribution, with an exact zero. */
export const nf4Levels: Float32Array = Float32Array.of(
  -1,
  -0.6961928009986877,
  -0.5250730514526367,
  -0.39491748809814453,
  -0.28444138169288635,
  -0.18477343022823334,
  -0.09105003625154495,
  0,
  0.07958029955625534,
  0.16093020141124725,
  0.24611230194568634,
  0.33791524171829224,
  0.44070982933044434,
  0.5626170039176941,
  0.7229568362236023,
  1,
);

/** A tensor in NF4, its scales quantized too. */
export interface Nf4Tensor {
  /** Number of elements of the tensor. */
  length: number;
  /** Two codes a byte, the first element in the high nibble; [⌈length / 2⌉]. */
  codes: Uint8Array;
  /** Codes of the blocks' absmax, less the offset; [⌈length / 64⌉]. */
  absmaxCodes: Uint8Array;
  /** Scale of each 256 absmax codes; [⌈blocks / 256⌉]. */
  nestedAbsmax: Float32Array;
  /** Mean of the blocks' absmax. */
  offset: number;
}

/**
 * Quantizes `values` (any shape, flat).
 *
 * @throws {AttuneError} when a value is infinite or not a number
 */
export function quantizeNf4(values: Float32Array): Nf4Tensor {
  const { codes, absmax } = quantizeBlocks(values);
  const offset = meanFloat32(absmax);
  const centred = absmax.map((value) => value - offset);
  return { length: values.length, codes, ...quantizeDynamic(centred), offset };
}

/** The scale of each block of 64 elements as float32; [⌈length / 64⌉]. */
export function dequantizeAbsmax(tensor: Nf4Tensor): Float32Array {
  const { absmaxCodes, nestedAbsmax, offset } = tensor;
  return Float32Array.from(absmaxCodes, (code, block) => {
    const scale = nestedAbsmax[Math.floor(block / nf4NestedBlockSize)]!;
    return Math.fround(dynamicLevels[code]! * scale) + offset;
  });
}

/** The tensor's elements as float32, flat. */
export function dequantizeNf4(tensor: Nf4Tensor): Float32Array {
  const scales = dequantizeAbsmax(tensor);
  const values = new Float32Array(tensor.length);
  for (let i = 0; i < values.length; i++) {
    const byte = tensor.codes[i >> 1]!;
    const code = i & 1 ? byte & 15 : byte >> 4;
    values[i] = nf4Levels[code]! * scales[Math.floor(i / nf4BlockSize)]!;
  }
  return values;
}

/** A value belongs to the level above when it is greater than the middle between two. */
const middles = Float32Array.from({ length: 15 }, (_, i) =>
  Math.fround(Math.fround(nf4Levels[i]! + nf4Levels[i + 1]!) / 2),
);

function quantizeBlocks(values: Float32Array): { codes: Uint8Array; absmax: Float32Array } {
  const length = values.length;
  const codes = new Uint8Array(Math.ceil(length / 2));
  const absmax = new Float32Array(Math.ceil(length / nf4BlockSize));
  for (let block = 0; block < absmax.length; block++) {
    const start = block * nf4BlockSize;
    const end = Math.min(start + nf4BlockSize, length);
    let largest = 0;
    for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(values[i]!));
    if (!Number.isFinite(largest)) {
      throw new AttuneError('holds a value that is infinite or not a number, which NF4 cannot express');
    }
    const divisor = Math.max(largest, smallestAbsmax);
    if (end - start === nf4BlockSize) {
      absmax[block] = largest;
      const factor = Math.fround(1 / divisor);
      for (let i = start; i < end; i += 2) {
        const high = nearestLevel(Math.fround(values[i]! * factor));
        codes[i >> 1] = (high << 4) | nearestLevel(Math.fround(values[i + 1]! * factor));
      }
    } else {
      // bitsandbytes keeps the bounded absmax of a last, short block, and divides instead of multiplying.
      absmax[block] = divisor;
      for (let i = start; i < end; i += 2) {
        const high = nearestLevel(Math.fround(values[i]! / divisor));
        const next = i + 1 < end ? values[i + 1]! : 0;
        codes[i >> 1] = (high << 4) | nearestLevel(Math.fround(next / divisor));
      }
    }
  }
  return { codes, absmax };
}

/** The number of middles below `value`, by halving. */
function nearestLevel(value: number): number {
  let level = value > middles[7]! ? 8 : 0;
  if (value > middles[level + 3]!) level += 4;
  if (value > middles[level + 1]!) level += 2;
  return value > middles[level]! ? level + 1 : level;
}

/**
 * The 256 levels of the dynamic 8-bit type (arXiv 1511.04561): a sign, a decimal exponent 0 to -6 written as
 * a run of zeros, and the rest of the bits for a linear fraction between 0.1 and 1; besides them 0 and 1.
 */
const dynamicLevels: Float32Array = (() => {
  const levels = [0, 1];
  for (let exponent = -6; exponent <= 0; exponent++) {
    const power = Math.fround(10 ** exponent);
    const count = 2 ** (exponent + 6);
    const step = Math.fround(Math.fround(1 - Math.fround(0.1)) / count);
    // From both ends to the middle, each border one rounding of an exact product and sum.
    const border = (i: number) =>
      Math.fround(i < (count + 1) / 2 ? Math.fround(0.1) + step * i : 1 - step * (count - i));
    for (let i = 0; i < count; i++) {
      const middle = Math.fround(Math.fround(border(i) + border(i + 1)) / 2);
      levels.push(Math.fround(power * middle), -Math.fround(power * middle));
    }
  }
  return Float32Array.from(levels).sort();
})();

/**
 * bitsandbytes looks a value up in a table of 65,536 equal steps over [-1, 1], which here and there gives the
 * neighbour of the nearest level; so does this.
 */
const dynamicCodes: Uint8Array = (() => {
  const table = new Uint8Array(65_536);
  let code = 0;
  for (let i = 0; i < table.length; i++) {
    const value = Math.fround(Math.fround((2 * i) / 65_535) - 1);
    while (
      code < 255 &&
      Math.fround(0.5 * Math.fround(dynamicLevels[code]! + dynamicLevels[code + 1]!)) < value
    ) {
      code++;
    }
    table[i] = code;
  }
  return table;
})();

function quantizeDynamic(values: Float32Array): { absmaxCodes: Uint8Array; nestedAbsmax: Float32Array } {
  const absmaxCodes = new Uint8Array(values.length);
  const nestedAbsmax = new Float32Array(Math.ceil(values.length / nf4NestedBlockSize));
  for (let block = 0; block < nestedAbsmax.length; block++) {
    const start = block * nf4NestedBlockSize;
    const end = Math.min(start + nf4NestedBlockSize, values.length);
    let largest = 0;
    for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(values[i]!));
    nestedAbsmax[block] = largest;
    if (largest === 0) continue; // Code 0 throughout: times a scale of 0 it is 0.
    const factor = Math.fround(1 / largest);
    for (let i = start; i < end; i++) {
      const value = Math.min(Math.max(Math.fround(values[i]! * factor), -1), 1);
      absmaxCodes[i] = dynamicCodes[tableIndex(value)]!;
    }
  }
  return { absmaxCodes, nestedAbsmax };
}

/** Where a value of [-1, 1] stands in the table. (Rounding product and sum separately gives the same codes.) */
function tableIndex(value: number): number {
  return Math.floor(Math.fround(Math.fround(value + 1) * 0.5 * 65_535 + 0.5));
}
