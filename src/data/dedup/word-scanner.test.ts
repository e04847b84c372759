import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WordScanner } from './word-scanner.js';

function scan(text: string) {
  const scanner = new WordScanner();
  scanner.reset(1);
  scanner.scan(text);
  const list = ({ values, length }: WordScanner['words']): number[] => [...values.subarray(0, length)];
  return { words: list(scanner.words), numbers: list(scanner.numbers), digest: scanner.digest.join() };
}

describe('words', () => {
  it.each([
    ['letter case and white space', 'The  Quick\r\n\tbrown fox', 'the quick brown FOX'],
    ['a no-break space', 'ten\u00a0days', 'ten days'],
    ['composed and combining accents', 'caf\u00e9 na\u00efve', 'cafe\u0301 nai\u0308ve'],
    ['ligatures', 'of\ufb01ce e\ufb00ect', 'office effect'],
    ['full-width letters', '\uff21\uff34\uff34\uff35\uff2e\uff25', 'attune'],
    ['soft hyphens and zero-width spaces', 'prepa\u00adration\u200b', 'preparation'],
    ['Greek and Cyrillic case', 'ΑΘΗΝΑ МОСКВА', 'αθηνα москва'],
  ])('%s makes no difference', (_name, one, other) => {
    expect(scan(one)).toEqual(scan(other));
  });

  it('are runs of letters and digits', () => {
    expect(scan("don't stop: well-known (B2B) words").words).toHaveLength(7);
  });

  it('are single characters in scripts without spaces', () => {
    expect(scan('日本語の文章').words).toHaveLength(6);
    expect(scan('ภาษา').words).not.toHaveLength(1);
    expect(scan('한국어 문장').words).toHaveLength(2);
  });

  it('are single characters outside the basic plane', () => {
    expect(scan('𠮷野家').words).toHaveLength(3);
    expect(scan('🙂🙃').words[0]).not.toBe(scan('🙃🙂').words[0]);
  });

  it('survive half a surrogate pair and control characters', () => {
    expect(() => scan('a\ud800 b\udc00\u0000c')).not.toThrow();
  });

  it('stay different where letters differ', () => {
    const texts = Array.from({ length: 20_000 }, (_, i) => `w${i.toString(36)}x`);
    expect(new Set(texts.map((text) => scan(text).words[0])).size).toBe(texts.length);
  });

  it('take linear time on a text of one character', () => {
    for (const character of ['a', '1', ' ', '-', '.', '1,', '1 - ', '\u0301', 'ﬁ'])
      expect(() => scan(character.repeat(100_000))).not.toThrow();
  });
});

describe('numbers', () => {
  const numbers = (text: string) => scan(text).numbers;

  it.each([
    ['decimals and thousands', '1,496.5', ['1496.5', '1,4965', '1,496']],
    ['signs', 'it was -5.2 then', ['it was 5.2 then']],
    ['percent signs', '5%', ['5']],
    ['codes', 'form B2', ['form B3', 'form 2']],
  ])('%s count', (_name, text, others) => {
    for (const other of others) expect(numbers(other)).not.toEqual(numbers(text));
  });

  it('hold the operator before them', () => {
    const [plus, minus, times, tight] = ['8 + 3', '8 - 3', '8 * 3', '8-3'].map(numbers);
    expect(plus).not.toEqual(minus);
    expect(times).not.toEqual(minus);
    expect(tight).toEqual(minus);
    expect(numbers('(8 - 1) / 3')).not.toEqual(numbers('(8 - 1) * 3'));
  });

  it('take a minus sign and a dash for a hyphen', () => {
    expect(numbers('\u22125')).toEqual(numbers('-5'));
  });

  it('take the hyphen of a word for no sign', () => {
    expect(numbers('covid-19')).toEqual(numbers('covid 19'));
  });

  it('take the mark of a list for no sign', () => {
    expect(numbers('in 2019\n- 5 items')).toEqual(numbers('in 2019\n5 items'));
  });
});

it('operators are signs, not the hyphens of words', () => {
  const scanner = new WordScanner();
  scanner.scan('a well-known x - y >= -3 * z');
  const { values, length } = scanner.operators;
  expect(String.fromCharCode(...values.subarray(0, length))).toBe('->=-*');
});

describe('the digest', () => {
  it('counts punctuation, but not white space', () => {
    expect(scan('if a < b').digest).not.toBe(scan('if a > b').digest);
    expect(scan('if(a<b)').digest).toBe(scan('if ( a < b )').digest);
    expect(scan('ab').digest).not.toBe(scan('a b').digest);
  });

  it('differs for texts with different words', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 12 });
    fc.assert(
      fc.property(words, words, (one, other) => {
        expect(scan(one.join(' ')).digest === scan(other.join(' ')).digest).toBe(
          one.join(' ') === other.join(' '),
        );
      }),
    );
  });
});
