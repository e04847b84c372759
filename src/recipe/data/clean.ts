/**
 * Settings of cleaning: repair of characters, boilerplate, languages, and quality rules of published web corpora.
 * @module
 */
import { z } from 'zod';

const on = (what: string) => z.boolean().default(true).describe(what);

const unicodeSchema = z.strictObject({
  mojibake: on(
    'Repairs UTF-8 that was read as Windows-1252 or Latin-1 (`CafÃ©`), also twice, where that is certain.',
  ),
  entities: on(
    'Resolves HTML entities that were left in texts and documents (`&amp;`); conversations keep them.',
  ),
  invisible: on('Removes byte order marks, zero-width and control characters that no script needs.'),
  normal_form: on('Composes characters with their accents (NFC).'),
  spaces: on('Makes non-breaking, thin and other odd spaces plain ones.'),
  white_space: on(
    'Unifies line ends, removes white space at ends of lines and more than one blank line in a row.',
  ),
});

/** The rules against boilerplate. */
export const boilerplateRules = [
  'cookie_notice',
  'navigation',
  'subscription',
  'copyright',
  'javascript',
  'lorem_ipsum',
  'page_number',
  'contents_line',
  'repeated_line',
] as const;

const boilerplateSchema = z.strictObject({
  cookie_notice: on('Removes lines that ask for consent to cookies.'),
  navigation: on('Removes lines of menus: `Home | About | Contact`, `Skip to content`.'),
  subscription: on('Removes calls to subscribe, follow or share.'),
  copyright: on('Removes copyright lines and `All rights reserved`.'),
  javascript: on('Removes lines that ask for JavaScript (after C4, Raffel et al. 2020).'),
  lorem_ipsum: on('Removes placeholder text (after C4, Raffel et al. 2020).'),
  page_number: on('Removes page-number lines: `Page 3 of 10`, `- 3 -`, and rising bare numbers.'),
  contents_line: on('Removes lines of a table of contents, by their dots and page numbers, from three on.'),
  repeated_line: on('Removes a line that a document repeats five times or more, but for its first place.'),
});

/** The quality rules by the corpus that they come from. */
export const qualityRules = {
  gopher: [
    'gopher_word_count',
    'gopher_word_length',
    'gopher_symbols',
    'gopher_bullet_lines',
    'gopher_ellipsis_lines',
    'gopher_alphabetic_words',
    'gopher_stop_words',
  ],
  gopher_repetition: [
    'gopher_duplicate_lines',
    'gopher_duplicate_paragraphs',
    'gopher_duplicate_line_characters',
    'gopher_duplicate_paragraph_characters',
    'gopher_top_ngram',
    'gopher_duplicate_ngrams',
  ],
  c4: ['c4_sentences', 'c4_curly_bracket', 'c4_lorem_ipsum'],
  fineweb: ['fineweb_line_punctuation', 'fineweb_duplicate_line_characters', 'fineweb_short_lines'],
} as const;

const allRules = Object.values(qualityRules).flat();

/** One quality rule. */
export type QualityRule = (typeof allRules)[number];

const limit = (value: number, what: string) => z.number().min(0).default(value).describe(what);

const thresholdsSchema = z.strictObject({
  gopher_min_words: limit(50, 'Fewest words of a text.'),
  gopher_max_words: limit(100_000, 'Most words of a text.'),
  gopher_min_word_length: limit(3, 'Least mean length of the words, in characters.'),
  gopher_max_word_length: limit(10, 'Greatest mean length of the words, in characters.'),
  gopher_max_symbols: limit(0.1, 'Most `#` and ellipses for each word.'),
  gopher_max_bullet_lines: limit(0.9, 'Greatest share of lines that begin with a bullet.'),
  gopher_max_ellipsis_lines: limit(0.3, 'Greatest share of lines that end with an ellipsis.'),
  gopher_min_alphabetic_words: limit(0.8, 'Least share of words with a letter.'),
  gopher_min_stop_words: limit(2, 'Fewest of the English words the, be, to, of, and, that, have, with.'),
  gopher_max_duplicate_lines: limit(0.3, 'Greatest share of lines, and of paragraphs, that repeat another.'),
  gopher_max_duplicate_characters: limit(
    0.2,
    'Greatest share of characters in such lines, and in such paragraphs.',
  ),
  c4_min_sentences: limit(3, 'Fewest sentences of a text.'),
  fineweb_min_line_punctuation: limit(0.12, 'Least share of lines that end with punctuation.'),
  fineweb_max_duplicate_characters: limit(
    0.1,
    'Greatest share of characters in repeated lines (the published code has 0.01).',
  ),
  fineweb_max_short_lines: limit(0.67, 'Greatest share of lines of less than 30 characters.'),
});

const off = (what: string) => z.boolean().default(false).describe(what);

const qualitySchema = z.strictObject({
  gopher: off(
    'Length, symbols and stop words as for MassiveText (Rae et al. 2021, arXiv 2112.11446, A.1.1).',
  ),
  gopher_repetition: off(
    'Repeated lines, paragraphs and word sequences as for MassiveText (Rae et al. 2021, arXiv 2112.11446, table A1).',
  ),
  c4: off(
    'Sentences, curly brackets and placeholder text as for C4 (Raffel et al. 2020, arXiv 1910.10683, 2.2).',
  ),
  fineweb: off(
    'Line ends, repeated and short lines as for FineWeb (Penedo et al. 2024, arXiv 2406.17557, 3.6).',
  ),
  skip: z.array(z.enum(allRules)).default([]).describe('Single rules that are not applied.'),
  thresholds: thresholdsSchema
    .prefault({})
    .describe('Limits of the rules; the defaults are the published ones.'),
  min_characters: z
    .int()
    .min(0)
    .default(400)
    .describe('Prose shorter than this is not judged: records and documents that are all tables.'),
});

/** Section `clean` of the preparation. */
export const cleanSchema = z.strictObject({
  unicode: unicodeSchema.prefault({}).describe('Repair of characters, in everything.'),
  boilerplate: boilerplateSchema
    .prefault({})
    .describe(
      'Lines that are no content, removed from documents and plain texts; conversations keep every line.',
    ),
  languages: z
    .array(z.string().regex(/^[a-z]{2}$/, 'an ISO 639-1 code of two letters, for example `en`'))
    .default([])
    .describe('Languages that are kept, by ISO 639-1 code. Empty: all are kept, and counted.'),
  language_confidence: z
    .number()
    .min(0)
    .max(1)
    .default(0.6)
    .describe('A text is only removed for its language when the detector gives at least this score.'),
  language_min_characters: z
    .int()
    .min(0)
    .default(200)
    .describe('Shorter texts are never removed for their language.'),
  quality: qualitySchema
    .prefault({})
    .describe(
      'Rules of published web corpora, for texts and the prose of documents; never for conversations.',
    ),
});

/** Settings of cleaning, every default filled in. */
export type CleanSettings = z.output<typeof cleanSchema>;
/** Which rules against boilerplate are on. */
export type BoilerplateSettings = CleanSettings['boilerplate'];
/** Which quality rules are on, and their limits. */
export type QualitySettings = CleanSettings['quality'];
