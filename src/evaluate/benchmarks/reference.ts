/**
 * The wanted answer of an item.
 * @module
 */
import { type AnswerValue, type NumberAnswer, readAnswer } from '../../data/answers.js';

/** What a right answer says. */
export interface Reference {
  /** What an assistant should have written. */
  text: string;
  /** What it says: a number where the text, or the item's final answer, is one. */
  value: AnswerValue;
  /** The number of the item's final answer, in the rounding in which the item gives it. */
  rounded?: NumberAnswer;
  /** Other texts that are as right as `text`. */
  alternatives?: readonly string[];
  /** Of multiple choice: index of the right choice. */
  choice?: number;
}

/** A reference from what an assistant should have written. */
export function textReference(
  text: string,
  more: Pick<Reference, 'alternatives' | 'choice'> = {},
): Reference {
  return { text, value: readAnswer(text), ...more };
}
