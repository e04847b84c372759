/**
 * A model on the disk, opened: configuration, weights, tokenizer and chat template.
 * @module
 */
import type { ModelConfig } from './config.js';
import type { Tokenizer } from './tokenizer.js';
import type { WeightStore } from './weights.js';

/** An opened model. */
export interface Model {
  /** As the user named it. */
  name: string;
  /** Folder or file that it was opened from. */
  path: string;
  /** Repository on the hub, when it was named by catalog name or hub id. */
  hubId?: string;
  /** Hub revision (commit), when it came from there. */
  revision?: string;
  config: ModelConfig;
  tokenizer: Tokenizer;
  /** Jinja source of the chat template, when the model has one. */
  chatTemplate?: string;
  /** Hex digest of configuration and weights (file sizes, headers and sampled content; stable between machines). */
  hash: string;
  weights: WeightStore;
}
