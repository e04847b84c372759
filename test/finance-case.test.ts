import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { makePairs } from '../src/data/pairs/make-pairs.js';
import { PairChecker } from '../src/data/pairs/pair-check.fixture.js';
import { readTables } from '../src/data/tables/read-tables.js';
import { loadRecipe } from '../src/recipe/load.js';

const recipe = await loadRecipe('examples/finance/recipe.yaml');
const source = recipe.data.sources.find(({ type }) => type === 'tables')!;
if (source.type !== 'tables') throw new Error('no tables');
const { tables } = await readTables(source.path);
const settings = source.pairs;
const pairs = makePairs(tables, settings, recipe.seed);

const checker = new PairChecker(tables);

/** An answer that is wrong in one digit or one word. */
function spoilt(said: string): string {
  const turned: Record<string, string> = { increased: 'decreased', decreased: 'increased' };
  if (/\d/.test(said)) return said.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
  return turned[said] ?? (said.includes('; ') ? said.slice(0, said.indexOf('; ')) : `${said} and cash`);
}

describe('the pairs of the finance case study', () => {
  it('are as many as the recipe asks for, all different', () => {
    expect(settings.count).toBeGreaterThanOrEqual(10_000);
    expect(pairs).toHaveLength(settings.count);
    expect(new Set(pairs.map(({ id }) => id)).size).toBe(pairs.length);
    expect(new Set(pairs.map(({ messages }) => messages![1]!.content)).size).toBe(pairs.length);
  });

  it('are about statements, reports and analyses, each in a third', () => {
    const first = { statements: /^Table/, reports: /^Report: /, analyses: /^Analysis: / };
    for (const [form, line] of Object.entries(first)) {
      const ofForm = pairs.filter(({ messages }) => line.test(messages![1]!.content));
      expect(ofForm.every(({ aspects }) => aspects!.includes(form))).toBe(true);
      expect(ofForm.length / pairs.length).toBeCloseTo(1 / 3, 2);
    }
  });

  it('are of every task that the recipe names, evenly where the tables have enough to ask', () => {
    expect(settings.tasks).toHaveLength(17);
    const counts = new Map(
      settings.tasks.map((task) => [task, pairs.filter((pair) => pair.task === task).length]),
    );
    expect([...counts.values()].reduce((a, b) => a + b)).toBe(pairs.length);
    for (const [task, made] of counts) {
      // An analysis is not asked what section it is.
      expect(made, task).toBeGreaterThan(task === 'statement_type' ? 400 : 580);
      expect(made, task).toBeLessThan(650);
    }
  });

  it('stand beside definitions of terms, each asked in several ways', async () => {
    const facts = recipe.data.sources.find(({ type }) => type === 'facts')!;
    const lines = (await readFile((facts as { path: string }).path, 'utf8')).trim().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(200);
    const terms = lines.map(
      (line) => JSON.parse(line) as { questions: string[]; answer: string; text: string },
    );
    for (const { questions, answer, text } of terms) {
      expect(new Set(questions).size).toBeGreaterThanOrEqual(3);
      expect(answer.length).toBeLessThanOrEqual(text.length);
    }
  });

  it('are read without a fault: figures, verbs and computed numbers of every report and analysis', () => {
    expect(pairs.flatMap((pair) => checker.read(pair).document.prose?.faults ?? [])).toEqual([]);
  });

  it('are answered rightly, every one, with the value and the derivation of the answer', () => {
    expect(checker.faults(pairs)).toEqual([]);
  });

  it('would not pass with one digit or word that is wrong', () => {
    const passed = pairs.filter(
      (pair) => checker.fault(pair, spoilt(pair.messages![2]!.content)) === undefined,
    );
    expect(passed.map(({ id }) => id)).toEqual([]);
  });
});
