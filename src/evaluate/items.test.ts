import { expect, it } from 'vitest';
import { makeItem } from './evaluate.fixture.js';
import { benchmarkItems } from './items.js';

it('spreads the items over the tasks and keeps their order', () => {
  const items = [1, 2, 3, 4, 5, 6].map((n) => makeItem(n, { task: n <= 4 ? 'look_up' : `rare ${n}` }));
  expect(benchmarkItems(items, null)).toEqual(items);
  expect(benchmarkItems(items, 4).map(({ id }) => id)).toEqual(['item-1', 'item-2', 'item-5', 'item-6']);
});

it('leaves out plain text, which has no question', () => {
  const { messages: _messages, ...plain } = makeItem(1);
  expect(benchmarkItems([{ ...plain, text: 'text' }, makeItem(2)], null).map(({ id }) => id)).toEqual([
    'item-2',
  ]);
});
