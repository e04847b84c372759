/**
 * The plan: a training run as data. Every optimizer step has its rows, learning rate, stage and normaliser,
 * and says whether to evaluate and save after it. Engines execute it and decide nothing themselves.
 * @module
 */
import type { ShardSet } from '../chat/shard.js';
import { AttuneError } from '../errors.js';
import type { Plan, PlanInput, PlannedShards, PlanSettings, PlanStage, ShardsToPlan } from './plan-types.js';
import { learningRates } from './schedule.js';
import { planPlainRun, planStage } from './stage-plan.js';

export type * from './plan-types.js';

/**
 * Plans a run. Equal input gives an equal plan.
 *
 * Without stages the last step of an epoch takes the rows that are left; the normaliser makes its loss right.
 * Fractions of epochs are rounded up to whole steps, as Transformers does. Stages follow one another, each
 * with its own mix, order and schedule; nothing about a stage depends on a later one.
 *
 * @throws {AttuneError} on no rows, on a row without supervised tokens, where a step cannot hold
 * `max_rows_per_context_per_step`, on a part of a stage without rows, and where an order lacks its keys
 */
export function makePlan(input: PlanInput): Plan {
  const { shards, evalShards, settings, seed } = input;
  checkRows(shards);
  const evaluated = evalShards !== undefined && evalShards.rows > 0;
  const dealt = input.stages?.flatMap((stage) => planStage(input, stage)) ?? [planPlainRun(input)];
  const stages: PlanStage[] = [];
  const rows: number[] = [];
  const stepOffsets = [0];
  const learningRate: number[] = [];
  const normaliser: number[] = [];
  const stage: number[] = [];
  const evaluate: number[] = [];
  const save: number[] = [];
  for (const { steps, entry } of dealt) {
    const { name, ...more } = entry;
    stages.push({ name, first_step: stage.length + 1, steps: steps.length, ...more });
    for (const stepRows of steps) {
      for (const row of stepRows) rows.push(row);
      stepOffsets.push(rows.length);
      normaliser.push(sum(stepRows, shards.supervisedPerRow));
      stage.push(stages.length - 1);
    }
    for (const rate of learningRates(entry.settings, steps.length)) learningRate.push(rate);
    const flags = stepFlags(entry.settings, steps.length, evaluated);
    for (const flag of flags.evaluate) evaluate.push(flag);
    for (const flag of flags.save) save.push(flag);
  }
  return {
    header: {
      format: 'attune-plan',
      version: 1,
      seed,
      engine: input.engine,
      stages,
      shards: {
        train: {
          ...plannedShards(shards, input.files?.train),
          ...(input.pools && { pools: [...input.pools] }),
        },
        ...(evaluated && { evaluation: plannedShards(evalShards, input.files?.evaluation) }),
      },
      evaluate_at_start: evaluated && (settings.eval_on_start ?? true),
      totals: {
        steps: stage.length,
        epochs: rows.length / shards.rows,
        rows: rows.length,
        tokens: sum(rows, shards.lengthPerRow),
        supervised_tokens: sum(rows, shards.supervisedPerRow),
      },
    },
    rows: Int32Array.from(rows),
    stepOffsets: Int32Array.from(stepOffsets),
    learningRate: Float32Array.from(learningRate),
    normaliser: Int32Array.from(normaliser),
    stage: Int32Array.from(stage),
    evaluate: Uint8Array.from(evaluate),
    save: Uint8Array.from(save),
  };
}

function plannedShards({ hash, rows, length }: ShardsToPlan, files: string[] = []): PlannedShards {
  return { ...(hash !== undefined && { hash }), rows, length, files };
}

function sum(rows: readonly number[], perRow: Int32Array): number {
  return rows.reduce((total, row) => total + perRow[row]!, 0);
}

/** Steps of a stage that are followed by an evaluation and by a checkpoint: in intervals, and the last one. */
function stepFlags(
  settings: PlanSettings,
  steps: number,
  evaluated: boolean,
): { evaluate: number[]; save: number[] } {
  const every = (interval: number) =>
    Array.from({ length: steps }, (_, index) =>
      index + 1 === steps || (interval > 0 && (index + 1) % interval === 0) ? 1 : 0,
    );
  const evaluate = evaluated ? every(settings.eval_steps) : Array<number>(steps).fill(0);
  const save = every(settings.save_steps).map((flag, index) =>
    settings.load_best_model_at_end && evaluate[index] ? 1 : flag,
  );
  return { evaluate, save };
}

function checkRows(shards: ShardSet): void {
  if (shards.rows === 0) {
    throw new AttuneError('there are no rows to train on', {
      fix: 'check the data set with `attune data check`',
    });
  }
  const empty = shards.supervisedPerRow.indexOf(0);
  if (empty < 0) return;
  const ids = shards.examples.filter((example) => example.row === empty).map((example) => example.id);
  const all = shards.supervisedPerRow.reduce((count, supervised) => count + (supervised === 0 ? 1 : 0), 0);
  throw new AttuneError(
    `row ${empty} has no supervised token, nothing can be learned from it (examples: ${listIds(ids)}); ${all} of ${shards.rows} rows are like this`,
    {
      fix: 'look at the rows with `attune data inspect`; each needs an answer that lies within max_length',
    },
  );
}

/** The first ids of a list, as text for a message. */
export function listIds(ids: readonly string[]): string {
  if (ids.length === 0) return 'none known';
  return ids.length > 5 ? `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more` : ids.join(', ');
}

/** Rows of optimizer step `step` (from 1), divided into micro-batches. */
export function microBatches(plan: Plan, step: number): number[][] {
  const size = plan.header.stages[plan.stage[step - 1]!]!.settings.per_device_train_batch_size;
  const batches: number[][] = [];
  for (let begin = plan.stepOffsets[step - 1]!; begin < plan.stepOffsets[step]!; begin += size) {
    batches.push([...plan.rows.subarray(begin, Math.min(begin + size, plan.stepOffsets[step]!))]);
  }
  return batches;
}

/**
 * Epochs done after `step` optimizer steps: whole at the end of an epoch. In a plan of several stages passes over
 * the rows of the step's stage that are not replayed, from 0 at the stage's beginning.
 */
export function epochAfter(plan: Plan, step: number): number {
  const stage = plan.header.stages[plan.stage[step - 1] ?? 0]!;
  if (step === 0 || !stage.parts) return plan.stepOffsets[step]! / plan.header.shards.train.rows;
  const rows = stage.parts.reduce((sum, part) => sum + (part.replay ? 0 : part.rows), 0);
  return newRowsAfter(plan)[step]! / rows;
}

/** Counts of {@link newRowsAfter}, which the loop asks for after every step. */
const newRows = new WeakMap<Plan, Int32Array>();

/** For each step the rows without replay of its stage, counted from the stage's beginning up to the step's end. */
function newRowsAfter(plan: Plan): Int32Array {
  const known = newRows.get(plan);
  if (known) return known;
  const { rows, stepOffsets, stage, header } = plan;
  const counts = new Int32Array(stepOffsets.length);
  stage.forEach((index, step) => {
    const { first_step, parts = [] } = header.stages[index]!;
    const isNew = (row: number) =>
      parts.some((part) => !part.replay && row >= part.first_row && row < part.first_row + part.rows);
    const before = step + 1 === first_step ? 0 : counts[step]!;
    counts[step + 1] = before + rows.subarray(stepOffsets[step], stepOffsets[step + 1]).filter(isNew).length;
  });
  newRows.set(plan, counts);
  return counts;
}
