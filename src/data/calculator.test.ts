import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttuneError } from '../errors.js';
import { calculate } from './calculator.js';

describe('calculate', () => {
  it.each([
    ['1', 1],
    ['2 + 3 * 4', 14],
    ['(2 + 3) * 4', 20],
    ['10 - 4 - 3', 3],
    ['100 / 5 / 2', 10],
    ['-3 - -4', 1],
    ['2 * -3', -6],
    ['1,496.5 - 1,202.9', 1496.5 - 1202.9],
    ['(1496.5 - 1202.9) / 1202.9', (1496.5 - 1202.9) / 1202.9],
    ['40.0% - 38.1%', 0.4 - 0.381],
    ['$1,000 + €.5', 1000.5],
    ['max(1,000, 2, 3) - min(4, 5)', 996],
    ['average(1, 2, 6) + SUM(1)', 4],
    ['6 ÷ 2 × 3 − 1', 8],
  ])('%s', (expression, value) => {
    expect(calculate(expression)).toBeCloseTo(value, 12);
  });

  it.each([
    ['', 'a number is missing at character 1'],
    ['1 +', 'a number is missing at character 4'],
    ['1 2', '"2" is not understood at character 3'],
    ['1 / (2 - 2)', 'division by zero at character 3'],
    ['(1', '")" is missing at character 3'],
    ['process.exit()', '"process" is not understood at character 1'],
    ['constructor(1)', '"constructor" is not understood at character 1'],
    ['1,23', '"," is not understood at character 2'],
    ['2 ** 3', '"*" is not understood at character 4'],
    [`${'('.repeat(40)}1${')'.repeat(40)}`, 'more than 32 levels'],
    ['-'.repeat(40), 'more than 32 levels'],
    ['1'.repeat(1001), 'at most 1000'],
    ['9'.repeat(400), 'the result is too large'],
  ])('refuses %s', (expression, problem) => {
    expect(() => calculate(expression)).toThrow(AttuneError);
    expect(() => calculate(expression)).toThrow(problem);
  });

  it('agrees with JavaScript on random expressions', () => {
    const tree = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.integer({ min: 0, max: 9999 }).map(String),
        fc
          .tuple(tie('node'), fc.constantFrom('+', '-', '*'), tie('node'))
          .map(([left, sign, right]) => `(${left} ${sign} ${right})`),
        tie('node').map((inner) => `-(${inner})`),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (expression) => {
        expect(calculate(expression) - new Function(`return ${expression}`)()).toBeCloseTo(0, 6);
      }),
    );
  });

  it('only ever throws AttuneError, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.,+-*/()%$ maxinsu') }), (text) => {
        try {
          expect(calculate(text)).toEqual(expect.any(Number));
        } catch (error) {
          expect(error).toBeInstanceOf(AttuneError);
        }
      }),
    );
  });
});
