import { describe, it } from 'vitest';
import { expectEveryOperator, expectGradients, type Problem } from '../gradient-check.fixture.js';
import { integers, normal } from '../interpreter/random.fixture.js';
import * as operators from './indexing.js';

const columns = integers([2, 0, 2], [3, 1]);
// Rows 1 and 3 come twice, row 2 never.
const rows = integers([1, 3, 0, 1, 3]);

const problems: Record<string, Problem[]> = {
  gatherRows: [
    {
      inputs: { table: normal([4, 3], ['rows', 3]), rows },
      build: ({ table, rows }) => operators.gatherRows(table!, rows!),
    },
  ],
  scatterAddRows: [
    {
      inputs: { updates: normal([5, 3], ['n', 3]), like: normal([4, 3], ['rows', 3]), rows },
      build: ({ updates, like, rows }) => operators.scatterAddRows(rows!, updates!, like!),
      by: ['updates'],
    },
  ],
  pickColumns: [
    {
      inputs: { x: normal([3, 4], ['n', 4]), columns },
      build: ({ x, columns }) => operators.pickColumns(x!, columns!),
    },
  ],
  addToColumns: [
    {
      inputs: { x: normal([3, 4], ['n', 4]), values: normal([3, 1], ['n', 1]), columns },
      build: ({ x, values, columns }) => operators.addToColumns(x!, columns!, values!),
    },
  ],
};

describe('gradients of reading and adding at places', () => {
  it.each(Object.keys(problems))('%s', (name) => {
    for (const problem of problems[name]!) expectGradients(problem);
  });

  it('of every operator but the place of the largest are checked', () => {
    expectEveryOperator(operators, Object.keys(problems), ['argMax']);
  });
});
