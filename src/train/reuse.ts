/**
 * What a run keeps when later stages of its plan are edited: everything up to the end of the last stage that stayed the
 * same.
 * @module
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { clearLeftovers } from './checkpoints.js';
import { isEvaluation, type Metrics, MetricsLog } from './metrics.js';
import type { Plan } from './plan.js';
import { stageDirectory, stagesFolder } from './stage-records.js';

/** How many stages from the first on two plans share, by their digests. */
export function commonStages(before: readonly string[] | undefined, now: readonly string[]): number {
  const differs = now.findIndex((hash, stage) => hash !== before?.[stage]);
  return differs < 0 ? now.length : differs;
}

/** What training writes into a run folder. */
export const runFiles = {
  metrics: 'metrics.jsonl',
  checkpoints: 'checkpoints',
  adapter: 'adapter',
  model: 'model',
} as const;

/**
 * Cuts a run back to optimizer step `step`: later checkpoints, later lines of metrics and the result go. A cut that was
 * broken off can be made again.
 *
 * @returns the lines of metrics that are left
 */
export async function cutAfter(directory: string, step: number): Promise<readonly Metrics[]> {
  for (const result of [runFiles.adapter, runFiles.model]) {
    await rm(join(directory, result), { recursive: true, force: true });
  }
  await clearLeftovers(join(directory, runFiles.checkpoints), step);
  const log = await MetricsLog.open(join(directory, runFiles.metrics), step);
  await log.close();
  return log.lines;
}

/**
 * Cuts a run back to the end of the first `stages` stages of `plan`, as {@link cutAfter} does; what the others left goes too.
 *
 * @returns names of the stages of which something is left
 */
export async function cutRun(directory: string, plan: Plan, stages: number): Promise<string[]> {
  const kept = plan.header.stages.slice(0, stages);
  const { first_step, steps } = kept.at(-1)!;
  const lines = await cutAfter(directory, first_step + steps - 1);
  const names = new Set(kept.map(({ name }) => name));
  for (const stage of await readdir(join(directory, stagesFolder)).catch(() => [])) {
    if (!names.has(stage)) await rm(join(directory, stageDirectory(stage)), { recursive: true, force: true });
  }
  const trained = new Set(lines.filter((line) => !isEvaluation(line)).map(({ stage }) => stage));
  return kept.map(({ name }) => name).filter((name) => trained.has(name));
}
