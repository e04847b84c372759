/**
 * What a scorer is.
 * @module
 */
import type { AnswerValue } from '../../data/answers.js';
import type { BenchmarkItem } from '../benchmarks/item.js';
import type { Answer, Likelihood } from '../system.js';

/** What a system said to an item, as scorers see it. */
export interface GivenAnswer extends Answer {
  /** What the text says: a number, or text. */
  value: AnswerValue;
  /** Of multiple choice: index of the likeliest choice, and the likelihoods of all. */
  choice?: number;
  likelihoods?: readonly Likelihood[];
}

/** Gives an answer a score from 0 (wrong) to 1 (right). */
export interface Scorer {
  /** Key in `scores`, in `verdict.json` and in the recipe's `metric`: lower case with underscores. */
  readonly name: string;
  /** Undefined where the scorer has nothing to say about this item; the item then does not count for it. */
  score(answer: GivenAnswer, item: BenchmarkItem): number | undefined;
}
