/**
 * Whether an answer says only what a text says.
 * @module
 */
import { ungroundedNames } from './names.js';
import { ungroundedNumbers } from './numbers.js';

/** What an answer says that its context does not. */
export interface Grounding {
  /** Numbers that neither stand in the context nor follow from it by one calculation, as the answer writes them. */
  ungroundedNumbers: string[];
  /** Names, days and amounts in a currency that the context does not hold. */
  ungroundedNames: string[];
}

/**
 * Looks for numbers and names in an answer that its context does not hold: the sign of an invented answer that can be
 * found without understanding it. An answer without findings may still be wrong.
 */
export function checkGrounding(answer: string, context: string): Grounding {
  return {
    ungroundedNumbers: ungroundedNumbers(answer, context),
    ungroundedNames: ungroundedNames(answer, context),
  };
}
