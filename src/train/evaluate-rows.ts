/**
 * The loss over the rows of the evaluation shards.
 * @module
 */
import { AttuneError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import type { TrainEngine } from './engine.js';

/** How rows are evaluated. */
export interface EvaluateOptions {
  /** Rows at once. */
  batchSize: number;
  /** The optimizer step before, for messages. */
  step: number;
  /** The run folder, for messages. */
  directory: string;
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/**
 * Mean loss of the supervised tokens of `rows`; nothing when it was interrupted.
 *
 * @throws {AttuneError} when the loss is not finite
 */
export async function evaluateRows(
  engine: TrainEngine,
  rows: readonly number[],
  { batchSize, step, directory, signal, onProgress }: EvaluateOptions,
): Promise<{ loss: number; supervisedTokens: number } | undefined> {
  let lossSum = 0;
  let supervisedTokens = 0;
  for (let done = 0; done < rows.length; done += batchSize) {
    if (signal?.aborted) return undefined;
    const batch = rows.slice(done, done + batchSize);
    const part = await engine.evaluate(batch, batchSize);
    lossSum += part.lossSum;
    supervisedTokens += part.supervisedTokens;
    onProgress?.({
      phase: 'evaluate',
      done: done + batch.length,
      total: rows.length,
      unit: 'rows',
      note: `after step ${step}`,
    });
  }
  const loss = lossSum / supervisedTokens;
  if (!Number.isFinite(loss)) {
    throw new AttuneError(`eval_loss after step ${step} is ${loss}`, {
      file: directory,
      field: 'eval_loss',
      fix:
        supervisedTokens === 0
          ? 'check the validation split: it has no supervised tokens'
          : 'lower learning_rate; the model has become unusable',
    });
  }
  return { loss, supervisedTokens };
}
