/**
 * What each rater is asked, in which order, and which answer stands on which side.
 * @module
 */
import { randomStream } from '../../random.js';
import type { Assignment, StudyItem, StudyRater } from './study-file.js';

/** What {@link assign} needs. */
export interface AssignOptions {
  form: 'pairwise' | 'rubric';
  systems: readonly string[];
  /** In turns over the tasks, so that shared and divided items are spread evenly. */
  items: readonly StudyItem[];
  raters: readonly string[];
  /** Share of the items that every rater judges. */
  overlap: number;
  seed: number;
}

/**
 * Gives every rater their items in an order of their own. Of each pair of systems, either stands on the left half of the
 * time (one time more or less where the number is odd), so that a rater's habit of choosing a side favours neither.
 */
export function assign({ form, systems, items, raters, overlap, seed }: AssignOptions): StudyRater[] {
  const shared = Math.round(overlap * items.length);
  return raters.map((name, place) => {
    const own = items.filter((_, index) => index < shared || (index - shared) % raters.length === place);
    const order = randomStream(seed, 'human', 'order', name).shuffle(own);
    const assignments =
      form === 'pairwise' ? pairs(order, systems, name, seed) : singles(order, systems, name, seed);
    return { name, assignments };
  });
}

function pairs(
  items: readonly StudyItem[],
  systems: readonly string[],
  rater: string,
  seed: number,
): Assignment[] {
  const compared = systems.flatMap((_, a) =>
    systems.slice(a + 1).map((_, step) => [a, a + 1 + step] as const),
  );
  const swapped = compared.map(([a, b]) => sides(items, a, b, rater, seed));
  return items.flatMap((item) => {
    const order = randomStream(seed, 'human', 'pairs', rater, item.id).shuffle([...compared.keys()]);
    return order.map((index): Assignment => {
      const [a, b] = compared[index]!;
      const [left, right] = swapped[index]!.has(item.id) ? [b, a] : [a, b];
      const sidesOf = { item: item.id, left: systems[left]!, right: systems[right]! };
      return item.answers[a] === item.answers[b] ? { ...sidesOf, identical: true } : sidesOf;
    });
  });
}

/** The items whose second system stands on the left: half of those that are asked, drawn at random. */
function sides(items: readonly StudyItem[], a: number, b: number, rater: string, seed: number): Set<string> {
  const random = randomStream(seed, 'human', 'sides', rater, a, b);
  const asked = items.filter(({ answers }) => answers[a] !== answers[b]);
  const half = Math.floor(asked.length / 2) + (asked.length % 2) * random.integer(2);
  return new Set(
    random
      .shuffle(asked)
      .slice(0, half)
      .map(({ id }) => id),
  );
}

/** The different answers of an item one after the other, so that its context is read once. */
function singles(
  items: readonly StudyItem[],
  systems: readonly string[],
  rater: string,
  seed: number,
): Assignment[] {
  return items.flatMap((item) => {
    const byText = new Map<string, string[]>();
    for (const [index, answer] of item.answers.entries()) {
      byText.set(answer, [...(byText.get(answer) ?? []), systems[index]!]);
    }
    return randomStream(seed, 'human', 'answers', rater, item.id)
      .shuffle([...byText.values()])
      .map((given) => ({ item: item.id, systems: given }));
  });
}
