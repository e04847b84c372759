/**
 * The decisions of a study that count, rater by rater.
 * @module
 */
import { type Rating, readRatings } from './ratings-file.js';
import { type Assignment, assignmentKey, type Study, type StudyItem, type StudyRater } from './study-file.js';

/** A decision that counts; of a pair of identical answers there is no rating, and it is a tie. */
export interface Counted {
  rater: string;
  item: StudyItem;
  assignment: Assignment;
  rating?: Rating;
}

/** The decisions of every rater of the study in `directory`, in the order of the raters and of what they were asked. */
export async function countedDecisions(study: Study, directory: string): Promise<Counted[]> {
  const items = new Map(study.items.map((item) => [item.id, item]));
  const all = study.raters.map(async (rater) =>
    countedOf(rater, await readRatings(study, directory, rater.name), items),
  );
  return (await Promise.all(all)).flat();
}

/**
 * Identical answers count once the rater has come past them: were all counted from the start, a study that is not
 * finished would look more even than it is.
 */
function countedOf(
  { name: rater, assignments }: StudyRater,
  ratings: ReadonlyMap<string, Rating>,
  items: ReadonlyMap<string, StudyItem>,
): Counted[] {
  const rated = assignments.map((assignment) => ratings.get(assignmentKey(assignment)));
  const open = assignments.some((assignment, index) => !('identical' in assignment) && !rated[index]);
  const passed = open ? rated.findLastIndex((rating) => rating !== undefined) : assignments.length;
  return assignments.flatMap((assignment, index): Counted[] => {
    const item = items.get(assignment.item)!;
    const rating = rated[index];
    if (rating) return [{ rater, item, assignment, rating }];
    return 'identical' in assignment && index < passed ? [{ rater, item, assignment }] : [];
  });
}

/** Systems of a pair in the order of the study, and which of them was preferred. */
export function preferenceOf(
  { rating, assignment }: Counted,
  systems: readonly string[],
): { a: string; b: string; outcome: 'a' | 'b' | 'tie' } | undefined {
  if (rating ? 'systems' in rating : 'systems' in assignment) return undefined;
  const { left, right } = (rating ?? assignment) as { left: string; right: string };
  const turned = systems.indexOf(left) > systems.indexOf(right);
  const [a, b] = turned ? [right, left] : [left, right];
  const choice = rating && 'choice' in rating ? rating.choice : 'equal';
  if (choice !== 'left' && choice !== 'right') return { a, b, outcome: 'tie' };
  return { a, b, outcome: (choice === 'left') !== turned ? 'a' : 'b' };
}
