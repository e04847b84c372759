/**
 * What is asked of generation and what it tells.
 * @module
 */
import type { KeyValueCache } from './key-value-cache.js';
import type { Sampling } from './sampling.js';

/** When to stop and how to choose. */
export interface GenerateSettings extends Sampling {
  maxNewTokens: number;
  stopTokenIds: readonly number[];
}

/** A prompt that waits for its answer. */
export interface GenerateRequest {
  /** How it is spoken of; no two at a time have the same. */
  number: number;
  /** The prompt's tokens, at least one. */
  ids: readonly number[];
  /** Path of its random stream: answers to equal prompts differ by it, and by `settings.seed`. */
  stream: string;
  settings: GenerateSettings;
}

/** What became of one answer. */
export interface AnswerProgress {
  number: number;
  /** New since the last time, the stop token left out. */
  tokens: number[];
  /** Whether it is over: at a stop token (`stopped`) or at the length limit. */
  done: boolean;
  stopped: boolean;
}

/** Rows of a prefix that sequences continue. */
export interface PrefixUse {
  cache: KeyValueCache;
  /** Rows of it that are given to the graph, from the first. */
  rows: number;
  /** For each sequence the row that it continues, and how many of that row's tokens it sees; 0 is none. */
  of: readonly number[];
  seen: readonly number[];
}

/** New tokens of some sequences, and what stands before them. */
export interface NewTokens {
  /** Several tokens for each sequence, or one after a past. */
  kind: 'read' | 'step';
  rows: readonly (readonly number[])[];
  /** Tokens that stand before each row. */
  offsets: readonly number[];
  prefix?: PrefixUse;
  /** Its row i is the past of row i. */
  past?: KeyValueCache;
  wants: 'keys' | 'next' | 'logits';
}

/** What the graph says of new tokens. */
export interface ComputedTokens {
  /** Keys of every layer, then values of every layer, [rows, kvHeads, length, headDim] each. */
  arrays: Float32Array[];
  /** Tokens of the longest row. */
  length: number;
  /** The most likely token after each row, where wanted. */
  next?: BigInt64Array;
  /** [rows, vocabulary], where wanted. */
  logits?: Float32Array;
}
