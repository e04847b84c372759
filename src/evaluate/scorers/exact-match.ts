/**
 * The main metric.
 * @module
 */
import type { Reference } from '../benchmarks/reference.js';
import { normalisedTokens } from './normalise.js';
import { isWantedNumber } from './numbers.js';
import type { Scorer } from './scorer.js';

/**
 * 1 when the answer is the reference: by value where the reference is a number (an expression is executed, and of
 * a sentence its figure is taken, so that a chatty answer with the right figure counts), otherwise as
 * text after normalisation. A refusal is text.
 */
export const exactMatch: Scorer = {
  name: 'exact_match',
  score({ value, text: said }, { reference }) {
    if (reference.value.kind === 'number')
      return value.number && isWantedNumber(value.number, reference) ? 1 : 0;
    const normalised = normalisedTokens(said).join(' ');
    return referenceTexts(reference).some((text) => normalisedTokens(text).join(' ') === normalised) ? 1 : 0;
  },
};

/** Every text that is right. */
export function referenceTexts({ text, value, alternatives = [] }: Reference): string[] {
  return [...new Set([text, value.text, ...alternatives])];
}
