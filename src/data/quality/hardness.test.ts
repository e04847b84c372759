import { describe, expect, it } from 'vitest';
import { exchange as item } from './exchange.fixture.js';
import { countSteps, measureHardness } from './hardness.js';

describe('measureHardness', () => {
  it.each([
    ['1452.4', 0, 0],
    ['1496.5 - 1202.9', 1, 2],
    ['(1496.5 - 1202.9) / 1202.9 in %', 2, 2],
    ['average(1, 2, 3)', 3, 3],
    ['1 + 2 + 3', 2, 3],
    ['-5 - -4', 1, 2],
    ['It rose. Therefore it is larger, because 5 = 5.', 3, 0],
  ])('counts the steps of %j', (response, operations, figures) => {
    expect(countSteps(item('q', response))).toEqual({ operations, figures });
  });

  it('counts the figures of a derivation', () => {
    expect(
      countSteps(item('q', 'increased', { derivation: 'Sales in 2018 = 5; Sales in 2019 = 7' })).figures,
    ).toBe(2);
  });

  it('is what the formula says', () => {
    const words = Array.from({ length: 500 }, () => 'word').join(' ');
    const { hardness, parts } = measureHardness(item(words, '2 - 1'));
    expect(parts.length).toBeCloseTo(Math.sqrt(500 / 2000));
    expect(parts.steps).toBeCloseTo(1 - 1 / 1.75);
    expect(hardness).toBeCloseTo(0.4 * parts.length + 0.6 * parts.steps);
    const measured = measureHardness(item(words, '2 - 1', { scores: { loss: Math.LN2 } }));
    expect(measured.parts.loss).toBeCloseTo(0.5);
    expect(measured.hardness).toBeCloseTo(0.25 * parts.length + 0.35 * parts.steps + 0.4 * 0.5);
  });

  it('stays between 0 and 1 for anything', () => {
    for (const text of [
      '',
      ' ',
      'a '.repeat(50_000),
      '漢'.repeat(100_000),
      '1'.repeat(100_000),
      '1 + '.repeat(20_000),
    ]) {
      for (const loss of [0, 1e9, Number.NaN, -1]) {
        const { hardness } = measureHardness(item(text, text, { scores: { loss } }));
        expect(hardness).toBeGreaterThanOrEqual(0);
        expect(hardness).toBeLessThanOrEqual(1);
      }
    }
    expect(
      measureHardness({ ...item('', ''), messages: undefined, text: 'some text' }).hardness,
    ).toBeGreaterThan(0);
  });
});
