/**
 * A plan along its steps as a bounded number of points, for a picture.
 * @module
 */
import type { Plan, PlannedPart, PlanStage } from './plan.js';

/** Some steps of one stage, one after the other. */
export interface PlanPoint {
  first_step: number;
  last_step: number;
  /** Index of the stage. */
  stage: number;
  /** Mean over the steps. */
  learning_rate: number;
  /** Share of the tokens of each of the stage's parts, estimated from their rows and the part's mean row. */
  shares: number[];
}

/** At most `atMost` points; each stage has at least one, unless there are more stages than points. */
export function planPoints(plan: Plan, atMost: number): PlanPoint[] {
  const { stages } = plan.header;
  const counts = allot(
    stages.map(({ steps }) => steps),
    atMost,
  );
  return stages.flatMap(({ first_step, steps }, stage) =>
    Array.from({ length: counts[stage]! }, (_, index): PlanPoint => {
      const first = first_step + Math.floor((index * steps) / counts[stage]!);
      const last = first_step - 1 + Math.floor(((index + 1) * steps) / counts[stage]!);
      const rates = plan.learningRate.subarray(first - 1, last);
      return {
        first_step: first,
        last_step: last,
        stage,
        learning_rate: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
        shares: sharesOf(plan, stage, first, last),
      };
    }),
  );
}

/** The parts of a stage; a plan without stages is one part. */
export function partsOf(plan: Plan, stage: PlanStage): PlannedPart[] {
  if (stage.parts) return stage.parts;
  const { rows } = plan.header.shards.train;
  const { tokens, supervised_tokens, epochs } = plan.header.totals;
  const all = { name: 'all', replay: false, first_row: 0, rows, wanted_share: 1, share: 1 };
  return [{ ...all, tokens, supervised_tokens, epochs }];
}

function sharesOf(plan: Plan, stage: number, first: number, last: number): number[] {
  const parts = partsOf(plan, plan.header.stages[stage]!);
  const rows = plan.rows.subarray(plan.stepOffsets[first - 1], plan.stepOffsets[last]);
  const tokens = parts.map((part) => {
    const used = rows.filter((row) => row >= part.first_row && row < part.first_row + part.rows).length;
    return used === 0 ? 0 : (used * part.tokens) / (part.epochs * part.rows);
  });
  const all = tokens.reduce((sum, count) => sum + count, 0);
  return tokens.map((count) => count / all);
}

/** Divides `places` in proportion to `counts`, none more than its count, and at least one each where that is possible. */
function allot(counts: readonly number[], places: number): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all <= places) return [...counts];
  const least = counts.length <= places ? 1 : 0;
  const ideal = counts.map((count) => (places * count) / all);
  const given = ideal.map((share) => Math.max(least, Math.floor(share)));
  let left = places - given.reduce((sum, count) => sum + count, 0);
  while (left !== 0) {
    const sign = Math.sign(left);
    const wishes = given.map((count, index) =>
      sign < 0 && count <= least ? Number.NEGATIVE_INFINITY : sign * (ideal[index]! - count),
    );
    given[wishes.indexOf(Math.max(...wishes))]! += sign;
    left -= sign;
  }
  return given;
}
