/**
 * What replay needs of a language model; whoever has one passes it in.
 * @module
 */
import type { Message } from '../example.js';

/** A prompt that the model is to answer. */
export interface RehearsalPrompt {
  id: string;
  messages: Message[];
}

/** What the model said. */
export interface RehearsalAnswer {
  id: string;
  text: string;
  /** Whether the answer ended by itself and not at the length limit. */
  stopped: boolean;
}

/** The untouched base model, which answers with the likeliest token each time (temperature 0). */
export interface Rehearser {
  /** As the recipe names it. */
  readonly name: string;
  /** Changes whenever the answers would. */
  readonly hash: string;
  /** SPDX identifier or short name, which is that of the answers. */
  readonly licence: string;
  /** Yields answers as they are done, in any order. */
  answer(
    prompts: RehearsalPrompt[],
    options: { max_new_tokens: number; signal?: AbortSignal },
  ): AsyncIterable<RehearsalAnswer>;
}
