/**
 * Which items a study takes.
 * @module
 */
import { randomStream } from '../../random.js';
import { groupBy } from '../group-by.js';

/**
 * At most `most` items, drawn at random and as evenly over the tasks as these allow. The tasks take turns in the result,
 * so that its beginning is spread evenly too.
 */
export function drawEvenly<T extends { task: string }>(items: readonly T[], most: number, seed: number): T[] {
  const tasks = [...groupBy(items, ({ task }) => task)].sort(([a], [b]) => (a < b ? -1 : 1));
  const queues = tasks.map(([task, members]) => randomStream(seed, 'human', 'items', task).shuffle(members));
  const turns = Math.max(0, ...queues.map(({ length }) => length));
  const drawn: T[] = [];
  for (let turn = 0; turn < turns && drawn.length < most; turn++) {
    // When the last turn can't serve every task, chance decides which ones it serves.
    for (const queue of randomStream(seed, 'human', 'turn', turn).shuffle(queues)) {
      const item = queue[turn];
      if (item !== undefined && drawn.length < most) drawn.push(item);
    }
  }
  return drawn;
}
