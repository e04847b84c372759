/**
 * A System: anything that answers prompts.
 * @module
 */
import type { Message } from '../data/example.js';

/**
 * What is put to a system: a conversation, or plain text that is continued as it stands, without a chat template. Exactly
 * one of the two is set.
 */
export interface PromptBody {
  /** Ends with a user message; the system adds the beginning of the assistant's turn. */
  messages?: Message[];
  text?: string;
}

/** One question to a system. */
export interface Prompt extends PromptBody {
  id: string;
  /** The answer ends before the first of these texts, besides at the end of the turn. */
  stop?: readonly string[];
}

/** What a system said. */
export interface Answer {
  id: string;
  text: string;
  /** Whether the answer ended by itself (end-of-turn token, stop text) and not at the length limit. */
  stopped: boolean;
  /** Tokens of the prompt and of the answer, where known. */
  promptTokens?: number;
  newTokens?: number;
  /** Log-probability of each generated token, where known. */
  logprobs?: number[];
  /** From question to answer, where it was measured. */
  seconds?: number;
  /** What it cost, in the currency of the system's prices. */
  cost?: number;
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

/** Texts whose probability is wanted, each as a continuation of the same prompt. */
export interface LikelihoodRequest extends PromptBody {
  id: string;
  /**
   * Continue `text` at once (bring your own space), or stand where the assistant's answer begins; no end-of-turn token is
   * added. After an empty `text` the first token follows the tokenizer's BOS, or EOS where it has no BOS.
   */
  continuations: readonly string[];
}

/** How probable one continuation is. */
export interface Likelihood {
  /** Natural logarithm of the probability of all its tokens after the prompt, at most 0. */
  logLikelihood: number;
  tokens: number;
  /** Whether greedy generation would have written exactly this. */
  greedy: boolean;
}

/** The likelihoods of a request's continuations, in their order. */
export interface Likelihoods {
  id: string;
  continuations: Likelihood[];
}

/** Anything that answers: a base model, a model with an adapter, a GGUF file, an endpoint, recorded answers. */
export interface System {
  /** Short name used in files and tables, for example `base`, `base-3-shot`, `tuned`. */
  readonly name: string;
  /** Hex digest of everything that determines the answers besides prompt and settings. */
  readonly hash: string;
  /** Whether it may leave questions unanswered (an expert who saw only some): they are then left out of its figures. */
  readonly partial?: boolean;
  /** The only items that it has answers to, where these were recorded. */
  readonly ids?: ReadonlySet<string>;
  /** Yields answers as they are done, in any order. When it ends, prompts without an answer have none. */
  answer(prompts: Prompt[], settings: GenerationSettings, signal?: AbortSignal): AsyncIterable<Answer>;
  /** Yields likelihoods as they are done, in any order; absent where the system shows none (recorded answers, chat endpoints). */
  likelihoods?(requests: LikelihoodRequest[], signal?: AbortSignal): AsyncIterable<Likelihoods>;
  close(): Promise<void>;
}
