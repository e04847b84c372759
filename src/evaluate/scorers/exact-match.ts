/**
 * The main metric.
 * @module
 */
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
  score(answer, reference) {
    if (reference.value.kind === 'number') {
      return answer.number && numbersAgree(answer.number, reference.value.number!) ? 1 : 0;
    }
    const said = normalisedTokens(answer.text).join(' ');
    return [reference.text, reference.value.text].some((text) => normalisedTokens(text).join(' ') === said)
      ? 1
      : 0;
  },
};
