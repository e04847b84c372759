import { describe, expect, it } from 'vitest';
import { defaultPairTasks, type PairSettings } from '../../recipe/data/tables.js';
import { dataSchema } from '../../recipe/data.js';
import { readAnswer } from '../answers.js';
import { calculate } from '../calculator.js';
import type { UnsplitExample } from '../example.js';
import { readTables } from '../tables/read-tables.js';
import { analysisPhrasings } from './analysis-phrasings.js';
import { makePairs } from './make-pairs.js';
import { PairChecker } from './pair-check.fixture.js';
import { phrasings } from './phrasings.js';

const { tables } = await readTables('examples/finance/data/statements.json');

function settings(pairs: object): PairSettings {
  const [source] = dataSchema.parse({ sources: [{ type: 'tables', path: 'x', pairs }] }).sources;
  return (source as { pairs: PairSettings }).pairs;
}

const pairs = makePairs(tables, settings({}), 42);
const prompt = (example: UnsplitExample): string => example.messages![1]!.content;
const split = (example: UnsplitExample): [table: string, question: string] => {
  const at = prompt(example).lastIndexOf('\n\n');
  return [prompt(example).slice(0, at), prompt(example).slice(at + 2)];
};
const response = (example: UnsplitExample): string => example.messages![2]!.content;

describe('pairs of the finance example', () => {
  it('are 10,000, of every task, spread evenly', () => {
    expect(pairs).toHaveLength(10_000);
    for (const task of defaultPairTasks) {
      const count = pairs.filter((pair) => pair.task === task).length;
      expect(count, task).toBeGreaterThan(500);
      expect(count, task).toBeLessThan(1250);
    }
    const perTable = tables.map(({ id }) => pairs.filter((pair) => pair.id.startsWith(id)).length);
    expect(Math.min(...perTable)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...perTable)).toBeLessThanOrEqual(50);
  });

  it('are the same every time, and others with another seed', () => {
    const few = settings({ count: 500 });
    expect(makePairs(tables, few, 42)).toEqual(makePairs(tables, few, 42));
    expect(makePairs(tables, few, 43)).not.toEqual(makePairs(tables, few, 42));
  });

  it('never ask a table the same question twice, and put the table before the question', () => {
    expect(new Set(pairs.map(prompt)).size).toBe(pairs.length);
    expect(new Set(pairs.map(({ id }) => id)).size).toBe(pairs.length);
    expect(new Set(pairs.map(({ messages }) => messages![0]!.content)).size).toBe(1);
    expect(new Set(pairs.map((pair) => split(pair)[0])).size).toBeLessThanOrEqual(tables.length);
  });

  it('use every way of asking', () => {
    for (const [name, ways] of Object.entries(phrasings)) {
      if (Object.hasOwn(analysisPhrasings, name)) continue;
      for (const way of ways) {
        const fixed = way.split(/\{\w+\}/).filter((part) => part.trim().length > 2);
        const pattern = new RegExp(way.replace(/[.?*+()|]/g, '\\$&').replace(/\{\w+\}/g, '.+'), 'i');
        expect(
          fixed.length === 0 || pairs.some((pair) => pattern.test(split(pair)[1])),
          `${name}: ${way}`,
        ).toBe(true);
      }
    }
  });

  it('answer calculations with numbers of the table only, besides factors of units', () => {
    for (const pair of pairs) {
      if (pair.answer === undefined) continue;
      const figures = new Set(split(pair)[0].match(/\d+(?:\.\d+)?/g));
      const constants = pair.task === 'unit_conversion' ? ['1000', '1000000', '1000000000'] : [];
      for (const number of response(pair).match(/\d+(?:\.\d+)?/g)!) {
        expect(figures.has(number) || constants.includes(number), `${number} in ${response(pair)}`).toBe(
          true,
        );
      }
    }
  });

  it('state the value of their expressions as the answer', () => {
    for (const pair of pairs) {
      if (pair.answer === undefined) continue;
      const said = readAnswer(response(pair)).number!;
      const stated = readAnswer(pair.answer).number!;
      expect(said.value).toBe(calculate(response(pair).replace(/ in %$/, '')));
      expect(said.percent).toBe(stated.percent);
      expect(Math.abs(said.value - stated.value)).toBeLessThanOrEqual(stated.resolution * 1.0001);
    }
  });

  it('have answers that follow from the text of their prompts by another route', () => {
    const plain = makePairs(tables, settings({ phrasings: 1 }), 1);
    expect(plain.length).toBeGreaterThan(9000);
    // Known: `Income tax expense (benefit)`, of another report, is declined although `Income taxes` stands in the table.
    expect(new PairChecker(tables).faults(plain)).toEqual([
      expect.stringContaining(
        '65cde743-18a6-418f-8f5a-000660a38cdf-27: What was Income tax expense (benefit)',
      ),
    ]);
  });

  it('respect the settings', () => {
    const few = makePairs(
      tables,
      settings({ count: 60, tasks: ['change', 'look_up'], max_table_characters: 300 }),
      3,
    );
    expect(few).toHaveLength(60);
    expect(new Set(few.map(({ task }) => task))).toEqual(new Set(['change', 'look_up']));
    expect(Math.max(...few.map((pair) => split(pair)[0].length))).toBeLessThanOrEqual(300);
  });
});
