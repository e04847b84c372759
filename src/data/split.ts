/**
 * Which split a group belongs to.
 * @module
 */
import { AttuneError } from '../errors.js';
import { randomStream } from '../random.js';
import type { SplitSettings } from '../recipe/data/split.js';
import { type Split, splits } from './example.js';

/** What decides the split of an item. */
interface Splittable {
  group: string;
  task: string;
  /** Settled before: the whole group goes there. */
  split?: Split;
}

/**
 * Divides items into splits by whole groups, so that the shares hold for every task as well as groups allow:
 * group after group, the largest first, goes where most of its tasks are missing (iterative stratification, Sechidis
 * et al. 2011, with groups in place of items). Equal items, shares and seed give equal splits.
 *
 * Groups of which an item's split is settled are not divided, and the shares are those of the rest.
 *
 * @returns the split of each item
 * @throws AttuneError when there are no items, or fewer groups than splits with a share
 */
export function assignSplits(items: readonly Splittable[], shares: SplitSettings, seed: number): Split[] {
  const wanted = splits.filter((split) => shares[split] > 0).toSorted((a, b) => shares[b] - shares[a]);
  if (items.length === 0) {
    throw new AttuneError('no example is left to be divided into splits', {
      field: 'data',
      fix: 'look at what the steps removed with `attune data check`, and change the sources or the steps',
    });
  }
  const splitOf = new Map<string, Split>();
  for (const { group, split } of items) if (split) splitOf.set(group, split);
  const open = items.filter(({ group }) => !splitOf.has(group));
  const groups = byGroup(open);
  if (groups.size < wanted.length && open.length > 0) {
    const settled = splitOf.size > 0 ? ' beside what is only trained on' : '';
    throw new AttuneError(
      `${groups.size} group${groups.size === 1 ? '' : 's'}${settled} cannot fill ${wanted.length} splits`,
      {
        field: 'data.split',
        fix: 'give records of different documents different `group`s, add records, or set the share of a split to 0',
      },
    );
  }
  const totals = countTasks(open);
  const filled = new Map(wanted.map((split) => [split, new Map<string, number>()]));
  const order = randomStream(seed, 'split')
    .shuffle([...groups])
    .toSorted(([, a], [, b]) => b.length - a.length);
  for (const [group, members] of order) {
    const tasks = countTasks(members);
    const missing = (split: Split): number => {
      let sum = 0;
      for (const [task, count] of tasks) {
        sum += count * (shares[split] - (filled.get(split)!.get(task) ?? 0) / totals.get(task)!);
      }
      return sum;
    };
    const empty = wanted.filter((split) => filled.get(split)!.size === 0);
    const candidates = empty.length > 0 ? empty : wanted;
    const split = candidates.reduce((best, candidate) =>
      missing(candidate) > missing(best) ? candidate : best,
    );
    splitOf.set(group, split);
    for (const [task, count] of tasks) {
      filled.get(split)!.set(task, (filled.get(split)!.get(task) ?? 0) + count);
    }
  }
  return items.map(({ group }) => splitOf.get(group)!);
}

/** The items of each group, groups in the order of their first item. */
export function byGroup<T extends { group: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const members = groups.get(item.group);
    if (members) members.push(item);
    else groups.set(item.group, [item]);
  }
  return groups;
}

function countTasks(items: readonly Splittable[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { task } of items) counts.set(task, (counts.get(task) ?? 0) + 1);
  return counts;
}
