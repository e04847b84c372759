/**
 * Multiple choice without the advantage of short choices.
 * @module
 */
import type { Scorer } from './scorer.js';

/**
 * `acc_norm` of lm-evaluation-harness: 1 when the right choice has the highest log-likelihood per character of its text
 * (code points, the delimiter before it left out); the first of equal ones is picked. Says nothing where there are no
 * likelihoods.
 */
export const accuracyNorm: Scorer = {
  name: 'accuracy_norm',
  score({ likelihoods }, { reference, choices }) {
    if (reference.choice === undefined || !likelihoods || !choices) return undefined;
    const perCharacter = likelihoods.map(
      ({ logLikelihood }, index) => logLikelihood / length(choices[index]!),
    );
    return perCharacter.indexOf(Math.max(...perCharacter)) === reference.choice ? 1 : 0;
  },
};

/** An empty choice has no characters to share its log-likelihood; it counts as one. */
const length = (text: string): number => Math.max(1, [...text].length);
