import { describe, expect, it } from 'vitest';
import { makeItem } from './evaluate.fixture.js';
import { chooseWorkedExamples } from './worked-examples.js';

const training = [
  makeItem(1, { task: 'look_up', reference: '12', question: 'a long question' }),
  makeItem(2, { task: 'look_up', reference: '13', question: 'short' }),
  makeItem(3, { task: 'change', reference: '5 - 3' }),
  makeItem(4, { task: 'change', reference: '5 - 4' }),
  makeItem(5, { task: 'total', reference: '5 + 4' }),
  makeItem(6, { task: 'unanswerable', reference: 'Not in the table.' }),
];

describe('worked examples', () => {
  it('show every form of answer, the shortest prompt of the most frequent task', () => {
    const ids = (count: number): string[] => chooseWorkedExamples(training, count).map(({ id }) => id);
    expect(ids(3)).toEqual(['item-3', 'item-2', 'item-6']);
    expect(ids(5)).toEqual(['item-3', 'item-2', 'item-6', 'item-5', 'item-1']);
    expect(ids(100)).toHaveLength(6);
    expect(chooseWorkedExamples([...training].reverse(), 3).map(({ id }) => id)).toEqual(ids(3));
    expect(chooseWorkedExamples([], 3)).toEqual([]);
  });
});
