/**
 * Answers that decline, where they should and where they should not.
 * @module
 */
import { readAnswer } from '../../data/answers.js';
import { findFigures } from '../../data/pairs/checks/figures.js';
import { refusalIn } from '../../data/pairs/checks/wording.js';
import { normalised } from '../../data/pairs/checks/words.js';
import { sentences } from '../../data/pairs/documents/sentences.js';
import type { BenchmarkItem } from '../benchmarks/item.js';
import { findJson } from './json-text.js';
import { declines, describesSource, isBareRefusal, withoutOpening } from './refusal-wording.js';
import type { Scorer } from './scorer.js';

/** 1 where an item that has no answer is declined; undefined for items that have one. */
export const rightRefusal: Scorer = {
  name: 'right_refusal',
  score: ({ text }, item) => (isUnanswerable(item) ? Number(isRefusal(text)) : undefined),
};

/** 1 where an item that has an answer is not declined; undefined for items that have none. */
export const noFalseRefusal: Scorer = {
  name: 'no_false_refusal',
  score: ({ text }, item) => (isUnanswerable(item) ? undefined : Number(!isRefusal(text))),
};

/** An item has no answer where it says so, or else where its reference declines. */
function isUnanswerable({ unanswerable, reference }: BenchmarkItem): boolean {
  return unanswerable ?? isRefusal(reference.text);
}

/** Of longer answers both ends are read: a refusal in the middle of pages is none. */
const readLength = 4000;
/** A conclusion that declines stands after a few sentences of reasons, not after an essay. */
const mostReasons = 6;

/**
 * Whether an answer declines: says that what is asked for is not given, not known or can't be told. English only.
 *
 * The first sentence has to decline (apologies and sources before it left aside), or the last one as the conclusion of a
 * few. An answer that gives a figure besides, or goes on with `but` or `however` to what is asked, does not decline. Years
 * and figures within the declining words (`does not say how much of the $5 million …`) are no answer. Of JSON the field
 * `answer` is read, null being a refusal. An empty answer is none.
 */
export function isRefusal(text: string): boolean {
  const said = answerField(text);
  if (said === null) return true;
  if (readAnswer(said).kind === 'number') return false;
  const parts = sentencesOf(said).map((sentence) => ({ ...readSentence(sentence), sentence }));
  const [first] = parts;
  const last = parts.at(-1);
  if (!first || !last || parts.some(({ hasFigure }) => hasFigure)) return false;
  if (parts.slice(1).some(({ sentence, refuses }) => !refuses && turnsToAnswer(sentence))) return false;
  if (first.refuses) return true;
  return (
    last.refuses &&
    parts.length <= mostReasons &&
    !/\b(?:others?|further|additional|more|else)\b/.test(last.sentence)
  );
}

/** Of JSON with an answer, the answer; otherwise the text. */
function answerField(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.length > readLength || !/^(?:\{|```)/.test(trimmed)) return text;
  const value = findJson(trimmed);
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, 'answer')) return text;
  const { answer } = value as { answer: unknown };
  return answer === null ? null : typeof answer === 'string' ? answer : text;
}

/** In the form of `normalised`, without sentences that say nothing. */
function sentencesOf(text: string): string[] {
  const ends =
    text.length <= readLength ? text : `${text.slice(0, readLength / 2)}\n${text.slice(-readLength / 2)}`;
  return ends
    .replace(/[*_#>`]/g, '')
    .split('\n')
    .flatMap(sentences)
    .map(normalised)
    .filter((sentence) => /[\p{L}\d]/u.test(withoutOpening(sentence)));
}

/** Whether a sentence declines, and whether it states a figure outside the words that do. */
function readSentence(sentence: string): { refuses: boolean; hasFigure: boolean } {
  let refuses = false;
  let hasFigure = false;
  const said = withoutOpening(sentence);
  if (isBareRefusal(said) || isBareRefusal(sentence)) return { refuses: true, hasFigure };
  const byAssistant = refusalIn(sentence) !== undefined;
  for (const part of said.split(/,?\s(?:but|however|although|though|yet|nevertheless)\b,?\s?|;\s|:\s/)) {
    const clause = withoutOpening(part);
    if (declines(clause) || (byAssistant && refusalIn(clause) !== undefined)) refuses = true;
    else {
      if (refuses && /\p{L}/u.test(clause) && !describesSource(clause)) refuses = false;
      if (statesFigure(clause)) hasFigure = true;
    }
  }
  return { refuses: refuses || (byAssistant && said === ''), hasFigure };
}

/** Whether a sentence turns from declining to an answer. */
function turnsToAnswer(sentence: string): boolean {
  return (
    /^(?:however|but|nevertheless|still|that said)\b/.test(sentence) &&
    !describesSource(withoutOpening(sentence))
  );
}

const label =
  /\b(?:levels?|notes?|items?|tables?|pages?|sections?|parts?|steps?|segments?|class|tiers?|types?|phases?|stages?|figures?|exhibits?|number|no\.|schedule|article)\s?$/;

/** Whether a clause holds a figure that may be an answer: no year, no day of a month, no number of a note. */
function statesFigure(clause: string): boolean {
  return findFigures(clause).some(({ year, start, end }) => {
    if (year || label.test(clause.slice(Math.max(0, start - 12), start))) return false;
    const months =
      /(?:january|february|march|april|may|june|july|august|september|october|november|december)/;
    return (
      !months.test(clause.slice(Math.max(0, start - 10), start)) && !months.test(clause.slice(end, end + 11))
    );
  });
}
