/**
 * Which items of a split are asked.
 * @module
 */
import type { Example } from '../data/example.js';

/** At most `most` of the conversations, see {@link spreadOverTasks}; all of them when it is null. */
export function benchmarkItems(examples: readonly Example[], most: number | null): Example[] {
  return spreadOverTasks(
    examples.filter((example) => example.messages),
    most,
  );
}

/**
 * At most `most` of the items, spread evenly over the tasks: the tasks take turns, each gives its items in the order
 * given. All of them when `most` is null. The result keeps the order.
 */
export function spreadOverTasks<T extends { task: string }>(items: readonly T[], most: number | null): T[] {
  if (most === null || items.length <= most) return [...items];
  const turns = new Map<string, number>();
  const turnOf = new Map<T, number>();
  for (const item of items) {
    const turn = turns.get(item.task) ?? 0;
    turns.set(item.task, turn + 1);
    turnOf.set(item, turn);
  }
  const inTurns = [...items].sort((a, b) => turnOf.get(a)! - turnOf.get(b)!);
  const chosen = new Set(inTurns.slice(0, most));
  return items.filter((item) => chosen.has(item));
}
