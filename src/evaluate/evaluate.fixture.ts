/**
 * Items and a system with written answers, for tests.
 * @module
 */
import type { Example } from '../data/example.js';
import type { GenerationSettings, System } from './system.js';

/** Settings that always take the most likely token. */
export const greedy: GenerationSettings = { max_new_tokens: 32, temperature: 0, top_p: 1, top_k: 0, seed: 1 };

/** An item; two neighbouring numbers share a group. */
export function makeItem(
  number: number,
  fields: { task?: string; reference?: string; question?: string; group?: string } = {},
): Example {
  return {
    id: `item-${number}`,
    messages: [
      { role: 'system', content: 'system text' },
      { role: 'user', content: fields.question ?? `question ${number}` },
      { role: 'assistant', content: fields.reference ?? '12' },
    ],
    task: fields.task ?? 'look_up',
    group: fields.group ?? `report-${Math.ceil(number / 2)}`,
    split: 'test',
    source: 'test',
    licence: 'MIT',
  };
}

/** A system that answers by a function, the last prompt first, and notes what it was asked. */
export function scriptedSystem(
  name: string,
  answer: (id: string) => string | undefined,
  hash = 'weights',
): System & { asked: string[] } {
  const asked: string[] = [];
  return {
    name,
    hash,
    asked,
    async *answer(prompts) {
      asked.push(...prompts.map(({ id }) => id));
      for (const { id } of [...prompts].reverse()) {
        const text = answer(id);
        if (text !== undefined) yield { id, text, stopped: true, promptTokens: 10, newTokens: 3 };
      }
    },
    close: async () => {},
  };
}
