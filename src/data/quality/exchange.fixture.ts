/**
 * A question and its answer as an item.
 * @module
 */
import type { Item } from '../item.js';

/** An item of one question and one answer; the system text is the same in all. */
export function exchange(question: string, answer: string, more: Partial<Item> = {}): Item {
  return {
    id: 'i',
    messages: [
      { role: 'system', content: 'Words of the system do not count.' },
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
    task: 't',
    group: 'g',
    source: 's',
    licence: 'l',
    origin: { file: 'f' },
    steps: [],
    ...more,
  };
}
