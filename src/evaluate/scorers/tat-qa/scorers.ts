/**
 * TAT-QA's evaluation as scorers.
 * @module
 */
import type { BenchmarkItem } from '../../benchmarks/item.js';
import type { Scorer } from '../scorer.js';
import { readTatQaAnswer } from './read-answer.js';
import { scoreTatQa, type TatQaGold, type TatQaScores } from './score.js';

/** 1 where the answer is TAT-QA's, scale included, as its own evaluation decides. */
export const tatQaExactMatch = scorer('tatqa_exact_match', ({ exactMatch }) => exactMatch);
/** Words in common with the wanted spans; of calculated answers the exact match. */
export const tatQaF1 = scorer('tatqa_f1', ({ f1 }) => f1);
/** 1 where the scale is the wanted one. */
export const tatQaScale = scorer('tatqa_scale', ({ scaleMatch }) => scaleMatch);

/** Undefined for items that are no records of TAT-QA. */
function scorer(name: string, figure: (scores: TatQaScores) => number): Scorer {
  return {
    name,
    score: ({ text }, item) => {
      const gold = tatQaGold(item);
      return gold && figure(scoreTatQa(gold, readTatQaAnswer(text)));
    },
  };
}

/** The wanted answer in an item's record: fields `answer`, `answer_type` and `scale` as in the data set. */
function tatQaGold({ fields }: BenchmarkItem): TatQaGold | undefined {
  const { answer, answer_type, scale } = fields;
  const isPart = (part: unknown): boolean => typeof part === 'string' || typeof part === 'number';
  if (typeof answer_type !== 'string' || typeof scale !== 'string') return undefined;
  if (!(Array.isArray(answer) ? answer.every(isPart) : isPart(answer))) return undefined;
  return { answer: answer as TatQaGold['answer'], answer_type, scale };
}
