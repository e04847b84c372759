/**
 * Which items of a split are asked.
 * @module
 */
import type { Example } from '../data/example.js';

/**
 * At most `most` of the conversations, spread evenly over the tasks: the tasks take turns, each gives its items in
 * the order of the data set. All of them when `most` is null. The result keeps the order of the data set.
 */
export function benchmarkItems(examples: readonly Example[], most: number | null): Example[] {
  const conversations = examples.filter((example) => example.messages);
  if (most === null || conversations.length <= most) return conversations;
  const turns = new Map<string, number>();
  const turnOf = new Map<Example, number>();
  for (const example of conversations) {
    const turn = turns.get(example.task) ?? 0;
    turns.set(example.task, turn + 1);
    turnOf.set(example, turn);
  }
  const inTurns = [...conversations].sort((a, b) => turnOf.get(a)! - turnOf.get(b)!);
  const chosen = new Set(inTurns.slice(0, most));
  return conversations.filter((example) => chosen.has(example));
}
