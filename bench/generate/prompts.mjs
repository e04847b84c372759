/**
 * Made-up reports with questions: `shared` asks four questions of each report, `apart` one.
 * @module
 */
import { randomStream } from '../../dist/random.js';

const figures = [
  'Revenue',
  'Cost of sales',
  'Research',
  'Marketing',
  'Interest',
  'Taxes',
  'Wages',
  'Rent',
  'Energy',
];
const questions = [
  'Describe in two sentences how the revenue and the costs developed.',
  'List the three largest figures of the last year and what they stand for.',
  'Explain what the reader should know about wages, rent and energy.',
  'Write a short summary of the report for the board.',
];

function report(name) {
  const random = randomStream(1, 'generate', name);
  const year = 2001 + random.integer(20);
  const lines = figures.map((figure) => {
    const cells = Array.from({ length: 2 }, () => 100 + random.integer(9900));
    return `${figure} | ${cells.join(' | ')}`;
  });
  const sites = Array.from(
    { length: 6 },
    () => `plant ${random.integer(90)} with ${random.integer(900)} workers`,
  );
  return `Report of company ${name}\nFigure | ${year} | ${year + 1}\n${lines.join('\n')}\nThe company runs ${sites.join(', ')}.`;
}

/**
 * @param {'shared' | 'apart'} set
 * @param {number} count of prompts
 * @returns {{ id: string; messages: { role: string; content: string }[] }[]} of about 250 tokens
 */
export function makePrompts(set, count) {
  const perReport = set === 'shared' ? questions.length : 1;
  return Array.from({ length: count }, (_, i) => {
    const name = `${set} ${Math.floor(i / perReport)}`;
    const content = `${report(name)}\n\n${questions[i % questions.length]}`;
    return { id: `${i}`, messages: [{ role: 'user', content }] };
  });
}
