import { describe, expect, it } from 'vitest';
import { formatBytes, formatSeconds, formatTable } from './terminal.js';

it('formatTable puts numbers to the right and text to the left', () => {
  expect(
    formatTable([
      ['task', 'items', 'score'],
      ['look_up', '120', '61.7 %'],
      ['change', '7', '5.0 %'],
    ]),
  ).toBe(['task     items   score', 'look_up    120  61.7 %', 'change       7   5.0 %'].join('\n'));
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [94_100_000, '94.1 MB'],
    [3.05e9, '3.0 GB'],
  ])('%i', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatSeconds', () => {
  it.each([
    [0.2, '0 s'],
    [59.6, '1 min 00 s'],
    [247, '4 min 07 s'],
    [7500, '2 h 05 min'],
  ])('%d', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
});
