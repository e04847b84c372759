/**
 * A stand-in for a language model: it says how long a prompt is, in as many tokens as that.
 * @module
 */
import type { Rehearser } from './rehearser.js';

/** The rehearser, and the ids of each round that it was asked. */
export function lengthRehearser(): { rehearser: Rehearser; rounds: string[][] } {
  const rounds: string[][] = [];
  return {
    rounds,
    rehearser: {
      name: 'stub',
      hash: 'stub',
      licence: 'Apache-2.0',
      async *answer(prompts, { max_new_tokens, signal }) {
        rounds.push(prompts.map(({ id }) => id));
        for (const { id, messages } of prompts.toReversed()) {
          signal?.throwIfAborted();
          const { length } = messages[0]!.content;
          yield { id, text: `${length} letters`, stopped: length <= max_new_tokens };
        }
      },
    },
  };
}
