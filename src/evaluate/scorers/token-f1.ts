/**
 * Partial credit for text.
 * @module
 */
import { executeCalculations } from '../../data/answers.js';
import { exactMatch, referenceTexts } from './exact-match.js';
import { normalisedTokens } from './normalise.js';
import type { Scorer } from './scorer.js';

/**
 * Harmonic mean of precision and recall of the answer's words against the reference's, counted with repetition
 * (SQuAD), calculations in square brackets executed. What is right for exact match has 1. A number is right or wrong: there the score is that of exact match, as in TAT-QA's evaluation.
 */
export const tokenF1: Scorer = {
  name: 'token_f1',
  score(answer, item) {
    const exact = exactMatch.score(answer, item);
    if (exact === 1 || item.reference.value.kind === 'number') return exact;
    return Math.max(...referenceTexts(item.reference).map((text) => overlap(answer.text, text)));
  },
};

function overlap(answer: string, reference: string): number {
  const said = normalisedTokens(executeCalculations(answer));
  const wanted = normalisedTokens(executeCalculations(reference));
  if (said.length === 0 || wanted.length === 0) return said.length === wanted.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const token of wanted) left.set(token, (left.get(token) ?? 0) + 1);
  let common = 0;
  for (const token of said) {
    const count = left.get(token) ?? 0;
    if (count > 0) common += 1;
    left.set(token, count - 1);
  }
  return (2 * common) / (said.length + wanted.length);
}
