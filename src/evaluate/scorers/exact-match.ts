/**
 * The main metric.
 * @module
 */
import type { NumberAnswer } from '../../data/answers.js';
import { normalisedTokens } from './normalise.js';
import { numbersAgree } from './numbers.js';
import type { Reference, Scorer } from './scorer.js';

/**
 * 1 when the answer is the reference: by value where the reference is a number (an expression is executed, and of
 * a sentence its figure is taken, so that a chatty answer with the right figure counts), otherwise as
 * text after normalisation. A refusal is text.
 */
export const exactMatch: Scorer = {
  name: 'exact_match',
  score(answer, reference) {
    if (reference.value.kind === 'number') {
      return answer.number && isWanted(answer.number, reference) ? 1 : 0;
    }
    const said = normalisedTokens(answer.text).join(' ');
    return [reference.text, reference.value.text].some((text) => normalisedTokens(text).join(' ') === said)
      ? 1
      : 0;
  },
};

/** A calculation has to come to the exact value; a written figure may also be the item's own rounding of it. */
function isWanted(answer: NumberAnswer, { value, rounded }: Reference): boolean {
  if (numbersAgree(answer, value.number!)) return true;
  return answer.expression === undefined && rounded !== undefined && numbersAgree(answer, rounded);
}
