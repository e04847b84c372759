import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFigures, replaceFigures, wholeDigits, writeLike } from './figures.js';

const digitsOf = (text: string): string[] => findFigures(text).map(({ digits }) => digits);

describe('findFigures', () => {
  it.each([
    ['Sales were $1,452.4 million, up 26.7% from 1146.2.', ['1,452.4', '26.7', '1146.2']],
    ['Costs | 2019 80 | 2018 -70', ['80', '70']],
    ['loss of (12) and (1,200)', ['12', '1,200']],
    ['1496.5 - 1202.9', ['1496.5', '1202.9']],
    ['(1452.4 - 1146.2) / 1146.2', ['1452.4', '1146.2', '1146.2']],
    ['1,202.9 in 2018 and 2,019 in 2019', ['1,202.9', '2,019']],
  ])('finds the amounts of %j', (text, expected) => {
    expect(digitsOf(text)).toEqual(expected);
  });

  it.each([
    'On 31 December 2019 and March 5, 2020',
    '2019-12-31 at 10:30, 12/31/2019',
    'Form 10-K, Q1, ISO9001, COVID-19, 401(k)',
    '1. First\n2) Second\n3 | third',
    'see Note 12 and page 7 of Table 3',
  ])('leaves names, dates and row numbers alone: %j', (text) => {
    expect(digitsOf(text)).toEqual([]);
  });

  it('tells percentages, scales and signs', () => {
    const [a, b, c, d] = findFigures('12.5% of $3 billion was (45), not -7');
    expect([a!.percent, b!.scale, c!.negative, d!.negative]).toEqual([true, 1e9, true, true]);
    expect(findFigures('8 - 7').map(({ negative }) => negative)).toEqual([false, false]);
  });

  it('stays fast on long lines of one character', () => {
    for (const character of ['1', ',', '.', '-', '(', ' ', 'a', '|']) {
      expect(findFigures(character.repeat(100_000)).length).toBeLessThan(2);
    }
    expect(findFigures('1,'.repeat(50_000)).length).toBeLessThan(2);
  });
});

describe('writeLike', () => {
  it('keeps decimals and separators', () => {
    expect(writeLike(2345.6, '1,452.40')).toBe('2,345.60');
    expect(writeLike(2345.6, '1452.4')).toBe('2345.6');
    expect(writeLike(0.5, '.7'.padStart(3, '0'))).toBe('0.5');
  });

  it('is what was read, for every figure', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        (n, places, commas) => {
          const digits = writeLike(
            n / 10 ** places,
            commas
              ? `1,000.${'0'.repeat(places)}`.replace(/\.$/, '')
              : `0.${'0'.repeat(places)}`.replace(/\.$/, ''),
          );
          const [found] = findFigures(`$${digits} was`);
          expect(found).toMatchObject({ digits, value: n / 10 ** places, decimals: places });
          expect(writeLike(found!.value, found!.digits)).toBe(digits);
          expect(wholeDigits(found!.value)).toBe(
            n < 10 ** places ? 0 : digits.split('.')[0]!.replaceAll(',', '').length,
          );
        },
      ),
    );
  });
});

describe('replaceFigures', () => {
  it('changes digits only', () => {
    const changed = replaceFigures('up $1,200 (12.5%) in 2019', ({ digits }) =>
      digits === '1,200' ? '1,300' : '13.5',
    );
    expect(changed).toBe('up $1,300 (13.5%) in 2019');
  });
});
