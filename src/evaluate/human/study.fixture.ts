/**
 * A run folder with answers to judge, for tests.
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { answersFile, type ScoredItem } from '../answers-file.js';

/** What a hostile model might write. */
export const hostileText =
  '<script>window.hacked = true</script><img src=x onerror="window.hacked = true"> & "quoted"';

const table = `Consolidated statement of income (in millions) | 2019 | 2018
--- | ---: | ---:
Revenue | 1,496.5 | 1,202.9
Cost of sales | (912.4) | (801.0)
Gross profit | 584.1 | 401.9
Research and development | (120.3) | (98.7)
Operating income | 310.2 | 188.4`;

/** As Attune's own data sets write tables: the label of the column before each figure. */
const ownTable = `Table: Years ended September 30 (millions of dollars)
Operations:
Revenue | 2019 1496.5 | 2018 1202.9
Gross profit | 2019 584.1 | 2018 401.9
Financing:
Interest | 2019 -12.5 | 2018 -10.1`;

const notes =
  'The increase in revenue reflects higher volumes in the industrial segment and the acquisition of two distributors in the second quarter. Excluding acquisitions, revenue grew organically in all regions.';

const figures = ['Revenue', 'Gross profit', 'Operating income', 'Cost of sales'];

/** What a system says to an item. */
export type Say = (item: number, system: string) => string;

const say: Say = (item, system) => {
  if (item === 1 && system === 'tuned') return hostileText;
  const figure = figures[item % figures.length]!.toLowerCase();
  return system === 'tuned'
    ? `${24 + item / 10}%. In 2019 ${figure} rose from 1,202.9 million to 1,496.5 million, an increase of 293.6 million.`
    : `The ${figure} went up in ${item % 2 ? '2019' : 'the year'}, as the table shows; please consult the statement for the exact figure, which I can not compute with certainty here.`;
};

/**
 * Writes `count` items answered by each system. Tasks and groups alternate; the questions stand below a table.
 *
 * @param answer what a system says; by default texts that differ
 */
export async function writeAnswers(
  runDirectory: string,
  { systems = ['base', 'tuned'], count = 6, answer = say, benchmark = 'held-out' } = {},
): Promise<void> {
  for (const system of systems) {
    const file = answersFile(runDirectory, benchmark, system);
    await mkdir(dirname(file), { recursive: true });
    const lines = Array.from(
      { length: count },
      (_, item) => `${JSON.stringify(line(item, system, answer))}\n`,
    );
    await writeFile(file, lines.join(''));
  }
}

function line(item: number, system: string, answer: Say): ScoredItem {
  const figure = figures[item % figures.length]!;
  return {
    id: `item-${item}`,
    task: item % 2 ? 'look_up' : 'percentage_change',
    group: `report-${item >> 1}`,
    key: 'key',
    prompt: [
      {
        role: 'user',
        content: `${item % 2 ? ownTable : table}\n\n${item === 2 ? hostileText : notes}\n\nBy how many percent did ${figure} change from 2018 to 2019?`,
      },
    ],
    answer: answer(item, system),
    value: null,
    reference: '24.4%',
    reference_value: 0.244,
    scores: {},
    stopped: true,
  };
}
