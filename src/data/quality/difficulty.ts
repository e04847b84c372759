/**
 * Instruction-following difficulty: how little a question helps a model to foresee the answer.
 * @module
 */
import { AttuneError } from '../../errors.js';
import type { OnProgress } from '../../progress.js';
import type { Item } from '../item.js';
import type { AnswerLoss, DataModel } from './data-model.js';

/**
 * IFD of an answer: its loss with the question over its loss without (Li et al. 2023, arXiv 2308.12032, section 2.2).
 * Near 0 the question gives the answer away; near 1 it hardly helps; above 1 question and answer do not belong together.
 * Undefined where the answer alone has no loss.
 */
export function instructionDifficulty({ conditional, unconditional }: AnswerLoss): number | undefined {
  const ratio = conditional / unconditional;
  return Number.isFinite(ratio) && ratio >= 0 ? ratio : undefined;
}

/**
 * Items with `scores.difficulty` (IFD) and `scores.loss` (nats per answer token, for the hardness). Items without an
 * answer stay as they are.
 *
 * @throws AttuneError when the model gives another number of losses than it was asked for
 */
export async function measureDifficulty(
  items: readonly Item[],
  model: DataModel,
  options: { onProgress?: OnProgress; signal?: AbortSignal } = {},
): Promise<Item[]> {
  const asked = items.filter(({ messages }) => messages?.at(-1)?.role === 'assistant');
  if (asked.length === 0) return [...items];
  const losses = await model.answerLosses(
    asked.map(({ id, messages }) => ({ id, messages: messages! })),
    options,
  );
  if (losses.length !== asked.length) {
    throw new AttuneError(`the model gave ${losses.length} losses for ${asked.length} items`, {
      field: 'data.quality.difficulty',
      fix: 'choose another model, or turn the measure off',
    });
  }
  const lossOf = new Map(asked.map((item, at) => [item, losses[at]!]));
  return items.map((item) => {
    const loss = lossOf.get(item);
    if (!loss || !Number.isFinite(loss.conditional)) return item;
    const difficulty = instructionDifficulty(loss);
    return {
      ...item,
      scores: { ...item.scores, loss: loss.conditional, ...(difficulty === undefined ? {} : { difficulty }) },
    };
  });
}
