/**
 * The stages of a plan as the loop walks through them.
 * @module
 */
import type { StageStart } from './engine.js';
import type { Metrics } from './metrics.js';
import type { Plan } from './plan.js';

/** Optimizer steps from `first` to `last`, 1-based, both included. */
export interface StepRange {
  first: number;
  last: number;
}

/** The steps of each stage that is executed in any case: of all but extensions. */
export function plannedRanges(plan: Plan): StepRange[] {
  return plan.header.stages
    .filter((stage) => stage.extends === undefined)
    .map(({ first_step, steps }) => ({ first: first_step, last: first_step + steps - 1 }));
}

/** Number of the stage, from 0, that optimizer step `step` belongs to; checkpoint 0 belongs to the first. */
export function stageOf(plan: Plan, step: number): number {
  return step === 0 ? 0 : plan.stage[step - 1]!;
}

/**
 * What the engine has to do between two steps that follow each other in the run: nothing inside a stage, at the very
 * beginning and where an extension goes on with its stage.
 */
export function startBetween(plan: Plan, before: number, next: number): StageStart | undefined {
  const stage = stageOf(plan, next);
  if (before === 0 || stageOf(plan, before) === stage) return undefined;
  const { carry = 'adapter', optimizer = 'fresh', extends: extended } = plan.header.stages[stage]!;
  return extended === undefined ? { carry, optimizer, stage } : undefined;
}

/** The last executed step of each stage, in the order of the plan. */
export function lastSteps(lines: readonly Metrics[], plan: Plan): Map<number, number> {
  const last = new Map<number, number>();
  for (const { step } of lines) if (step > 0) last.set(stageOf(plan, step), step);
  return last;
}

/** Name of the stage that the one named `name` is or lengthens. */
export function extendedStage(plan: Plan, name: string): string {
  return plan.header.stages.find((stage) => stage.name === name)?.extends ?? name;
}
