import { describe, expect, it } from 'vitest';
import { cleanSchema, type QualityRule, qualityRules } from '../../recipe/data/clean.js';
import { activeRules, isJudged, qualityFlaw } from './quality.js';
import { duplicates, repeatedSequenceShare, topSequenceShare } from './text-figures.js';

const { thresholds } = cleanSchema.parse({}).quality;
const flaw = (rule: QualityRule, text: string) => qualityFlaw(text, [rule], thresholds)?.detail;
const many = (word: string, count: number): string => Array(count).fill(word).join(' ');
/** Words that are all different. */
const different = (count: number): string =>
  Array.from({ length: count }, (_, i) => `w${i.toString(36)}x`).join(' ');
const lines = (...list: [string, number][]): string =>
  list.flatMap(([line, count]) => Array<string>(count).fill(line)).join('\n');

describe('each rule, on both sides of its threshold', () => {
  it.each<[QualityRule, string, string, string]>([
    ['gopher_word_count', many('word', 49), many('word', 50), '49 words, at least 50 are wanted'],
    ['gopher_word_count', many('a', 100_001), many('a', 100_000), '100001 words, at most 100000 are wanted'],
    ['gopher_word_length', many('ab', 9), many('abc', 9), '2.0 characters in a word, 3 to 10 are wanted'],
    [
      'gopher_word_length',
      many('abcdefghijk', 9),
      many('abcdefghij', 9),
      '11.0 characters in a word, 3 to 10 are wanted',
    ],
    [
      'gopher_symbols',
      `${many('a', 8)} # #`,
      `${many('a', 9)} #`,
      '0.20 symbols a word, at most 0.1 are wanted',
    ],
    [
      'gopher_symbols',
      `${many('a', 8)} b... c…`,
      `${many('a', 9)} b...`,
      '0.20 symbols a word, at most 0.1 are wanted',
    ],
    [
      'gopher_bullet_lines',
      lines(['- a', 19], ['b', 1]),
      lines(['• a', 9], ['b', 1]),
      '95.0% of lines begin with a bullet, at most 90.0% are wanted',
    ],
    [
      'gopher_ellipsis_lines',
      lines(['a...', 4], ['b', 6]),
      lines(['a…', 3], ['b', 7]),
      '40.0% of lines end with an ellipsis, at most 30.0% are wanted',
    ],
    [
      'gopher_alphabetic_words',
      `${many('12', 3)} ${many('a1', 7)}`,
      `${many('12', 2)} ${many('a', 8)}`,
      '70.0% of words have a letter, at least 80.0% are wanted',
    ],
    ['gopher_stop_words', 'The the THE cat', 'The cat, and', '1 different stop words, at least 2 are wanted'],
    [
      'gopher_duplicate_lines',
      lines(['a', 5], ['b', 1], ['c', 1], ['d', 1], ['e', 1], ['f', 1]),
      lines(['a', 4], ...[...'bcdefg'].map((c): [string, number] => [c, 1])),
      '40.0% of lines repeat another, at most 30.0% are wanted',
    ],
    [
      'gopher_duplicate_paragraphs',
      'a\n\na\n\nb',
      'a\n\nb\n\nc',
      '33.3% of paragraphs repeat another, at most 30.0% are wanted',
    ],
    [
      'gopher_duplicate_line_characters',
      'aaaa\naaaa\nb',
      'a\na\nbbbbbbbb',
      '44.4% of characters are in repeated lines, at most 20.0% are wanted',
    ],
    [
      'gopher_duplicate_paragraph_characters',
      'aaaa\n\naaaa\n\nb',
      'a\n\na\n\nbbbbbbbb',
      '44.4% of characters are in repeated paragraphs, at most 20.0% are wanted',
    ],
    [
      'gopher_top_ngram',
      `${many('good day', 4)} ${different(10)}`,
      `good day ${different(40)} good day`,
      '48.3% of the text is one sequence of 2 words, at most 20.0% are wanted',
    ],
    [
      'gopher_duplicate_ngrams',
      `${different(20)} ${different(20)}`,
      different(40),
      '50.0% of the text repeats sequences of 5 words, at most 15.0% are wanted',
    ],
    [
      'c4_sentences',
      'One is here. Two is here',
      'One is here. “Two is here.” Three?',
      '1 sentences, at least 3 are wanted',
    ],
    ['c4_curly_bracket', 'f() { x }', 'f() [ x ]', 'a curly bracket, as in program code'],
    ['c4_lorem_ipsum', 'Lorem  Lorem ipsum', 'lorem', 'placeholder text (lorem ipsum)'],
    [
      'fineweb_line_punctuation',
      lines(['a.', 1], ['b', 9]),
      lines(['a.', 1], ['b', 7]),
      '10.0% of lines end with punctuation, at least 12.0% are wanted',
    ],
    [
      'fineweb_duplicate_line_characters',
      lines(['aa', 2], ['bbbbbbbbbb', 1]),
      lines(['a', 2], ['bbbbbbbbbb', 1]),
      '14.3% of characters are in repeated lines, at most 10.0% are wanted',
    ],
    [
      'fineweb_short_lines',
      lines(['a'.repeat(29), 7], ['a'.repeat(30), 3]),
      lines(['a'.repeat(29), 6], ['a'.repeat(30), 4]),
      '70.0% of lines are shorter than 30 characters, at most 67.0% are wanted',
    ],
  ])('%s', (rule, bad, good, detail) => {
    expect(flaw(rule, bad)).toBe(detail);
    expect(flaw(rule, good)).toBeUndefined();
  });

  it('covers every rule that there is', () => {
    for (const rule of Object.values(qualityRules).flat()) expect(flaw(rule, 'x')).not.toBe('');
  });
});

describe('settings', () => {
  it('switch on by corpus, off by rule, and move thresholds', () => {
    const { quality } = cleanSchema.parse({
      quality: { gopher: true, skip: ['gopher_word_count'], thresholds: { gopher_min_stop_words: 0 } },
    });
    expect(activeRules(quality)).toEqual(qualityRules.gopher.filter((rule) => rule !== 'gopher_word_count'));
    expect(qualityFlaw('cat food here', activeRules(quality), quality.thresholds)).toBeUndefined();
    expect(activeRules(cleanSchema.parse({}).quality)).toEqual([]);
    expect(() => cleanSchema.parse({ quality: { skip: ['gopher'] } })).toThrow();
  });

  it('judge no prose that is short or has no spaces', () => {
    const { quality } = cleanSchema.parse({});
    expect(isJudged('a'.repeat(399), quality)).toBe(false);
    expect(isJudged('a'.repeat(400), quality)).toBe(true);
    expect(isJudged('市'.repeat(400), quality)).toBe(false);
  });
});

describe('figures', () => {
  it('of repeats are shares of letters, and nothing repeats in a text of single words', () => {
    expect(topSequenceShare(['a', 'b', 'c'], 2)).toBe(0);
    expect(topSequenceShare(['a', 'b', 'a', 'b'], 2)).toBe(1);
    expect(repeatedSequenceShare([...'abcdeabcde'], 5)).toBe(0.5);
    expect(duplicates([])).toEqual({ share: 0, characters: 0 });
    expect(topSequenceShare([], 2)).toBe(0);
  });
});
