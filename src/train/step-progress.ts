/**
 * What people are told after every optimizer step.
 * @module
 */
import type { Progress } from '../progress.js';
import { formatDuration, type Pace } from './pace.js';
import type { Plan } from './plan.js';
import { plannedRanges, type StepRange, stageOf } from './stage-steps.js';

/** Where a training stands. */
export interface Standing {
  plan: Plan;
  /** The steps that are being executed. */
  range: StepRange;
  /** The step that was just made. */
  step: number;
  loss: number;
  /** Whether an evaluation follows at once. */
  evaluationFollows: boolean;
}

/** Stage, loss, speed and time left: of the steps that are being executed, and with the planned stages after them. */
export function stepProgress({ plan, range, step, loss, evaluationFollows }: Standing, pace: Pace): Progress {
  const { first, last } = range;
  const { stages } = plan.header;
  const seconds = (steps: StepRange): number => {
    const rows = plan.stepOffsets[steps.last]! - plan.stepOffsets[steps.first - 1]!;
    const evaluations = plan.evaluate
      .subarray(steps.first - 1, steps.last)
      .reduce((sum, flag) => sum + flag, evaluationFollows && steps.first === step + 1 ? 1 : 0);
    return pace.secondsLeft(rows, evaluations);
  };
  const left = seconds({ first: step + 1, last });
  const later = plannedRanges(plan).filter((stage) => stage.first > last);
  const all = later.reduce((sum, stage) => sum + seconds(stage), left);
  const stage = stages.length > 1 ? `stage ${stages[stageOf(plan, step)]!.name}: ` : '';
  const speed = `${Math.round(pace.tokensPerSecond())} tokens/s`;
  const rest = later.length > 0 ? ` (${formatDuration(all)} with the stages after it)` : '';
  return {
    phase: 'train',
    done: step - first + 1,
    total: last - first + 1,
    unit: 'steps',
    note: `${stage}loss ${loss.toFixed(3)}, ${speed}, ${formatDuration(left)} left${rest}`,
  };
}
