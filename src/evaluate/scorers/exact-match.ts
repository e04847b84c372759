/**
 * The main metric.
 * @module
 */
import type { Reference } from '../benchmarks/reference.js';
import { isWantedNumber } from './numbers.js';
import { isSameAnswer } from './same-answer.js';
import type { Scorer } from './scorer.js';

/**
 * 1 when the answer is the reference: by value where the reference is a number (an expression is executed, and of
 * a sentence its figure is taken, so that a chatty answer with the right figure counts), otherwise as
 * text after normalisation, in which calculations in square brackets are executed; JSON objects and arrays are compared as
 * JSON. A refusal is text.
 */
export const exactMatch: Scorer = {
  name: 'exact_match',
  score({ value, text: said }, { reference }) {
    if (reference.value.kind === 'number')
      return value.number && isWantedNumber(value.number, reference) ? 1 : 0;
    return referenceTexts(reference).some((text) => isSameAnswer(said, text)) ? 1 : 0;
  },
};

/** Every text that is right. */
export function referenceTexts({ text, value, alternatives = [] }: Reference): string[] {
  return [...new Set([text, value.text, ...alternatives])];
}
