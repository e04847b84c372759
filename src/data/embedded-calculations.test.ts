import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddedCalculations, executeCalculations } from './answers.js';
import { calculate } from './calculator.js';

describe('executeCalculations', () => {
  it.each([
    ['a change of [(914 - 997) / 997 in %].', 'a change of -8.32%.'],
    ['up [5 - 3], then [7 - -2]', 'up 2, then 9'],
    ['[18% - 14%]', '4%'],
    ['[18 - 14] percentage points', '4 percentage points'],
    ['[1 / 3]', '0.33'],
    ['[average(1146.2, 1452.4)]', '1299.3'],
    ['[1,496.5 - 1,202.9]', '293.6'],
    ['[ 5 − 3 ]', '2'],
    ['[3 - 3] and [-0.001 * 1]', '0 and 0'],
    ['[5 - 3 = 2]', '2'],
    ['[[5 - 3]]', '[2]'],
    ['[a [5 - 3] b]', '[a 2 b]'],
    ['[5 - 3', '[5 - 3'],
    ['5 - 3]', '5 - 3]'],
    ['[[5 - 3]', '[2'],
  ])('%s becomes %s', (text, executed) => {
    expect(executeCalculations(text)).toBe(executed);
  });

  it.each([
    'no brackets: 5 - 3',
    '',
    'as shown before [1], [2] and [1-3]',
    'the years [2018-2019] and [2018]',
    '[-5]',
    '[5%]',
    '[]',
    '[ - ]',
    '[5 - three]',
    '[5 / 0 in %]',
    '[(5 - 3]',
    '[5 - 3 million]',
    '[Sales - Costs]',
    '[1, 2, 3]',
    '{"a":[1,-2],"b":["5"]}',
    '[process.exit() - 1]',
    '[see note 5 - 3]',
  ])('%j stays as it is', (text) => expect(executeCalculations(text)).toBe(text));

  it('gives each calculation with its place and exact value', () => {
    const text = 'from [1 / 3 in %] to [2 / 3 in %]';
    const found = embeddedCalculations(text);
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['[1 / 3 in %]', '[2 / 3 in %]']);
    expect(found.map(({ number }) => number.value)).toEqual([1 / 3, 2 / 3]);
    expect(found.map(({ shown }) => shown)).toEqual(['33.33%', '66.67%']);
  });

  it('changes nothing but the calculations, and nothing that is executed already', () => {
    const piece = fc.oneof(
      fc.string().map((text) => text.replace(/[[\]]/g, '')),
      fc.constantFrom('[4 - 1]', '[x]', '[1]'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const executed = executeCalculations(pieces.join(''));
        expect(executed).toBe(pieces.map((part) => (part === '[4 - 1]' ? '3' : part)).join(''));
        expect(executeCalculations(executed)).toBe(executed);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (a, b) => {
        const shown = Number(executeCalculations(`[${a} / ${b} in %]`).slice(0, -1));
        expect(Math.abs(shown - calculate(`${a} / ${b}`) * 100)).toBeLessThanOrEqual(
          0.005 + 1e-9 * Math.abs(shown),
        );
      }),
    );
  });

  it('takes time in proportion to the length of a text', () => {
    for (const part of [
      '[',
      ']',
      '[1',
      '[1 ',
      '1 - ',
      '[1 - ',
      ' ',
      '-',
      '[]',
      '[1 - 1]',
      '[1 - 1',
      '[a - ',
      '[=',
      '(',
    ]) {
      const long = part.repeat(100_000 / part.length);
      executeCalculations(long);
      executeCalculations(`[${long}]`);
      executeCalculations(`x${long} in %]`);
    }
    expect(executeCalculations('[2 - 1] '.repeat(10_000))).toBe('1 '.repeat(10_000));
  });
});
