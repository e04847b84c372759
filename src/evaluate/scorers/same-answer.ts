/**
 * When two texts are the same answer.
 * @module
 */
import { type EmbeddedCalculation, embeddedCalculations, readAnswer } from '../../data/answers.js';
import { canonicalJson } from './json-equality.js';
import { normalisedTokens } from './normalise.js';
import { numbersAgree } from './numbers.js';

/**
 * Whether an answer says what a reference says: JSON objects and arrays as JSON, everything else word by word after normalisation,
 * with calculations in square brackets executed. In the place of a calculation its value may stand as a figure, in its own rounding.
 */
export function isSameAnswer(said: string, wanted: string): boolean {
  const json = canonicalJson(wanted);
  if (json !== undefined) return canonicalJson(said) === json;
  const [left, right] = [partsOf(said), partsOf(wanted)];
  return left.length === right.length && left.every((part, index) => agree(part, right[index]!));
}

/** A word, or a calculation. */
type Part = string | EmbeddedCalculation;

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const calculation of embeddedCalculations(text)) {
    parts.push(...normalisedTokens(text.slice(end, calculation.start)), calculation);
    end = calculation.end;
  }
  return [...parts, ...normalisedTokens(text.slice(end))];
}

function agree(said: Part, wanted: Part): boolean {
  if (typeof said === 'string' && typeof wanted === 'string') return said === wanted;
  // Of a small value the rounding to two decimals leaves too little to compare by size.
  if (shown(said) === shown(wanted)) return true;
  const [left, right] = [numberOf(said), numberOf(wanted)];
  return left !== undefined && right !== undefined && numbersAgree(left, right);
}

function shown(part: Part): string {
  return typeof part === 'string' ? part : normalisedTokens(part.shown).join(' ');
}

function numberOf(part: Part): EmbeddedCalculation['number'] | undefined {
  if (typeof part !== 'string') return part.number;
  const { kind, number } = readAnswer(part);
  return kind === 'number' ? number : undefined;
}
