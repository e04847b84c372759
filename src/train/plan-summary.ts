/**
 * A plan in figures, before anything is computed.
 * @module
 */
import type { Plan, PlannedPart, PlanStage, PlanTotals } from './plan.js';
import { type PlanPoint, partsOf, planPoints } from './plan-points.js';

/** A stage in figures. */
export interface StageSummary extends Pick<PlanStage, 'order' | 'carry' | 'optimizer' | 'extends'> {
  name: string;
  first_step: number;
  steps: number;
  tokens: number;
  supervised_tokens: number;
  parts: PlannedPart[];
  /** The highest learning rate of its steps. */
  learning_rate: number;
}

/** A plan in figures, for people. */
export interface PlanSummary extends PlanTotals {
  /** Steps that are passed over unless a gate asks for them. */
  extension_steps: number;
  stages: StageSummary[];
  /** Rows of a full step and of the smallest one. */
  rows_per_step: number;
  smallest_step: number;
  evaluations: number;
  checkpoints: number;
  /** The learning rate along the run: at most 12 points, the highest among them. */
  learning_rate: { step: number; value: number }[];
  /** Learning rate and mix along the run: at most 200 points. */
  points: PlanPoint[];
  /** What the plan could not hold. */
  notes: string[];
}

/** A share may be so far from the one that was wanted; from about a hundred rows on it is nearer in practice. */
const shareTolerance = 0.01;

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
    extension_steps: header.stages.reduce((sum, stage) => sum + (stage.extends ? stage.steps : 0), 0),
    stages: header.stages.map((stage) => describeStage(plan, stage)),
    rows_per_step: sizes[steps - 1]!,
    smallest_step: sizes[0]!,
    evaluations: count(plan.evaluate) + (header.evaluate_at_start ? 1 : 0),
    checkpoints: count(plan.save) + 1,
    learning_rate: [...points]
      .sort((a, b) => a - b)
      .map((index) => ({ step: index + 1, value: learningRate[index]! })),
    points: planPoints(plan, 200),
    notes: header.stages.flatMap((stage) => [...rateNotes(plan, stage), ...shareNotes(plan, stage)]),
  };
}

function describeStage(plan: Plan, stage: PlanStage): StageSummary {
  const { name, first_step, steps, order, carry, optimizer } = stage;
  const { tokens = plan.header.totals.tokens, supervised_tokens = plan.header.totals.supervised_tokens } =
    stage;
  return {
    name,
    first_step,
    steps,
    tokens,
    supervised_tokens,
    ...(order && { order, carry, optimizer }),
    ...(stage.extends && { extends: stage.extends }),
    parts: partsOf(plan, stage),
    learning_rate: highestRate(plan, stage),
  };
}

function highestRate(plan: Plan, { first_step, steps }: PlanStage): number {
  return plan.learningRate
    .subarray(first_step - 1, first_step - 1 + steps)
    .reduce((most, rate) => Math.max(most, rate), 0);
}

/** The first step of a warm-up has the rate 0: a stage of one step can consist of nothing else. */
function rateNotes(plan: Plan, stage: PlanStage): string[] {
  if (highestRate(plan, stage) > 0) return [];
  return [
    `stage ${stage.name}: the learning rate of ${stage.steps === 1 ? 'its one step' : `its ${stage.steps} steps`} is 0, nothing is learned; set warmup_ratio to 0 or make it longer`,
  ];
}

function shareNotes(plan: Plan, { name, first_step, steps, parts = [] }: PlanStage): string[] {
  const rows = plan.stepOffsets[first_step - 1 + steps]! - plan.stepOffsets[first_step - 1]!;
  return parts
    .filter(({ share, wanted_share }) => Math.abs(share - wanted_share) > shareTolerance)
    .map(
      (part) =>
        `stage ${name}: ${part.name} has ${percent(part.share)} of the tokens, wanted are ${percent(part.wanted_share)}; its ${rows} rows do not come nearer`,
    );
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
