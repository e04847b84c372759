import { describe, expect, it } from 'vitest';
import { documentForms, type PairSettings, pairTasks } from '../../../recipe/data/tables.js';
import { dataSchema } from '../../../recipe/data.js';
import type { UnsplitExample } from '../../example.js';
import { readTables } from '../../tables/read-tables.js';
import type { StatementTable } from '../../tables/statement.js';
import { makePairs } from '../make-pairs.js';
import { PairChecker } from '../pair-check.fixture.js';

const { tables } = await readTables('examples/finance/data/statements.json');

function settings(pairs: object): PairSettings {
  const [source] = dataSchema.parse({ sources: [{ type: 'tables', path: 'x', pairs }] }).sources;
  return (source as { pairs: PairSettings }).pairs;
}

const prompt = (example: UnsplitExample): string => example.messages![1]!.content;
const response = (example: UnsplitExample): string => example.messages![2]!.content;
const split = (example: UnsplitExample): [text: string, question: string] => {
  const at = prompt(example).lastIndexOf('\n\n');
  return [prompt(example).slice(0, at), prompt(example).slice(at + 2)];
};
const ofForm = (pairs: readonly UnsplitExample[], aspect: string): UnsplitExample[] =>
  pairs.filter(({ aspects }) => aspects?.includes(aspect));
const tableOf = (example: UnsplitExample): StatementTable =>
  tables.find(({ source }) => source === example.source.replace(/ \((?:report|analysis)\)$/, ''))!;

const pairs = makePairs(tables, settings({ forms: [...documentForms] }), 42);

describe('pairs of all forms', () => {
  it('are 10,000 different ones, a third of each form', () => {
    expect(pairs).toHaveLength(10_000);
    expect(new Set(pairs.map(prompt)).size).toBe(10_000);
    expect(new Set(pairs.map(({ id }) => id)).size).toBe(10_000);
    for (const aspect of ['statements', 'reports', 'analyses'])
      expect(ofForm(pairs, aspect).length).toBeGreaterThanOrEqual(3333);
  });

  it('tell their form in source, aspects and the first line, and keep the group of the table', () => {
    for (const pair of pairs) {
      const table = tableOf(pair);
      const first = prompt(pair).split('\n')[0]!;
      const expected = /^Report: /.test(first)
        ? ['reports', `${table.source} (report)`]
        : /^Analysis: /.test(first)
          ? ['analyses', `${table.source} (analysis)`]
          : ['statements', table.source];
      expect([...pair.aspects!, pair.source]).toEqual(expected);
      expect(pair.group).toBe(table.group);
    }
  });

  it('are the same every time', () => {
    const few = settings({ forms: ['report', 'analysis'], count: 200 });
    expect(makePairs(tables.slice(0, 40), few, 1)).toEqual(makePairs(tables.slice(0, 40), few, 1));
  });

  it('have the pairs of the table itself as they are without other forms, apart from what tells the form', () => {
    const alone = new Map(makePairs(tables, settings({ count: 4000 }), 42).map((pair) => [pair.id, pair]));
    const mixed = ofForm(pairs, 'statements').filter(({ id }) => alone.has(id));
    expect(mixed.length).toBeGreaterThan(3000);
    for (const { aspects: _aspects, messages, ...pair } of mixed) {
      const { messages: same, ...rest } = alone.get(pair.id)!;
      expect(pair).toEqual(rest);
      expect(messages!.slice(1)).toEqual(same!.slice(1));
    }
  });

  it('speak of a document, and of a table only where there is one', () => {
    expect(new Set(pairs.map(({ messages }) => messages![0]!.content))).toEqual(
      new Set(['Answer from the document. For a calculation, write the expression.']),
    );
    for (const pair of pairs) {
      if (pair.aspects![0] !== 'statements') expect(split(pair)[1]).not.toMatch(/\b[Tt]able\b/);
    }
  });

  it('respect the longest text of a document', () => {
    const short = makePairs(
      tables,
      settings({ forms: ['report', 'analysis'], count: 300, max_document_characters: 350 }),
      3,
    );
    expect(short).toHaveLength(300);
    for (const pair of short) expect(split(pair)[0].length).toBeLessThanOrEqual(350);
  });
});

describe('answers about reports and analyses', () => {
  const plain = makePairs(
    tables,
    settings({ forms: ['report', 'analysis'], tasks: [...pairTasks], phrasings: 1, count: 12_000 }),
    7,
  );

  it('follow from the text by another route, of every task', () => {
    expect(new PairChecker(tables).faults(plain)).toEqual([]);
    for (const task of pairTasks) {
      const ofTask = plain.filter((pair) => pair.task === task);
      expect(ofForm(ofTask, 'reports').length, task).toBeGreaterThan(100);
      if (task !== 'statement_type') expect(ofForm(ofTask, 'analyses').length, task).toBeGreaterThan(100);
    }
  });

  it('are declined for rows of the table that the document leaves out, and the row is not in the text', () => {
    let leftOut = 0;
    for (const pair of plain) {
      if (pair.task !== 'unanswerable') continue;
      const [text, question] = split(pair);
      const table = tableOf(pair);
      const name = /^What was (.+) (?:in \d{4}|under .+)\?$/.exec(question)![1]!.toLowerCase();
      const own = table.rows.some(({ label, section }) =>
        [label, `${label} (${section})`].some((one) => one.toLowerCase() === name),
      );
      if (!own) expect(text.toLowerCase()).not.toContain(name);
      else leftOut++;
    }
    expect(leftOut).toBeGreaterThan(300);
  });

  it('ask what kind of section a report is, where its own words carry it', () => {
    const asked = ofForm(pairs, 'reports').filter(({ task }) => task === 'statement_type');
    expect(asked.length).toBeGreaterThan(100);
    const signs: Record<string, RegExp> = {
      'a tax note': /tax|loss|allowance|credit/i,
      'a balance sheet': /assets|liabilities|equity|payable|prepaid|cash/i,
      'an income statement': /revenue|sales|gross|operating|net (?:income|loss|earnings)|tax/i,
      'a note on auditor fees': /fees/i,
    };
    for (const pair of asked) expect(split(pair)[0]).toMatch(signs[response(pair)] ?? /\w/);
    expect(ofForm(pairs, 'analyses').some(({ task }) => task === 'statement_type')).toBe(false);
  });
});
