/**
 * A plan in figures, before anything is computed.
 * @module
 */
import type { Plan, PlanTotals } from './plan.js';

/** A plan in figures, for people. */
export interface PlanSummary extends PlanTotals {
  stages: { name: string; steps: number }[];
  /** Rows of a full step and of the smallest one. */
  rows_per_step: number;
  smallest_step: number;
  evaluations: number;
  checkpoints: number;
  /** The learning rate along the run: at most 12 points, the highest among them. */
  learning_rate: { step: number; value: number }[];
}

/** Sums up a plan. */
export function describePlan(plan: Plan): PlanSummary {
  const { header, stepOffsets, learningRate } = plan;
  const { steps } = header.totals;
  const sizes = Int32Array.from(
    { length: steps },
    (_, index) => stepOffsets[index + 1]! - stepOffsets[index]!,
  );
  sizes.sort();
  const points = new Set([learningRate.indexOf(learningRate.reduce((a, b) => Math.max(a, b)))]);
  for (let point = 0; point <= 10; point++) points.add(Math.round(((steps - 1) * point) / 10));
  const count = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0);
  return {
    ...header.totals,
    stages: header.stages.map(({ name, steps }) => ({ name, steps })),
    rows_per_step: sizes[steps - 1]!,
    smallest_step: sizes[0]!,
    evaluations: count(plan.evaluate) + (header.evaluate_at_start ? 1 : 0),
    checkpoints: count(plan.save) + 1,
    learning_rate: [...points]
      .sort((a, b) => a - b)
      .map((index) => ({ step: index + 1, value: learningRate[index]! })),
  };
}
