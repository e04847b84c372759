import { describe, expect, it } from 'vitest';
import { builtInFormat, displayNumber } from './number-format.js';

describe('displayNumber', () => {
  it.each([
    [0.1 + 0.2, 'General', '0.3'],
    [1234567.891, 'General', '1234567.891'],
    [1e21, 'General', '1e+21'],
    [1234.5, '#,##0.00', '1234.50'],
    [1234.5, '#,##0', '1235'],
    [-2.5, '0', '-3'],
    [1.005, '0.00', '1.01'],
    [-0.001, '0.00', '0.00'],
    [0.1234, '0.0%', '12.3%'],
    [0.5, '0%', '50%'],
    [-1234, '#,##0;(#,##0)', '(1234)'],
    [-0.05, '0.0%;(0.0%)', '(5.0%)'],
    [0, '#,##0;(#,##0);"-"', '-'],
    [0, '_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)', '-'],
    [-7, '_($* #,##0_);_($* (#,##0);_($* "-"??_);_(@_)', '$(7)'],
    [1234, '[$€-407] #,##0.0', '€ 1234.0'],
    [1234, '#,##0.00 [$kr.-406]', '1234.00 kr.'],
    [12_345_678, '#,##0.0,,"M"', '12.3M'],
    [12_345_678, '#,##0,', '12346'],
    [7, '000', '007'],
    [1.5, '0.0#', '1.5'],
    [1.25, '0.0#', '1.25'],
    [2, '0.##', '2'],
    [12345, '0.00E+00', '1.23E+04'],
    [0.25, '# ?/?', '0.25'],
    [5, '0 "units"', '5 units'],
    [5, '[Red]0', '5'],
    [1500, '[>=1000]0.0,"k";0', '1.5k'],
    [500, '[>=1000]0.0,"k";0', '500'],
    [5, ';;;', ''],
    [5, '"Q"0', 'Q5'],
    [5, '@', '5'],
  ])('%d as %s is %s', (value, format, shown) => {
    expect(displayNumber(value, format)).toBe(shown);
  });

  it.each([
    [45107, 'yyyy-mm-dd', '2023-06-30'],
    [45107, 'd/m/yyyy', '2023-06-30'],
    [45107, '[$-409]mmmm d, yyyy;@', '2023-06-30'],
    [45107, 'mmm-yy', '2023-06'],
    [45107, 'yyyy', '2023'],
    [45107.5, 'yyyy-mm-dd h:mm', '2023-06-30T12:00:00'],
    [0.75, 'h:mm', '18:00:00'],
    [1.5, '[h]:mm:ss', '36:00:00'],
    [1, 'yyyy-mm-dd', '1900-01-01'],
    [61, 'yyyy-mm-dd', '1900-03-01'],
    [-1, 'yyyy-mm-dd', '-1'],
  ])('day %d as %s is %s', (value, format, shown) => {
    expect(displayNumber(value, format)).toBe(shown);
  });

  it('counts from 1904 where the file does', () => {
    expect(displayNumber(43645, 'yyyy-mm-dd', true)).toBe('2023-06-30');
    expect(displayNumber(0, 'yyyy-mm-dd', true)).toBe('1904-01-01');
  });

  it('takes literal letters for no date', () => {
    expect(displayNumber(3, '0 "days"')).toBe('3 days');
    expect(displayNumber(3, '0\\d')).toBe('3d');
  });

  it('takes a format that no person made for none', () => {
    for (const format of ['0'.repeat(50_000), '['.repeat(50_000), `${'"'.repeat(50_001)}0`]) {
      expect(displayNumber(1.5, format)).toBe('1.5');
    }
  });
});

describe('builtInFormat', () => {
  it('knows the numbers that files use without a code', () => {
    expect(displayNumber(0.1234, builtInFormat(10))).toBe('12.34%');
    expect(displayNumber(45107, builtInFormat(14))).toBe('2023-06-30');
    expect(displayNumber(5, builtInFormat(0))).toBe('5');
    expect(displayNumber(5, builtInFormat(163))).toBe('5');
  });
});
