/**
 * Quality rules of published web corpora, each a figure and its limit.
 *
 * - Gopher: Rae et al. 2021, Scaling Language Models, arXiv 2112.11446, appendix A.1.1 and table A1
 * - C4: Raffel et al. 2020, Exploring the Limits of Transfer Learning, arXiv 1910.10683, section 2.2
 * - FineWeb: Penedo et al. 2024, The FineWeb Datasets, arXiv 2406.17557, section 3.6
 * @module
 */
import { type QualityRule, type QualitySettings, qualityRules } from '../../recipe/data/clean.js';
import {
  duplicates,
  linesOf,
  paragraphsOf,
  repeatedSequenceShare,
  shareOf,
  topSequenceShare,
  wordsOf,
} from './text-figures.js';

type Thresholds = QualitySettings['thresholds'];

/** What the rules look at, worked out once for a text. */
interface Measured {
  text: string;
  words: string[];
  lines: string[];
  paragraphs: string[];
}

/** What is wrong with a text by one rule, in words with its figures. */
export interface QualityFlaw {
  rule: QualityRule;
  detail: string;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

function above(share: number, most: number, what: string): string | undefined {
  return share > most ? `${percent(share)} ${what}, at most ${percent(most)} are wanted` : undefined;
}

function below(share: number, least: number, what: string): string | undefined {
  return share < least ? `${percent(share)} ${what}, at least ${percent(least)} are wanted` : undefined;
}

/** Table A1: greatest share of the text in the most frequent sequence of 2 to 4 words. */
const topSequences: [number, number][] = [
  [2, 0.2],
  [3, 0.18],
  [4, 0.16],
];
/** Table A1: greatest share of the text in repeated sequences of 5 to 10 words. */
const repeatedSequences: [number, number][] = [
  [5, 0.15],
  [6, 0.14],
  [7, 0.13],
  [8, 0.12],
  [9, 0.11],
  [10, 0.1],
];

const stopWords = new Set(['the', 'be', 'to', 'of', 'and', 'that', 'have', 'with']);

/** Every rule: what is wrong with a text, or nothing. */
const rules: Record<QualityRule, (measured: Measured, limits: Thresholds) => string | undefined> = {
  gopher_word_count: ({ words }, { gopher_min_words: least, gopher_max_words: most }) => {
    if (words.length < least) return `${words.length} words, at least ${least} are wanted`;
    return words.length > most ? `${words.length} words, at most ${most} are wanted` : undefined;
  },
  gopher_word_length: ({ words }, { gopher_min_word_length: least, gopher_max_word_length: most }) => {
    const mean = words.reduce((sum, word) => sum + word.length, 0) / Math.max(1, words.length);
    if (mean >= least && mean <= most) return undefined;
    return `${mean.toFixed(1)} characters in a word, ${least} to ${most} are wanted`;
  },
  gopher_symbols: ({ text, words }, { gopher_max_symbols: most }) => {
    const symbols = Math.max(text.match(/#/g)?.length ?? 0, text.match(/\.\.\.|…/g)?.length ?? 0);
    const share = symbols / Math.max(1, words.length);
    return share > most ? `${share.toFixed(2)} symbols a word, at most ${most} are wanted` : undefined;
  },
  gopher_bullet_lines: ({ lines }, { gopher_max_bullet_lines: most }) =>
    above(
      shareOf(lines, (line) => /^(?:[•‣▪◦●○■□*–-]\s|•|‣)/.test(line)),
      most,
      'of lines begin with a bullet',
    ),
  gopher_ellipsis_lines: ({ lines }, { gopher_max_ellipsis_lines: most }) =>
    above(
      shareOf(lines, (line) => /(?:\.\.\.|…)$/.test(line)),
      most,
      'of lines end with an ellipsis',
    ),
  gopher_alphabetic_words: ({ words }, { gopher_min_alphabetic_words: least }) =>
    below(
      shareOf(words, (word) => /\p{L}/u.test(word)),
      least,
      'of words have a letter',
    ),
  gopher_stop_words: ({ words }, { gopher_min_stop_words: least }) => {
    const found = words.filter((word) => stopWords.has(word.toLowerCase().replace(/^\P{L}+|\P{L}+$/gu, '')));
    const different = new Set(found.map((word) => word.toLowerCase().replace(/\P{L}/gu, ''))).size;
    return different < least ? `${different} different stop words, at least ${least} are wanted` : undefined;
  },
  gopher_duplicate_lines: ({ lines }, { gopher_max_duplicate_lines: most }) =>
    above(duplicates(lines).share, most, 'of lines repeat another'),
  gopher_duplicate_paragraphs: ({ paragraphs }, { gopher_max_duplicate_lines: most }) =>
    above(duplicates(paragraphs).share, most, 'of paragraphs repeat another'),
  gopher_duplicate_line_characters: ({ lines }, { gopher_max_duplicate_characters: most }) =>
    above(duplicates(lines).characters, most, 'of characters are in repeated lines'),
  gopher_duplicate_paragraph_characters: ({ paragraphs }, { gopher_max_duplicate_characters: most }) =>
    above(duplicates(paragraphs).characters, most, 'of characters are in repeated paragraphs'),
  gopher_top_ngram: ({ words }) => {
    for (const [n, most] of topSequences) {
      const flaw = above(topSequenceShare(words, n), most, `of the text is one sequence of ${n} words`);
      if (flaw) return flaw;
    }
    return undefined;
  },
  gopher_duplicate_ngrams: ({ words }) => {
    for (const [n, most] of repeatedSequences) {
      const flaw = above(
        repeatedSequenceShare(words, n),
        most,
        `of the text repeats sequences of ${n} words`,
      );
      if (flaw) return flaw;
    }
    return undefined;
  },
  c4_sentences: ({ text }, { c4_min_sentences: least }) => {
    const count = text.match(/[^.!?\s"”][.!?]["”’)\]]*(?=\s|$)/g)?.length ?? 0;
    return count < least ? `${count} sentences, at least ${least} are wanted` : undefined;
  },
  c4_curly_bracket: ({ text }) => (text.includes('{') ? 'a curly bracket, as in program code' : undefined),
  c4_lorem_ipsum: ({ text }) => (/lorem ipsum/i.test(text) ? 'placeholder text (lorem ipsum)' : undefined),
  fineweb_line_punctuation: ({ lines }, { fineweb_min_line_punctuation: least }) =>
    below(
      shareOf(
        lines,
        (line) => /[.!?…:;,"'”’)\]。！？]$/.test(line) && /[.!?…"”。！？'’]/.test(line.slice(-2)),
      ),
      least,
      'of lines end with punctuation',
    ),
  fineweb_duplicate_line_characters: ({ lines }, { fineweb_max_duplicate_characters: most }) =>
    above(duplicates(lines).characters, most, 'of characters are in repeated lines'),
  fineweb_short_lines: ({ lines }, { fineweb_max_short_lines: most }) =>
    above(
      shareOf(lines, (line) => line.length < 30),
      most,
      'of lines are shorter than 30 characters',
    ),
};

/** Scripts that write without spaces, on which counts of words say nothing. */
const unspaced = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/g;

/** Whether the rules can judge a text at all: it is long enough, and its words are parted by spaces. */
export function isJudged(text: string, { min_characters: least }: QualitySettings): boolean {
  return text.length >= least && (text.match(unspaced)?.length ?? 0) < text.length * 0.3;
}

/** The rules that settings switch on, in a fixed order. */
export function activeRules(settings: QualitySettings): QualityRule[] {
  return (['gopher', 'gopher_repetition', 'c4', 'fineweb'] as const)
    .flatMap((corpus) => (settings[corpus] ? qualityRules[corpus] : []))
    .filter((rule) => !settings.skip.includes(rule));
}

/** The first rule that a text fails, with its figures; nothing for a good text. */
export function qualityFlaw(
  text: string,
  active: readonly QualityRule[],
  limits: Thresholds,
): QualityFlaw | undefined {
  const measured = { text, words: wordsOf(text), lines: linesOf(text), paragraphs: paragraphsOf(text) };
  for (const rule of active) {
    const detail = rules[rule](measured, limits);
    if (detail) return { rule, detail };
  }
  return undefined;
}
