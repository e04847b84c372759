/**
 * The error of a step that gave no usable numbers.
 * @module
 */
import { AttuneError } from '../errors.js';
import { checkpointDirectory } from './checkpoints.js';
import { listIds } from './plan.js';

/** Where it happened. */
export interface FailedStep {
  /** The run folder. */
  directory: string;
  step: number;
  rows: readonly number[];
  /** Step of the newest checkpoint. */
  saved: number;
  examplesOfRow?: (row: number) => readonly string[];
}

/** The engine's error with step, rows, examples, and the state that is kept. */
export function stepError(error: AttuneError, failed: FailedStep): AttuneError {
  const { step, rows, saved } = failed;
  const ids = rows.flatMap((row) => failed.examplesOfRow?.(row) ?? []);
  const place = error.message.includes(`step ${step}`) ? '' : `step ${step}, rows ${rows.join(', ')}: `;
  const examples = ids.length > 0 ? ` (examples: ${listIds(ids)})` : '';
  const kept = `the state after step ${saved} is kept in ${checkpointDirectory('checkpoints', saved)}`;
  return new AttuneError(`${place}${error.message}${examples}; ${kept}`, {
    file: error.file ?? failed.directory,
    field: error.field,
    fix: error.fix ?? 'look at these examples with `attune data inspect`, or lower learning_rate',
    cause: error,
  });
}
