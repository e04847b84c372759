/**
 * The scorers that a recipe or a benchmark can name.
 * @module
 */
import { accuracy } from './accuracy.js';
import { accuracyNorm } from './accuracy-norm.js';
import { adviceWithinContext } from './advice/advice-within-context.js';
import { exactIdentifiers } from './exact-identifiers.js';
import { exactMatch } from './exact-match.js';
import { grounded, groundedNames, groundedNumbers } from './grounded.js';
import { percentMatch, scaleMatch, signMatch } from './numeric-errors.js';
import { numericMatch } from './numeric-match.js';
import { noFalseRefusal, rightRefusal } from './refusal.js';
import { rougeL, rougeLStemmed } from './rouge-l.js';
import type { Scorer } from './scorer.js';
import { stepsInOrder } from './steps-in-order.js';
import { tatQaExactMatch, tatQaF1, tatQaScale } from './tat-qa/scorers.js';
import { tokenF1 } from './token-f1.js';
import { quantityMatch, unitsRight } from './units/units-right.js';
import { verbatimQuotation } from './verbatim-quotation.js';

const scorers: readonly Scorer[] = [
  exactMatch,
  tokenF1,
  rougeL,
  rougeLStemmed,
  numericMatch(),
  signMatch,
  percentMatch,
  scaleMatch,
  accuracy,
  accuracyNorm,
  grounded,
  groundedNumbers,
  groundedNames,
  rightRefusal,
  noFalseRefusal,
  tatQaExactMatch,
  tatQaF1,
  tatQaScale,
  adviceWithinContext(),
  verbatimQuotation(),
  stepsInOrder(),
  exactIdentifiers(),
  unitsRight,
  quantityMatch,
];

/** Names of all scorers that need no settings. */
export const scorerNames: readonly string[] = scorers.map(({ name }) => name);

/** The scorer of that name with its default settings. */
export function scorerNamed(name: string): Scorer | undefined {
  return scorers.find((scorer) => scorer.name === name);
}
