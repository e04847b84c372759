/**
 * The course of a run, which are the steps that its gates let it make, where a gate was changed after the run: what was
 * trained on another course is cut off, so that the run ends as if its gates had always been these.
 * @module
 */
import { AttuneError } from '../../../errors.js';
import { listCheckpoints } from '../../../train/checkpoints.js';
import { isFinished, type TrainingOptions } from '../../../train/loop.js';
import { isEvaluation, readMetrics } from '../../../train/metrics.js';
import { cutAfter } from '../../../train/reuse.js';
import type { StepRange } from '../../../train/stage-steps.js';
import { shownPath } from '../job.js';

type OpenedRun = Pick<TrainingOptions, 'run' | 'plan'>;

/** What is needed of the run at a step. */
export type Need = 'nothing' | 'eval_loss' | 'checkpoint';

/** Whether the run passed `step` without making it, or has no longer what is needed of it. */
export async function hasPassedOver({ run, plan }: OpenedRun, step: number, need: Need): Promise<boolean> {
  const lines = await readMetrics(run.metricsFile);
  // Otherwise the training comes to the step by itself.
  if (!isFinished(run, plan) && !lines.some((line) => line.step > step)) return false;
  const at = lines.filter((line) => line.step === step);
  if (at.every(isEvaluation)) return true;
  if (need === 'eval_loss') return !at.some(isEvaluation);
  return need === 'checkpoint' && !(await listCheckpoints(run.checkpointsDirectory)).includes(step);
}

/** Whether the run made one of these steps. */
export async function hasMade({ run }: OpenedRun, { first, last }: StepRange): Promise<boolean> {
  return (await readMetrics(run.metricsFile)).some(({ step }) => step >= first && step <= last);
}

/**
 * Takes a run back to `step`, or to the last checkpoint before it.
 *
 * @param begun last step of the stage before, 0 for the first: what is left must reach there
 * @throws AttuneError where there is no such checkpoint, before anything is deleted
 */
export async function takeBack({ run }: OpenedRun, step: number, begun: number): Promise<void> {
  const checkpoints = await listCheckpoints(run.checkpointsDirectory);
  if (!checkpoints.some((saved) => saved >= begun && saved <= step)) {
    throw new AttuneError(
      `the run has to be taken back to step ${step} because a gate was changed, and there is no checkpoint from step ${begun} to ${step}`,
      {
        file: shownPath(run.checkpointsDirectory),
        fix: 'undo the change of the gate, or delete the folder of the run to start anew',
      },
    );
  }
  // First of all: without its result a run must not say that it is done.
  await run.setState('running');
  await cutAfter(run.directory, step);
}
