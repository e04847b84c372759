/**
 * A plan, and what one is made from, as types. `plan.ts` passes them on: import them from there.
 * @module
 */
import type { ShardSet } from '../chat/shard.js';
import type { LengthSettings } from '../recipe/stages/length.js';
import type { StageSettings } from '../recipe/stages.js';
import type { ScheduleSettings } from './schedule.js';
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
  /** Of each part's rows; replay is shuffled in any case. */
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
  /** How often a row of the training shards is used on average. */
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
