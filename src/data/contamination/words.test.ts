import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WordKind, WordReader } from './words.js';

function read(text: string): { hashes: number[]; kinds: number[] } {
  const reader = new WordReader();
  reader.read(text);
  const { hashes, kinds, length } = reader;
  return { hashes: [...hashes.subarray(0, length)], kinds: [...kinds.subarray(0, length)] };
}

describe('WordReader', () => {
  it.each([
    ['case and punctuation', 'What WAS the net-income, then?', 'what was the net income then'],
    ['apostrophes', "the company's", 'the company’s'],
    ['accents', 'Café naïve', 'cafe naive'],
    ['composed and decomposed letters', 'Universit\u00e4t', 'Universita\u0308t'],
    ['letters beyond ASCII in both cases', 'ДОХОД за год', 'доход за год'],
    ['Greek sigma at the end', 'ΛΟΓΟΣ', 'λογος'],
    ['full-width letters and digits', 'ＡＢＣ １２３４', 'abc 1234'],
    ['thousands', '$1,496,500', '1496500'],
    ['thousands with points', '1.496.500', '1496500'],
    ['thousands and decimals of both kinds', '1,496.5', '1.496,5'],
    ['Swiss thousands', "1'496.5", '1496.5'],
    ['zeros at the end of decimals', '(12.50)', '12.5'],
    ['decimals that are none', '12.00%', '12'],
  ])('%s make no difference', (_name, one, other) => {
    expect(read(one)).toEqual(read(other));
  });

  it.each([
    ['1.5', '15'],
    ['1,5', '1,500'],
    ['wont', 'want'],
    ['2019', '2018'],
    ['100', '1000'],
  ])('%s and %s differ', (one, other) => {
    expect(read(one).hashes).not.toEqual(read(other).hashes);
  });

  it('tells years and short numbers from figures', () => {
    expect(read('the 2019 1500000 12.5 1,496.5 report').kinds).toEqual([
      WordKind.functionWord,
      WordKind.shortNumber,
      WordKind.shortNumber,
      WordKind.figure,
      WordKind.figure,
      WordKind.word,
    ]);
  });

  it('takes every character of a script without spaces as a word', () => {
    expect(read('営業利益は2019年').hashes).toHaveLength(7);
    expect(read('กำไร').hashes.length).toBeGreaterThan(2);
  });

  it('reads any text, and long ones of one character, in one pass', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(read(text)).toEqual(read(` ${text} `));
      }),
    );
    for (const character of ['a', '1', ',', '1,', "'", '.', ' ', '\u0301', '漢']) {
      expect(read(character.repeat(100_000)).kinds.length).toBeLessThanOrEqual(100_000);
    }
  });
});
