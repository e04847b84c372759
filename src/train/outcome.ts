/**
 * How a training ended.
 * @module
 */
import { type EvaluationMetrics, isEvaluation, type Metrics, type StepMetrics } from './metrics.js';
import { epochAfter, type Plan } from './plan.js';
import { extendedStage, lastSteps } from './stage-steps.js';

/** How a training ended. */
export interface TrainingOutcome {
  /** `paused`: the steps that were asked for are done, others follow. */
  state: 'done' | 'paused' | 'interrupted';
  /** Optimizer steps done, of `steps`. */
  step: number;
  steps: number;
  epoch: number;
  /** Optimizer steps that the run made; fewer than `step` where a stage ended early or was not extended. */
  stepsMade: number;
  /** Step of the checkpoint that the run was resumed from. */
  resumedFrom?: number;
  /** Loss of the last step. */
  loss?: number;
  /** First and last evaluation, and the lowest one of the stage that was trained last. */
  firstEvaluation?: { step: number; evalLoss: number };
  lastEvaluation?: { step: number; evalLoss: number };
  bestEvaluation?: { step: number; evalLoss: number };
  /** Folder with the adapter or the model, once the run is done. */
  result?: string;
  /** Of this call, without earlier parts of the run. */
  seconds: number;
  tokens: number;
  /** What happened that people should know, for example a broken checkpoint that was passed over. */
  notes: string[];
}

/**
 * The evaluation with the lowest loss among those of the stage that was trained last, extensions included, that have a
 * checkpoint; the first one on a tie.
 */
export function bestEvaluation(lines: readonly Metrics[], plan: Plan): EvaluationMetrics | undefined {
  const ends = new Set(lastSteps(lines, plan).values());
  const stage = extendedStage(plan, lines.at(-1)?.stage ?? '');
  let best: EvaluationMetrics | undefined;
  for (const line of lines) {
    if (!isEvaluation(line) || line.step === 0 || extendedStage(plan, line.stage) !== stage) continue;
    if (plan.save[line.step - 1] !== 1 && !ends.has(line.step)) continue;
    if (!best || line.eval_loss < best.eval_loss) best = line;
  }
  return best;
}

/** What an outcome says of steps and losses, from the lines of `metrics.jsonl`. */
export function figures(
  lines: readonly Metrics[],
  plan: Plan,
): Pick<TrainingOutcome, 'stepsMade' | 'loss' | 'firstEvaluation' | 'lastEvaluation' | 'bestEvaluation'> {
  const evaluated = lines.filter(isEvaluation);
  const short = (line: EvaluationMetrics | undefined) =>
    line && { step: line.step, evalLoss: line.eval_loss };
  return {
    stepsMade: lines.length - evaluated.length,
    loss: lines.findLast((line): line is StepMetrics => !isEvaluation(line))?.loss,
    firstEvaluation: short(evaluated[0]),
    lastEvaluation: short(evaluated.at(-1)),
    bestEvaluation: short(bestEvaluation(lines, plan)),
  };
}

/** Of a run that was finished before. */
export function finishedOutcome(lines: readonly Metrics[], plan: Plan, result: string): TrainingOutcome {
  const step = lines.at(-1)?.step ?? 0;
  return {
    state: 'done',
    step,
    steps: plan.header.totals.steps,
    epoch: epochAfter(plan, step),
    ...figures(lines, plan),
    result,
    seconds: 0,
    tokens: 0,
    notes: [],
  };
}

/** Whether the result is the best checkpoint and not the last. */
export function loadsBest(plan: Plan): boolean {
  return plan.header.stages.at(-1)?.settings.load_best_model_at_end ?? false;
}
