import { describe, expect, it } from 'vitest';
import { advance, isMatch, parseGlob } from './glob.js';

function matches(pattern: string, path: string): boolean {
  const { fixed, start } = parseGlob(pattern);
  const below = fixed === '' ? path : path.startsWith(`${fixed}/`) ? path.slice(fixed.length + 1) : undefined;
  return below !== undefined && isMatch(below.split('/').reduce(advance, start));
}

describe('parseGlob', () => {
  it.each([
    ['*.pdf', 'a.pdf', true],
    ['*.pdf', 'b/a.pdf', false],
    ['*.pdf', '.hidden.pdf', false],
    ['.*.pdf', '.hidden.pdf', true],
    ['**/*.pdf', 'a.pdf', true],
    ['**/*.pdf', 'x/y/a.pdf', true],
    ['**/*.pdf', 'x/.git/a.pdf', false],
    ['filings/**/*.pdf', 'filings/2020/q1/a.pdf', true],
    ['filings/**/*.pdf', 'filings/a.pdf', true],
    ['filings/**/*.pdf', 'other/a.pdf', false],
    ['filings/**', 'filings/a/b.txt', true],
    ['a/**/b/**/c', 'a/b/c', true],
    ['a/**/b/**/c', 'a/x/b/y/z/c', true],
    ['a/**/b/**/c', 'a/x/y/c', false],
    ['**/**/x', 'x', true],
    ['*.{csv,jsonl}', 'a.jsonl', true],
    ['*.{csv,jsonl}', 'a.json', false],
    ['{a,b/{c,d}}/*.txt', 'b/d/x.txt', true],
    ['{a,b/{c,d}}/*.txt', 'b/x.txt', false],
    ['a{,.bak}.txt', 'a.txt', true],
    ['{a}.txt', '{a}.txt', true],
    ['a{b.txt', 'a{b.txt', true],
    ['a\\{b,c\\}*', 'a{b,c}x', true],
    ['report-????.md', 'report-2020.md', true],
    ['report-????.md', 'report-20.md', false],
    ['q[1-3].csv', 'q2.csv', true],
    ['q[!1-3].csv', 'q2.csv', false],
    ['q[]a].csv', 'q].csv', true],
    ['q[a-].csv', 'q-.csv', true],
    ['q[.csv', 'q[.csv', true],
    ['a*b*c', 'aXbXbXc', true],
    ['a*b*c', 'aXbXbX', false],
    ['*ü?.txt', 'grün.txt', true],
    ['?.txt', '😀.txt', true],
    ['a+(b)*', 'a+(b)c', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it('names the folder before the first special character', () => {
    expect(parseGlob('/data/filings/**/*.pdf').fixed).toBe('/data/filings');
    expect(parseGlob('/*.pdf').fixed).toBe('/');
    expect(parseGlob('*.pdf').fixed).toBe('');
  });

  it('sees early that nothing below a folder can match', () => {
    expect(advance(parseGlob('a/*.pdf').start, 'x')).toEqual([]);
    expect(advance(parseGlob('*/b/*.pdf').start, 'x')).toHaveLength(1);
  });

  it('does not hang on many stars and refuses too many braces', () => {
    expect(matches(`${'*a'.repeat(60)}*b`, 'a'.repeat(20_000))).toBe(false);
    expect(() => parseGlob('{a,b}'.repeat(12))).toThrow(/alternatives/);
  });
});
