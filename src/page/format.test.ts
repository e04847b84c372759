import { describe, expect, it } from 'vitest';
import * as format from './format.js';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('figures of the report', () => {
  it.each([
    [format.percent(0.6213), '62.1 %'],
    [format.points(0.0821), '+8.2'],
    [format.points(-0.0821), '−8.2'],
    [format.points(0.0001), '0.0'],
    [format.points(-0.0001), '0.0'],
    [format.pValue(0.0001), 'p < 0.001'],
    [format.pValue(0.0312), 'p = 0.031'],
    [format.pValue(1), 'p = 1.00'],
    [format.integer(1_234_567.4), '1 234 567'],
    [format.significant(0.0002), '2e−4'],
    [format.significant(12_345.678), '12 350'],
    [format.significant(0), '0'],
    [format.duration(4.21), '4.2 s'],
    [format.duration(423), '7 min 3 s'],
    [format.duration(3599.9), '1 h 0 min'],
    [format.duration(7500), '2 h 5 min'],
    [format.bytes(0), '0 B'],
    [format.bytes(3 * 2 ** 30), '3.0 GiB'],
    [format.dateTime('2026-03-14T09:26:53.000Z'), '2026-03-14 09:26 UTC'],
    [format.label('percentage_change'), 'percentage change'],
  ])('%s', (text, expected) => expect(plain(text)).toBe(expected));
});
