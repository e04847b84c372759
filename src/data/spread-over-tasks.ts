/**
 * A smaller number of items that still holds every task.
 * @module
 */

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
