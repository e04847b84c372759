/**
 * A smaller part of a split that is still like the whole.
 * @module
 */
import { randomStream } from '../random.js';
import type { LimitSettings } from '../recipe/data.js';
import { type Example, splits } from './example.js';
import { byGroup } from './split.js';

/**
 * Keeps at most the given numbers of groups and examples of each split: groups drawn by the seed, then examples taken
 * from one group after the other, each time of the task that has fewest so far. The order stays.
 */
export function limitExamples(examples: readonly Example[], limits: LimitSettings, seed: number): Example[] {
  const kept = new Set<Example>();
  for (const split of splits) {
    const members = examples.filter((example) => example.split === split);
    const { groups: mostGroups = Infinity, examples: mostExamples = Infinity } = limits[split];
    const groups = randomStream(seed, 'limit', split)
      .shuffle([...byGroup(members).values()])
      .slice(0, mostGroups);
    for (const example of inTurns(groups, mostExamples)) kept.add(example);
  }
  return examples.filter((example) => kept.has(example));
}

function inTurns(groups: readonly Example[][], most: number): Example[] {
  const taken: Example[] = [];
  const counts = new Map<string, number>();
  let open = groups.map((members) => [...members]);
  while (open.length > 0 && taken.length < most) {
    for (const members of open) {
      if (taken.length >= most) break;
      const rarest = members.reduce((best, example) =>
        (counts.get(example.task) ?? 0) < (counts.get(best.task) ?? 0) ? example : best,
      );
      members.splice(members.indexOf(rarest), 1);
      counts.set(rarest.task, (counts.get(rarest.task) ?? 0) + 1);
      taken.push(rarest);
    }
    open = open.filter((members) => members.length > 0);
  }
  return taken;
}
