/**
 * A System: anything that answers prompts.
 * @module
 */
import type { Message } from '../data/example.js';

/** One question to a system. */
export interface Prompt {
  id: string;
  /** Ends with a user message; the system adds the assistant's turn. */
  messages: Message[];
}

/** What a system said. */
export interface Answer {
  id: string;
  text: string;
  /** Whether the answer ended by itself (end-of-turn token) and not at the length limit. */
  stopped: boolean;
  /** Tokens of the prompt and of the answer, where known. */
  promptTokens?: number;
  newTokens?: number;
  /** Log-probability of each generated token, where known. */
  logprobs?: number[];
}

/** How to generate. */
export interface GenerationSettings {
  max_new_tokens: number;
  /** 0 is greedy. */
  temperature: number;
  top_p: number;
  top_k: number;
  seed: number;
}

/** Anything that answers prompts: a base model, a model with an adapter, recorded answers. */
export interface System {
  /** Short name used in files and tables, for example `base`, `base-3-shot`, `tuned`. */
  readonly name: string;
  /** Hex digest of everything that determines the answers besides prompt and settings. */
  readonly hash: string;
  /** Yields answers as they are done, in any order. */
  answer(prompts: Prompt[], settings: GenerationSettings): AsyncIterable<Answer>;
  close(): Promise<void>;
}
