import { describe, expect, it } from 'vitest';
import { findUngrounded } from '../../evaluate/scorers/grounded.js';
import { randomStream } from '../../random.js';
import { defaultPairTasks, type PairSettings, type PairTask, pairTasks } from '../../recipe/data/tables.js';
import { dataSchema } from '../../recipe/data.js';
import { readTables } from '../tables/read-tables.js';
import { figureText } from '../tables/statement.js';
import { analysisPhrasings } from './analysis-phrasings.js';
import { checkAnswer } from './answer-formats.js';
import { factMakers } from './facts.js';
import { statedPhrasings } from './forms/stated-phrasings.js';
import { makePairs } from './make-pairs.js';
import { PairChecker } from './pair-check.fixture.js';
import { fill, phrasings } from './phrasings.js';
import { viewTable } from './table-view.js';

const { tables } = await readTables('examples/finance/data/statements.json');

function settings(pairs: object): PairSettings {
  const [source] = dataSchema.parse({ sources: [{ type: 'tables', path: 'x', pairs }] }).sources;
  return (source as { pairs: PairSettings }).pairs;
}

const tasks = pairTasks.filter((task) => !(defaultPairTasks as readonly string[]).includes(task));
const checker = new PairChecker(tables);
/** Every fact of a task, asked in the plainest way. */
const everyFact = (task: PairTask) =>
  makePairs(tables, settings({ tasks: [task], count: 100_000, phrasings: 1 }), 7).map((pair) => ({
    pair,
    context: pair.messages![1]!.content,
    said: pair.messages![2]!.content,
    answer: pair.answer,
  }));

describe('the facts of the real tables', () => {
  it.each([
    ['financial_ratio', 300],
    ['trend_commentary', 1100],
    ['risk_flags', 600],
    ['summary', 200],
    ['json_output', 4000],
  ] as const)('of %s are more than %i and follow from the prompt by another route', (task, least) => {
    const facts = everyFact(task);
    expect(facts.length).toBeGreaterThan(least);
    expect(checker.faults(facts.map(({ pair }) => pair))).toEqual([]);
  });

  it('have nothing to flag in about a third', () => {
    const facts = everyFact('risk_flags');
    const none = facts.filter(({ said }) => said === 'none').length / facts.length;
    expect(none).toBeGreaterThan(0.25);
    expect(none).toBeLessThan(0.42);
  });

  it('name the largest part in most summaries', () => {
    const summaries = everyFact('summary').filter(({ said }) => said.includes('; the largest part in '));
    expect(summaries.length).toBeGreaterThan(100);
  });
});

describe('all tasks of an analyst', () => {
  it('name every figure that an answer uses among the cells of the question', () => {
    const ways = { ...phrasings, ...statedPhrasings };
    for (const table of tables) {
      const view = viewTable(table);
      const random = randomStream(7, table.id);
      for (const fact of tasks.flatMap((task) => factMakers[task]({ view, foreignLabels: [], random }))) {
        const cells = fact.cells!.map(([row, column]) =>
          figureText(table, row, column).replace(/^-|%$/g, ''),
        );
        expect(cells.length).toBeGreaterThan(0);
        for (const way of ways[fact.phrasing]) expect(fill(way, fact.words)).not.toMatch(/undefined|[{}]/);
        expect(new Set(fact.cells!.map(String)).size).toBe(fact.cells!.length);
        const used = /^(?:financial|trend)/.test(fact.task)
          ? (fact.response.replaceAll(fact.words.row ?? '\n', '').match(/(?<=[[(] ?| [-/+] |^)\d[\d.]*/g) ??
            [])
          : [];
        for (const number of used) expect(cells, fact.response).toContain(number.replace(/\.$/, ''));
      }
    }
  });

  it('keep the form of their answers, say nothing that is not in the table, and have eight phrasings', () => {
    let [written, held] = [0, 0];
    for (const task of tasks) {
      for (const { said, context, answer } of everyFact(task).filter((_fact, index) => index % 9 === 0)) {
        expect(checkAnswer(task, said), said).toEqual({ ok: true });
        expect(findUngrounded(said, context), said).toEqual({ ungroundedNumbers: [], ungroundedNames: [] });
        if (!answer || !said.includes('[')) continue;
        written++;
        if (findUngrounded(answer, context).ungroundedNumbers.length === 0) held++;
      }
    }
    // The search for what a bare number is calculated from is narrow on purpose; it finds nearly all.
    expect(held / written).toBeGreaterThan(0.95);
    for (const ways of Object.values(analysisPhrasings)) expect(new Set(ways).size).toBe(8);
  });

  it('are made where a recipe names them, and only there', () => {
    expect(settings({}).tasks).toEqual([...defaultPairTasks]);
    const made = makePairs(tables.slice(0, 30), settings({ tasks, count: 200 }), 3);
    expect(new Set(made.map(({ task }) => task))).toEqual(new Set(tasks));
  });
});
