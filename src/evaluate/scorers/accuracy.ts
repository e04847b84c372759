/**
 * Multiple choice: whether the right one was picked.
 * @module
 */
import { readChoice } from '../read-choice.js';
import type { Scorer } from './scorer.js';

/**
 * 1 when the picked choice is the right one: the likeliest where the system shows likelihoods, otherwise the one that the
 * written answer means. An answer that means none, or several, is wrong. Says nothing about items without a right choice.
 */
export const accuracy: Scorer = {
  name: 'accuracy',
  score({ choice, likelihoods, text }, { reference, choices }) {
    if (reference.choice === undefined) return undefined;
    const picked = choice ?? (likelihoods || !choices ? undefined : readChoice(text, choices));
    return picked === reference.choice ? 1 : 0;
  },
};
