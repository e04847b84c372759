/**
 * A smaller part of a split that is still like the whole.
 * @module
 */
import { randomStream } from '../random.js';
import type { LimitSettings } from '../recipe/data/split.js';
import { type Split, splits } from './example.js';
import { byGroup } from './split.js';

/** What decides whether an item stays. */
interface Limited {
  group: string;
  task: string;
  split: Split;
}

/**
 * The items that stay when each split keeps at most the given numbers of groups and items: groups drawn by the seed,
 * then items taken from one group after the other, each time of the task that has fewest so far.
 */
export function limitItems<T extends Limited>(
  items: readonly T[],
  limits: LimitSettings,
  seed: number,
): Set<T> {
  const kept = new Set<T>();
  for (const split of splits) {
    const members = items.filter((item) => item.split === split);
    const { groups: mostGroups = Infinity, examples: mostItems = Infinity } = limits[split];
    if (mostGroups === Infinity && mostItems >= members.length) {
      for (const item of members) kept.add(item);
      continue;
    }
    const groups = randomStream(seed, 'limit', split)
      .shuffle([...byGroup(members).values()])
      .slice(0, mostGroups);
    for (const item of inTurns(groups, mostItems)) kept.add(item);
  }
  return kept;
}

/** A group's items by task, each task in its order. */
type Queues = Map<string, { order: number; item: Limited }[]>;

function inTurns<T extends Limited>(groups: readonly T[][], most: number): T[] {
  const taken: T[] = [];
  const counts = new Map<string, number>();
  let open = groups.map((members) => {
    const queues: Queues = new Map();
    members.forEach((item, order) => {
      const queue = queues.get(item.task);
      if (queue) queue.push({ order, item });
      else queues.set(item.task, [{ order, item }]);
    });
    for (const queue of queues.values()) queue.reverse();
    return queues;
  });
  while (open.length > 0 && taken.length < most) {
    for (const queues of open) {
      if (taken.length >= most) break;
      const [task, queue] = [...queues].reduce((best, entry) => (before(entry, best, counts) ? entry : best));
      taken.push(queue.pop()!.item as T);
      if (queue.length === 0) queues.delete(task);
      counts.set(task, (counts.get(task) ?? 0) + 1);
    }
    open = open.filter((queues) => queues.size > 0);
  }
  return taken;
}

/** Whether a task is rarer so far than another, or as rare and its next item stands earlier in the group. */
function before(
  [task, queue]: [string, { order: number }[]],
  [other, otherQueue]: [string, { order: number }[]],
  counts: ReadonlyMap<string, number>,
): boolean {
  const [count, otherCount] = [counts.get(task) ?? 0, counts.get(other) ?? 0];
  return count < otherCount || (count === otherCount && queue.at(-1)!.order < otherQueue.at(-1)!.order);
}
