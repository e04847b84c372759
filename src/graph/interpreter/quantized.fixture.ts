/**
 * Kernels that quantize to bytes and multiply bytes.
 * @module
 */
import type { Kernel } from './kernel.fixture.js';
import { axisOf, type Value, value } from './value.fixture.js';

/** x / scale + zero, rounded to the nearest whole number (ties to even) and kept within uint8; one scale a row. */
const quantizeLinear: Kernel = ([x, scales, zeros], attributes) => {
  if (axisOf(x!, attributes.int('axis', 1)) !== 0 || !zeros) throw new Error('rows are quantized to uint8 only');
  const width = x!.data.length / scales!.data.length;
  const out = value(x!.shape);
  x!.data.forEach((element, i) => {
    const row = Math.floor(i / width);
    const scaled = element / scales!.data[row]!;
    const below = Math.floor(scaled);
    const up = scaled - below > 0.5 || (scaled - below === 0.5 && below % 2 !== 0);
    out.data[i] = Math.min(255, Math.max(0, below + (up ? 1 : 0) + zeros.data[row]!));
  });
  return [out];
};

function integerProduct(a: Value, b: Value, zero: number): Value {
  const [rows, inner] = a.shape as [number, number];
  const columns = b.shape[1]!;
  const out = value([rows, columns]);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let l = 0; l < inner; l++) {
        out.data[i * columns + j]! += (a.data[i * inner + l]! - zero) * b.data[l * columns + j]!;
      }
    }
  }
  return out;
}

export const quantized: Record<string, Kernel> = {
  QuantizeLinear: quantizeLinear,
  MatMulInteger: ([a, b, zero]) => [integerProduct(a!, b!, zero?.data[0] ?? 0)],
  MatMulIntegerToFloat: ([a, b, scale, columnScales, zero]) => {
    const product = integerProduct(a!, b!, zero?.data[0] ?? 0);
    const columns = columnScales!.data;
    product.data.forEach((sum, i) => {
      product.data[i] = sum * scale!.data[0]! * columns[i % columns.length]!;
    });
    return [product];
  },
};
