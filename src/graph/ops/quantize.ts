/**
 * Products of 8-bit numbers. None of it has a gradient: rounding has none.
 *
 * The left factor is unsigned: the runtime multiplies unsigned by signed bytes more than ten times as fast as signed
 * ones (docs/engine.md).
 * @module
 */
import type { Graph, Tensor } from '../graph.js';
import { MICROSOFT } from '../graph.js';
import { expandTo, reshape } from './broadcast.js';
import { add, cast, div, maximum, mul, neg } from './elementwise.js';
import { maxLast, minLast } from './reduce.js';

/** A matrix [n, width] in 8 bits with a scale for each row: element = (code - zero) · scale. */
export interface QuantizedRows {
  /** uint8 [n, width] */
  codes: Tensor;
  /** float32 [n, 1] */
  scales: Tensor;
}

/** Smallest magnitude that a row is scaled by: rows of zeros stay zeros. */
const smallest = 2 ** -100;

/**
 * Quantizes each row by its own largest magnitude, so that a row's result depends on no other row.
 *
 * @param x float32 [n, width]
 */
export function quantizeRows(x: Tensor): QuantizedRows {
  const { graph } = x;
  const [n] = x.shape;
  const { levels, zero } = codeRange(graph);
  const magnitude = maximum(maximum(maxLast(x), neg(minLast(x))), graph.scalar(smallest));
  const scales = div(magnitude, levels);
  const zeros = graph.derived(`zeros:${n}`, () => expandTo(zero, [n!]));
  const [codes] = graph.node(
    'QuantizeLinear',
    [x, reshape(scales, [n!]), zeros],
    [{ dtype: 'uint8', shape: x.shape }],
    { attributes: { axis: { int: 0 } } },
  );
  return { codes: codes!, scales };
}

/**
 * rows · weight, the weight's columns scaled by `scales`.
 *
 * @param weight int8 [width, out]
 * @param scales float32 [out]
 * @returns float32 [n, out]
 */
export function multiplyRows(rows: QuantizedRows, weight: Tensor, scales: Tensor): Tensor {
  const { graph } = weight;
  const [width, out] = weight.shape;
  if (rows.codes.shape[1] !== width) {
    throw new Error(`rows of [${rows.codes.shape}] do not fit a weight of [${weight.shape}]`);
  }
  const [product] = graph.node(
    'MatMulIntegerToFloat',
    [rows.codes, weight, graph.scalar(1), scales, codeRange(graph).zero],
    [{ dtype: 'float32', shape: [rows.codes.shape[0]!, out!] }],
    { domain: MICROSOFT },
  );
  return mul(product!, rows.scales);
}

/** The largest magnitude of a code, float32 [], and the code of zero, uint8 []. */
function codeRange(graph: Graph): { levels: Tensor; zero: Tensor } {
  const levels = graph.derived('code levels', () => codeLevels(graph));
  const zero = graph.derived('code of zero', () =>
    cast(add(levels, graph.constant('int32', [], Int32Array.of(1))), 'uint8'),
  );
  return { levels: graph.derived('code levels as float32', () => cast(levels, 'float32')), zero };
}

/**
 * 127, or 63 where the processor cannot add two products of bytes without cutting them off at 16 bits: those with AVX2 and
 * without VNNI (`vpmaddubsw`), where the runtime's product of large numbers would be silently wrong. Each run finds it out by
 * a product of the largest numbers.
 */
function codeLevels(graph: Graph): Tensor {
  const integer = (value: number): Tensor => graph.constant('int32', [], Int32Array.of(value));
  const inner = 64;
  const ones = graph.constant('uint8', [8, inner], new Uint8Array(8 * inner).fill(255));
  const largest = graph.constant('int8', [inner, 8], new Int8Array(8 * inner).fill(127));
  const [product] = graph.node('MatMulInteger', [ones, largest], [{ dtype: 'int32', shape: [8, 8] }]);
  const [least] = graph.node('ReduceMin', [product!], [{ dtype: 'int32', shape: [] }], {
    attributes: { keepdims: { int: 0 } },
  });
  const isExact = div(least!, integer(inner * 255 * 127));
  return add(mul(isExact, integer(127 - 63)), integer(63));
}
