import { describe, expect, it } from 'vitest';
import { randomStream } from '../random.js';
import { quantizeInt8, transposeCodes } from './int8.js';

const random = randomStream(4, 'int8');
const normal = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());

describe('quantizeInt8', () => {
  it('gives each row a scale that uses all levels, and errs by at most half a level', () => {
    const values = normal(5 * 33);
    values[40] = -9;
    const { codes, scales } = quantizeInt8(values, [5, 33], 'row');
    expect(scales).toHaveLength(5);
    for (let row = 0; row < 5; row++) {
      const own = codes.subarray(row * 33, (row + 1) * 33);
      expect(Math.max(...own.map(Math.abs))).toBe(127);
      own.forEach((code, column) => {
        const error = Math.abs(code * scales[row]! - values[row * 33 + column]!);
        expect(error).toBeLessThanOrEqual(scales[row]! * 0.5001);
      });
    }
    expect(codes[40]).toBe(-127);
  });

  it('by columns is by rows of the transpose', () => {
    const values = normal(6 * 4);
    const transposed = Float32Array.from({ length: 24 }, (_, i) => values[(i % 6) * 4 + Math.floor(i / 6)]!);
    const columns = quantizeInt8(values, [6, 4], 'column');
    const rows = quantizeInt8(transposed, [4, 6], 'row');
    expect(columns.scales).toEqual(rows.scales);
    expect(transposeCodes(columns.codes, [6, 4])).toEqual(rows.codes);
  });

  it('rounds ties to the even code', () => {
    const { codes } = quantizeInt8(Float32Array.of(127, 0.5, 1.5, 2.5, -0.5, -1.5), [1, 6], 'row');
    expect([...codes]).toEqual([127, 0, 2, 2, 0, -2]);
  });

  it('keeps rows of zeros, and of numbers too small to be divided by, as zeros', () => {
    const { codes, scales } = quantizeInt8(Float32Array.of(0, 0, 1e-44, -1e-44), [2, 2], 'row');
    expect([...codes]).toEqual([0, 0, 0, 0]);
    expect(scales[0]).toBe(0);
    expect(scales[1]).toBeLessThan(1e-43);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (value) => {
    expect(() => quantizeInt8(Float32Array.of(1, value), [1, 2], 'row')).toThrow('infinite or not a number');
  });
});
