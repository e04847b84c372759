/**
 * What a scorer is.
 * @module
 */
import type { AnswerValue, NumberAnswer } from '../../data/answers.js';

/** The wanted answer of an item. */
export interface Reference {
  /** What an assistant should have written. */
  text: string;
  /** What it says: a number where the text, or the item's final answer, is one. */
  value: AnswerValue;
  /** The number of the item's final answer, in the rounding in which the item gives it. */
  rounded?: NumberAnswer;
}

/** Gives an answer a score from 0 (wrong) to 1 (right). */
export interface Scorer {
  /** Key in `scores`, in `verdict.json` and in the recipe's `metric`. */
  readonly name: string;
  score(answer: AnswerValue, reference: Reference): number;
}
