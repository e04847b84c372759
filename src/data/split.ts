/**
 * Which split a group belongs to.
 * @module
 */
import { AttuneError } from '../errors.js';
import { randomStream } from '../random.js';
import type { SplitSettings } from '../recipe/data.js';
import { type Example, type Split, splits, type UnsplitExample } from './example.js';

/**
 * Divides examples into splits by whole groups, so that the shares hold for every task as well as groups allow:
 * group after group, the largest first, goes where most of its tasks are missing (iterative stratification, Sechidis
 * et al. 2011, with groups in place of items). Equal examples, shares and seed give equal splits.
 *
 * @throws AttuneError when there are fewer groups than splits with a share
 */
export function splitExamples(
  examples: readonly UnsplitExample[],
  shares: SplitSettings,
  seed: number,
): Example[] {
  const wanted = splits.filter((split) => shares[split] > 0).toSorted((a, b) => shares[b] - shares[a]);
  const groups = byGroup(examples);
  if (groups.size < wanted.length) {
    throw new AttuneError(
      `${groups.size} group${groups.size === 1 ? '' : 's'} cannot fill ${wanted.length} splits`,
      {
        field: 'data.split',
        fix: 'give records of different documents different `group`s, add records, or set the share of a split to 0',
      },
    );
  }
  const totals = countTasks(examples);
  const filled = new Map(wanted.map((split) => [split, new Map<string, number>()]));
  const order = randomStream(seed, 'split')
    .shuffle([...groups])
    .toSorted(([, a], [, b]) => b.length - a.length);
  const splitOf = new Map<string, Split>();
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
    const open = empty.length > 0 ? empty : wanted;
    const split = open.reduce((best, candidate) => (missing(candidate) > missing(best) ? candidate : best));
    splitOf.set(group, split);
    for (const [task, count] of tasks) {
      filled.get(split)!.set(task, (filled.get(split)!.get(task) ?? 0) + count);
    }
  }
  return examples.map((example) => ({ ...example, split: splitOf.get(example.group)! }));
}

/** The examples of each group, groups in the order of their first example. */
export function byGroup<T extends { group: string }>(examples: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const example of examples) {
    const members = groups.get(example.group);
    if (members) members.push(example);
    else groups.set(example.group, [example]);
  }
  return groups;
}

function countTasks(examples: readonly UnsplitExample[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { task } of examples) counts.set(task, (counts.get(task) ?? 0) + 1);
  return counts;
}
