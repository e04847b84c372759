/**
 * Digests of a plan: of all of it, and of what determines the run up to the end of each stage, so that a stage
 * which ran before is found again after a later one was edited.
 * @module
 */
import { createHash } from 'node:crypto';
import { hashJson } from '../files.js';
import type { Plan, PlannedShards, PlanStage } from './plan.js';

/** Digest of a plan. */
export function hashPlan(plan: Plan): string {
  const { header, ...arrays } = plan;
  return digest(header, Object.values(arrays));
}

/**
 * For each stage of `header.stages` the SHA-256 of everything that determines the run up to its end: seed, engine,
 * evaluation, the stages up to there with their steps, and the pools that these take rows from. Later stages,
 * their pools and the plan's totals have no part in it. A plan that was made without stages has one digest, of
 * all of it.
 */
export function stageHashes(plan: Plan): string[] {
  const { seed, engine, shards, evaluate_at_start, stages } = plan.header;
  if (stages.every(({ parts }) => parts === undefined)) return [hashPlan(plan)];
  return stages.map(({ first_step, steps: stageSteps }, index) => {
    const upTo = stages.slice(0, index + 1);
    const steps = first_step - 1 + stageSteps;
    const rows = plan.stepOffsets[steps]!;
    const constant = {
      seed,
      engine,
      evaluation: shards.evaluation,
      evaluate_at_start,
      stages: upTo,
      pools: usedPools(shards.train, upTo),
      rows,
    };
    return digest(constant, [
      plan.rows.subarray(0, rows),
      plan.stepOffsets.subarray(0, steps + 1),
      plan.learningRate.subarray(0, steps),
      plan.normaliser.subarray(0, steps),
      plan.stage.subarray(0, steps),
      plan.evaluate.subarray(0, steps),
      plan.save.subarray(0, steps),
    ]);
  });
}

/** Pools with rows of the parts of `stages`, in their order. Where none are named, the shards are one pool. */
function usedPools(train: Plan['header']['shards']['train'], stages: readonly PlanStage[]): PlannedShards[] {
  const { pools, ...whole } = train;
  if (!pools) return [whole];
  const parts = stages.flatMap((stage) => stage.parts ?? []);
  let end = 0;
  return pools.filter((pool) => {
    const begin = end;
    end += pool.rows;
    return parts.some(({ first_row, rows }) => first_row < end && first_row + rows > begin);
  });
}

function digest(constant: unknown, arrays: readonly ArrayBufferView[]): string {
  const hash = createHash('sha256').update(hashJson(constant));
  for (const { buffer, byteOffset, byteLength } of arrays) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
