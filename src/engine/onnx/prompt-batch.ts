/**
 * What is asked of generation and what it tells: batches of prompts, settings, progress, and new tokens after what was
 * computed before.
 * @module
 */
import type { Tensor } from 'onnxruntime-node';
import type { KeyValueCache } from './key-value-cache.js';
import type { Sampling } from './sampling.js';

/** Prompts that begin with the same tokens. */
export interface PromptGroup {
  /** The shared beginning; may be empty. */
  prefix: number[];
  /** What follows in each prompt, at least one token, and the path of its random stream. */
  members: { rest: number[]; id: string }[];
}

/** Groups that are answered together. */
export interface PromptBatch {
  /** Beginning that all groups share and that their prefixes leave out; may be empty. */
  root: number[];
  groups: PromptGroup[];
}

/** When to stop and how to choose. */
export interface GenerateSettings extends Sampling {
  maxNewTokens: number;
  stopTokenIds: readonly number[];
}

/** What became of one answer. */
export interface AnswerProgress {
  /** Place of its prompt in the batch: groups in their order, members in theirs. */
  index: number;
  /** New since the last time, the stop token left out. */
  tokens: number[];
  /** Whether it is over: at a stop token (`stopped`) or at the length limit. */
  done: boolean;
  stopped: boolean;
}

/** New tokens of the rows of a batch. */
export interface NewTokens {
  rows: readonly (readonly number[])[];
  /** Consecutive rows that share a row of the prefix. */
  members: number;
  /** Tokens that stand before each row. */
  offsets: readonly number[];
}

/** Where new tokens are computed: after what, and what keeps their keys and values. */
export interface Surroundings {
  prefix?: KeyValueCache;
  past?: KeyValueCache;
  into: KeyValueCache;
}

/** What the graph says of the tokens that follow `count` rows, from row `first` on: see `GenerateGraph.next`. */
export interface NextTokens {
  first: number;
  count: number;
  next: Tensor;
}
