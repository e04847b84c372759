/**
 * The main metric.
 * @module
 */
import type { NumberAnswer } from '../../data/answers.js';
import type { Reference } from '../benchmarks/reference.js';
import { normalisedTokens } from './normalise.js';
import { numbersAgree } from './numbers.js';
import type { Scorer } from './scorer.js';

/**
 * 1 when the answer is the reference: by value where the reference is a number (an expression is executed, and of
 * a sentence its figure is taken, so that a chatty answer with the right figure counts), otherwise as
 * text after normalisation. A refusal is text.
 */
export const exactMatch: Scorer = {
  name: 'exact_match',
  score({ value, text: said }, { reference }) {
    if (reference.value.kind === 'number') return value.number && isWanted(value.number, reference) ? 1 : 0;
    const normalised = normalisedTokens(said).join(' ');
    return referenceTexts(reference).some((text) => normalisedTokens(text).join(' ') === normalised) ? 1 : 0;
  },
};

/** Every text that is right. */
export function referenceTexts({ text, value, alternatives = [] }: Reference): string[] {
  return [...new Set([text, value.text, ...alternatives])];
}

/** A calculation has to come to the exact value; a written figure may also be the item's own rounding of it. */
function isWanted(answer: NumberAnswer, { value, rounded }: Reference): boolean {
  if (numbersAgree(answer, value.number!)) return true;
  return answer.expression === undefined && rounded !== undefined && numbersAgree(answer, rounded);
}
