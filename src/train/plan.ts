/**
 * The plan: a training run as data. Every optimizer step has its rows, learning rate, stage and normaliser,
 * and says whether to evaluate and save after it. Engines execute it and decide nothing themselves.
 * @module
 */
import type { ShardSet } from '../chat/shard.js';
import { AttuneError } from '../errors.js';
import { randomStream } from '../random.js';
import type { LengthSettings } from '../recipe/stages/length.js';
import type { StageSettings } from '../recipe/stages.js';
import { orderEpoch } from './order.js';
import { learningRates, type ScheduleSettings } from './schedule.js';
import type { EngineSettings } from './settings.js';

/** The settings that shape a plan, names as in Transformers. */
export interface PlanSettings extends ScheduleSettings {
  /** How often every row is used; fractions are allowed. */
  num_train_epochs: number;
  /** Optimizer steps in all; replaces `num_train_epochs` unless -1. */
  max_steps: number;
  /** Rows in one micro-batch. */
  per_device_train_batch_size: number;
  /** Micro-batches in one optimizer step; only the product with the batch size shapes the plan. */
  gradient_accumulation_steps: number;
  /** Steps between two evaluations; 0 evaluates only after the last step. */
  eval_steps: number;
  /** Steps between two checkpoints; 0 saves only after the last step. */
  save_steps: number;
  /** Whether to evaluate before the first step too; default true. */
  eval_on_start?: boolean;
  /** Whether the result is the checkpoint with the lowest `eval_loss`; every evaluated step is then saved. */
  load_best_model_at_end?: boolean;
  /** At most so many rows of one context in a step; absent: spread as evenly as possible. */
  max_rows_per_context_per_step?: number;
}

/** Rows to plan with. Opened shards bring the digest of their content along. */
export type ShardsToPlan = ShardSet & { readonly hash?: string };

/** Order of the rows of a pass; see the recipe's `stages[].order`. */
export type RowOrder = StageSettings['order'];

/** Rows of one part of a stage's mix: they lie together in the training shards. */
export interface PartToPlan {
  /** `all` where the stage has no mix, `replay` for what is replayed. */
  name: string;
  firstRow: number;
  rows: number;
  /** Wanted share of the stage's tokens; those of a stage's parts add up to 1. */
  share: number;
  /** Replay does not count as a pass over the stage's examples. */
  replay: boolean;
  /** For each row what it is ordered by, in `order`s that need it: the mean hardness or base loss of its examples. */
  keys?: Float64Array;
}

/** A stage as the recipe wants it, with its rows. */
export interface StageToPlan {
  name: string;
  /** Of these, `num_train_epochs` does not hold: the length does; `max_steps` is a bound unless -1. */
  settings: PlanSettings;
  length: LengthSettings;
  order: RowOrder;
  parts: readonly PartToPlan[];
  carry: StageSettings['carry'];
  optimizer: StageSettings['optimizer'];
  /** Rounds by which a gate may lengthen it; they are planned as stages of their own, and passed over where not needed. */
  extension?: { length: LengthSettings; times: number };
}

/** A part of a planned stage: what was wanted, and what its steps hold. */
export interface PlannedPart {
  name: string;
  replay: boolean;
  /** Rows of the training shards that it takes from. */
  first_row: number;
  rows: number;
  /** Wanted share of the stage's tokens. */
  wanted_share: number;
  /** Share of the stage's tokens as planned. */
  share: number;
  tokens: number;
  supervised_tokens: number;
  /** Passes over the part's rows. */
  epochs: number;
}

/** Which rows a plan's row numbers mean. */
export interface PlannedShards {
  /** Digest of the rows' content, so that a run is never resumed with other tokens. */
  hash?: string;
  rows: number;
  /** Tokens in a row, padding included. */
  length: number;
  /** Files of the rows in their order, relative to the folder of the shards; empty when not given. */
  files: string[];
}

/** A part of the run with settings of its own. */
export interface PlanStage {
  name: string;
  /** First optimizer step of the stage, from 1. */
  first_step: number;
  steps: number;
  settings: PlanSettings;
  /** The rest is there in a plan of several stages. */
  order?: RowOrder;
  /** What it begins with: the adapter of the stage before, or a fresh one over that one merged into the base. */
  carry?: StageSettings['carry'];
  optimizer?: StageSettings['optimizer'];
  parts?: PlannedPart[];
  tokens?: number;
  supervised_tokens?: number;
  /** Name of the stage that this one lengthens where its gate asks for it; it is passed over otherwise. */
  extends?: string;
}

/** What is constant in a run: the content of `plan.json`. */
export interface PlanHeader {
  format: 'attune-plan';
  version: 1;
  seed: number;
  /** Method, precision, adapter and optimizer; the same for every engine. */
  engine: EngineSettings;
  stages: PlanStage[];
  /** `pools`: of several stages, the shards that `train` joins, one after the other. */
  shards: { train: PlannedShards & { pools?: PlannedShards[] }; evaluation?: PlannedShards };
  /** Whether to evaluate before the first step. */
  evaluate_at_start: boolean;
  totals: PlanTotals;
}

/** Sums over all steps. */
export interface PlanTotals {
  steps: number;
  epochs: number;
  rows: number;
  /** Tokens that are computed, padding excluded. */
  tokens: number;
  supervised_tokens: number;
}

/** A run as data; arrays as in `plan.safetensors`, index 0 is optimizer step 1. */
export interface Plan {
  readonly header: PlanHeader;
  /** Row numbers of all steps, one after the other. */
  readonly rows: Int32Array;
  /** Where each step's rows begin in `rows`, and their end: `[steps + 1]`. */
  readonly stepOffsets: Int32Array;
  readonly learningRate: Float32Array;
  /** Supervised tokens of the step. */
  readonly normaliser: Int32Array;
  /** Index into `header.stages`. */
  readonly stage: Int32Array;
  /** 1 where the step is followed by an evaluation. */
  readonly evaluate: Uint8Array;
  /** 1 where the step is followed by a checkpoint. */
  readonly save: Uint8Array;
}

/** What a plan is made from. */
export interface PlanInput {
  /** Rows to train on. */
  shards: ShardsToPlan;
  /** For each row the contexts that it holds, from `tokens/index.json`. */
  contextsPerRow?: readonly (readonly string[])[];
  /** Rows to evaluate on; without them nothing is evaluated. */
  evalShards?: ShardsToPlan;
  settings: PlanSettings;
  /** Stages one after the other; without them everything is one. */
  stages?: readonly StageToPlan[];
  /** What `shards` joins, in order. */
  pools?: readonly PlannedShards[];
  engine: EngineSettings;
  seed: number;
  /** Shard files, named in the plan for engines that read them themselves. */
  files?: { train: string[]; evaluation?: string[] };
}

/**
 * Plans a run. Equal input gives an equal plan.
 *
 * The last step of an epoch takes the rows that are left; the normaliser makes its loss right. Fractions of
 * epochs are rounded up to whole steps, as Transformers does.
 *
 * @throws {AttuneError} on no rows, on a row without supervised tokens, and where a step cannot hold
 * `max_rows_per_context_per_step`
 */
export function makePlan(input: PlanInput): Plan {
  const { shards, evalShards, settings, seed } = input;
  checkRows(shards);
  const rowsPerStep = settings.per_device_train_batch_size * settings.gradient_accumulation_steps;
  const stepsPerEpoch = Math.ceil(shards.rows / rowsPerStep);
  const steps =
    settings.max_steps > 0 ? settings.max_steps : Math.ceil(settings.num_train_epochs * stepsPerEpoch);

  const stepRows = dealSteps(input, steps, stepsPerEpoch, rowsPerStep);
  const stepOffsets = new Int32Array(steps + 1);
  const normaliser = new Int32Array(steps);
  let tokens = 0;
  let supervised = 0;
  stepRows.forEach((rows, step) => {
    stepOffsets[step + 1] = stepOffsets[step]! + rows.length;
    for (const row of rows) {
      normaliser[step]! += shards.supervisedPerRow[row]!;
      tokens += shards.lengthPerRow[row]!;
    }
    supervised += normaliser[step]!;
  });
  const rows = Int32Array.from(stepRows.flat());
  const every = (interval: number) =>
    Uint8Array.from({ length: steps }, (_, index) =>
      index + 1 === steps || (interval > 0 && (index + 1) % interval === 0) ? 1 : 0,
    );
  const evaluated = evalShards !== undefined && evalShards.rows > 0;
  const evaluate = evaluated ? every(settings.eval_steps) : new Uint8Array(steps);
  const save = every(settings.save_steps);
  if (settings.load_best_model_at_end) {
    evaluate.forEach((flag, index) => {
      if (flag) save[index] = 1;
    });
  }
  return {
    header: {
      format: 'attune-plan',
      version: 1,
      seed,
      engine: input.engine,
      stages: [{ name: 'main', first_step: 1, steps, settings }],
      shards: {
        train: plannedShards(shards, input.files?.train),
        ...(evaluated && { evaluation: plannedShards(evalShards, input.files?.evaluation) }),
      },
      evaluate_at_start: evaluated && (settings.eval_on_start ?? true),
      totals: {
        steps,
        epochs: rows.length / shards.rows,
        rows: rows.length,
        tokens,
        supervised_tokens: supervised,
      },
    },
    rows,
    stepOffsets,
    learningRate: learningRates(settings, steps),
    normaliser,
    stage: new Int32Array(steps),
    evaluate,
    save,
  };
}

function plannedShards({ hash, rows, length }: ShardsToPlan, files: string[] = []): PlannedShards {
  return { ...(hash !== undefined && { hash }), rows, length, files };
}

/** Rows of the first `steps` steps, epoch after epoch. */
function dealSteps(input: PlanInput, steps: number, stepsPerEpoch: number, rowsPerStep: number): number[][] {
  const dealt: number[][] = [];
  for (let epoch = 0; dealt.length < steps; epoch++) {
    const order = orderEpoch({
      rows: input.shards.rows,
      rowsPerStep,
      contextsPerRow: input.contextsPerRow,
      maxRowsPerContext: input.settings.max_rows_per_context_per_step,
      random: randomStream(input.seed, 'train', 'order', epoch),
    });
    for (let step = 0; step < stepsPerEpoch && dealt.length < steps; step++) {
      dealt.push(order.slice(step * rowsPerStep, (step + 1) * rowsPerStep));
    }
  }
  return dealt;
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

/** Epochs done after `step` optimizer steps: whole at the end of an epoch. */
export function epochAfter(plan: Plan, step: number): number {
  return plan.stepOffsets[step]! / plan.header.shards.train.rows;
}
