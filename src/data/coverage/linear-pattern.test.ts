import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttuneError } from '../../errors.js';
import { compileGlob, compilePattern } from './linear-pattern.js';

describe('compilePattern', () => {
  it.each([
    ['leases?', 'Operating LEASE costs', true],
    ['\\blease\\b', 'leased', false],
    ['\\blease\\b', 'a lease.', true],
    ['^total', 'Sales\nTotal 5', true],
    ['^total', 'Sub total', false],
    ['million$', '5 million', true],
    ['\\d{4}-\\d{2}', 'in 2019-12', true],
    ['\\d{3,4}[^\\d]x', '12 x', false],
    ['(?:a|b)+c', 'zabbac', true],
    ['(a|ab)(c|bcd)(d*)', 'abcd', true],
    ['[A-C]-[x-z]', 'b-y', true],
    ['[]]', 'a]', true],
    ['[^\\S\\n]x', 'a x', true],
    ['', 'anything', true],
    ['a.c', 'a\nc', false],
    ['\\Bart', 'start', true],
    ['größe', 'GRÖSSE und GRÖßE', true],
    ['x{0}y', 'y', true],
    ['\\$\\d+', 'costs $12', true],
  ])('%j in %j: %s', (pattern, text, expected) => {
    expect(compilePattern(pattern)(text)).toBe(expected);
  });

  it.each([
    '(',
    'a)',
    '[a',
    '*a',
    'a**',
    '(?=a)',
    '(?<n>a)',
    '(a)\\1',
    'a{3,2}',
    '\\',
    '\\p{L}',
    '[z-a]',
    'x'.repeat(201),
    '(((a{99}){99}){99})',
  ])('refuses %j with a message', (pattern) => {
    expect(() => compilePattern(pattern, 'data.coverage.aspects[0].patterns[0]')).toThrow(AttuneError);
  });

  it('agrees with the built-in engine', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'ab',
      '.',
      '[ab]',
      '[^a]',
      '(a|b)',
      '(?:ab|c)',
      '\\w',
      '\\d',
      '\\b',
      '^',
      '$',
      ' ',
      '1',
    );
    const mark = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}');
    const pattern = fc
      .array(fc.tuple(piece, mark), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.map(([p, m]) => (/^(?:\^|\$|\\b)$/.test(p) ? p : p + m)).join(''));
    fc.assert(
      fc.property(
        pattern,
        fc.array(fc.constantFrom('a', 'b', 'c', ' ', '1', '\n', 'A'), { maxLength: 12 }),
        (source, letters) => {
          const text = letters.join('');
          expect(compilePattern(source)(text), `${source} in ${JSON.stringify(text)}`).toBe(
            new RegExp(source, 'im').test(text),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is linear where the built-in engine is not', () => {
    for (const pattern of ['(a+)+b', '(a|a)*b', '(a|aa)+$b', 'a*a*a*a*a*b', '(.*)(.*)(.*)=', '\\s+\\s+x']) {
      for (const character of ['a', ' ', '=']) compilePattern(pattern)(character.repeat(100_000));
    }
  });
});

describe('compileGlob', () => {
  it.each([
    ['*.pdf', 'reports/2019.PDF', true],
    ['*.pdf', 'reports/2019.pdfx', false],
    ['reports/20??.*', 'reports/2019.html', true],
    ['a+b(1)', 'a+b(1)', true],
  ])('%j fits %j: %s', (glob, name, expected) => {
    expect(compileGlob(glob)(name)).toBe(expected);
  });
});
