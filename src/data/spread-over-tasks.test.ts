import { expect, it } from 'vitest';
import { spreadOverTasks } from './spread-over-tasks.js';

it('spreads the items over the tasks and keeps their order', () => {
  const items = [1, 2, 3, 4, 5, 6].map((n) => ({ id: n, task: n <= 4 ? 'look_up' : `rare ${n}` }));
  expect(spreadOverTasks(items, null)).toEqual(items);
  expect(spreadOverTasks(items, 4).map(({ id }) => id)).toEqual([1, 2, 5, 6]);
});
