/**
 * Which training examples a stage of a training takes.
 * @module
 */
import type { SelectSettings } from '../recipe/stages/select.js';
import type { Example } from './example.js';
import { spreadOverTasks } from './spread-over-tasks.js';

/**
 * The examples that fit every rule, in their order. An example whose hardness was never measured fits the whole range
 * of hardness and no narrower one.
 */
export function stageExamples(examples: readonly Example[], select: SelectSettings): Example[] {
  const { objective, tasks, aspects, without_tasks, without_aspects, max_examples } = select;
  const belongs = (example: Example, names: readonly string[]): boolean =>
    names.some((name) => example.aspects?.includes(name));
  const fitting = examples.filter(
    (example) =>
      (objective === 'any' || (objective === 'text') === (example.text !== undefined)) &&
      (!tasks || tasks.includes(example.task)) &&
      !without_tasks?.includes(example.task) &&
      (!aspects || belongs(example, aspects)) &&
      !(without_aspects && belongs(example, without_aspects)) &&
      isWithin(example.scores?.hardness, select),
  );
  return spreadOverTasks(fitting, max_examples ?? null);
}

function isWithin(
  hardness: number | undefined,
  { min_hardness: low, max_hardness: high }: SelectSettings,
): boolean {
  if (hardness === undefined) return low === 0 && high === 1;
  return hardness >= low && hardness <= high;
}
