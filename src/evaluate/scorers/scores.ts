/**
 * The scores of one answer.
 * @module
 */
import { readAnswer } from '../../data/answers.js';
import type { Example } from '../../data/example.js';
import { exactMatch } from './exact-match.js';
import type { Reference, Scorer } from './scorer.js';
import { tokenF1 } from './token-f1.js';

/** Every scorer, in the order of tables. */
const scorers: readonly Scorer[] = [exactMatch, tokenF1];

/**
 * The reference of an item: its last message. Where that is no figure or expression by itself, the item's final
 * `answer` says what number, if any, is wanted.
 */
export function referenceOf(example: Example): Reference {
  const text = example.messages?.at(-1)?.content ?? '';
  const value = readAnswer(text);
  if (example.answer === undefined) return { text, value };
  const final = readAnswer(example.answer);
  return {
    text,
    value: value.kind === 'number' ? value : final,
    rounded: final.kind === 'number' ? final.number : undefined,
  };
}

/** All scores of one answer, by name of the scorer, each from 0 to 1. */
export function scoreAnswer(answer: string, reference: Reference): Record<string, number> {
  const value = readAnswer(answer);
  return Object.fromEntries(scorers.map((scorer) => [scorer.name, scorer.score(value, reference)]));
}
