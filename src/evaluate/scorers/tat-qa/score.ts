/**
 * TAT-QA's own evaluation of an answer (Zhu et al., arXiv 2105.07624; `tatqa_metric.py` of NExTplusplus/TAT-QA), item
 * by item the same figures.
 *
 * Answer and gold are each made into one text: the spans in the order of their characters, numbers multiplied with the
 * scale and written with four decimals. Exact match compares the texts after normalisation, F1 the sets of their words.
 * The official code aligns spans optimally before that, as DROP's does, but the spans are joined by then, so there is never
 * more than one pair to align and nothing to reproduce. Its oddities are kept, for scores that can be compared: `(1,234)`
 * is not negative though `(234)` is, `.5` is no number, and a bare 0 counts as no answer.
 * @module
 */
import { isNumber, normalisedNumber, scaleFactor, toNumber } from './numbers.js';
import { fixed, numberText, round, splitWords, times } from './python.js';

/** The wanted answer, as the data set's records hold it. */
export interface TatQaGold {
  answer: string | number | readonly (string | number)[];
  /** `span`, `multi-span`, `arithmetic` or `count`. */
  answer_type: string;
  /** `''`, `thousand`, `million`, `billion` or `percent`. */
  scale: string;
}

/** An answer and the scale it is given in. */
export interface TatQaPrediction {
  answer: string | number | (string | number)[];
  scale: string;
}

/** Scores of one answer. */
export interface TatQaScores {
  exactMatch: 0 | 1;
  /** From 0 to 1, rounded to hundredths; of calculated answers and counts the same as `exactMatch`. */
  f1: number;
  scaleMatch: 0 | 1;
}

/** Scores an answer as the official evaluation does. Never throws: what stops the official code scores 0 or is read as text. */
export function scoreTatQa(gold: TatQaGold, prediction: TatQaPrediction): TatQaScores {
  const { answer, scale } = prediction;
  const spans = Array.isArray(answer) ? answer : [answer];
  const wanted = goldAnswers(gold);
  if (spans.length === 0 || answer === '' || answer === 0 || wanted.length === 0) {
    return { exactMatch: 0, f1: 0, scaleMatch: 0 };
  }
  const goldText = normalised(answerText(wanted, gold.scale));
  const texts = [answerText(spans, scale), ...unscaledTexts(spans, scale)].map(normalised);
  const exactMatch = texts.includes(goldText) ? 1 : 0;
  const calculated = gold.answer_type === 'arithmetic' || gold.answer_type === 'count';
  return {
    exactMatch,
    f1: calculated ? exactMatch : Math.max(...texts.map((text) => wordF1(text, goldText))),
    scaleMatch: gold.scale === scale ? 1 : 0,
  };
}

function goldAnswers({ answer, answer_type }: TatQaGold): readonly (string | number)[] {
  if (answer_type === 'span' || answer_type === 'multi-span')
    return Array.isArray(answer) ? answer : [answer as string];
  const text = Array.isArray(answer)
    ? `[${answer.map((part) => (typeof part === 'string' ? `'${part}'` : spanText(part))).join(', ')}]`
    : spanText(answer as string);
  return [answer_type === 'count' ? String(Math.trunc(Number(text)) || text) : text];
}

/** A number of JSON as Python writes it; whole ones are taken for written without a point. */
function spanText(span: string | number): string {
  if (typeof span === 'string') return span;
  return numberText(Number.isInteger(span) ? BigInt(span) : span);
}

/** All spans as one text. */
function answerText(spans: readonly (string | number)[], scale: string): string {
  return sorted(spans)
    .map((span) => {
      if (!isNumber(span)) return scale ? `${span} ${scale}` : span;
      const number = toNumber(span);
      if (number === undefined) return scale ? `${span} ${scale}` : span;
      if (span.includes('%')) return fixed(number, 4);
      return fixed(times(round(number, 2), scaleFactor(scale)), 4);
    })
    .join(' ');
}

/** By code points; a list of numbers by size. */
function sorted(spans: readonly (string | number)[]): string[] {
  if (spans.every((span) => typeof span === 'number')) {
    return [...spans].sort((a, b) => Number(a) - Number(b)).map(spanText);
  }
  return spans.map(spanText).sort(compareCodePoints);
}

function compareCodePoints(a: string, b: string): number {
  // UTF-8 keeps the order of code points, UTF-16 does not.
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A lone number without a scale may be the fraction of a wanted percentage: 0.2342 for 23.42 percent. */
function unscaledTexts(spans: readonly (string | number)[], scale: string): string[] {
  if (spans.length > 1 || scale) return [];
  const span = spanText(spans[0]!);
  const number = span.includes('%') || !isNumber(span) ? undefined : toNumber(span);
  return number === undefined ? [] : [fixed(number, 4)];
}

const punctuation = /[!-/:-@[-`{-~]/g;
const articles = /(?<![\p{L}\p{N}_])(?:an?|the)(?![\p{L}\p{N}_])/gu;

/** Lower case, numbers in one spelling, without punctuation and articles. */
function normalised(text: string): string {
  return text
    .split(' ')
    .flatMap((token) => {
      const lower = token.toLowerCase();
      const plain = isNumber(lower) ? lower : lower.replace(punctuation, '');
      return splitWords(normalisedNumber(plain).replace(articles, ' '));
    })
    .join(' ');
}

/** Harmonic mean of precision and recall of the sets of words, rounded as NumPy rounds. */
function wordF1(said: string, wanted: string): number {
  const words = new Set(splitWords(said));
  const goldWords = new Set(splitWords(wanted));
  let common = 0;
  for (const word of words) if (goldWords.has(word)) common++;
  const precision = words.size === 0 ? 1 : common / words.size;
  const recall = goldWords.size === 0 ? 1 : common / goldWords.size;
  if (precision === 0 && recall === 0) return 0;
  return hundredths((2 * precision * recall) / (precision + recall));
}

/** Half goes to the even hundredth. */
function hundredths(value: number): number {
  const scaled = value * 100;
  const floor = Math.floor(scaled);
  const isHalf = scaled - floor === 0.5;
  return (isHalf ? floor + (floor % 2) : Math.round(scaled)) / 100;
}
