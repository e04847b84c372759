import { describe, expect, it } from 'vitest';
import { findUngrounded } from '../../evaluate/scorers/grounded.js';
import { randomStream } from '../../random.js';
import { defaultPairTasks, type PairSettings, type PairTask, pairTasks } from '../../recipe/data/tables.js';
import { dataSchema } from '../../recipe/data.js';
import { executeCalculations, readAnswer } from '../answers.js';
import { readTables } from '../tables/read-tables.js';
import { figureText } from '../tables/statement.js';
import { analysisPhrasings } from './analysis-phrasings.js';
import { checkAnswer } from './answer-formats.js';
import { checkDevelopment, isMainRow, partsAbove } from './development.fixture.js';
import { factMakers } from './facts.js';
import { statedPhrasings } from './forms/stated-phrasings.js';
import { makePairs } from './make-pairs.js';
import { fill, phrasings } from './phrasings.js';
import {
  columnsOfYear,
  namesIn,
  numberIn,
  type ReadRow,
  type ReadTable,
  readPrompt,
  rowsNamed,
} from './prompt-text.fixture.js';
import { near, ratioValue, sized } from './ratio-value.fixture.js';
import { statementFigure } from './statement-words.fixture.js';
import { viewTable } from './table-view.js';
import { hasSign } from './warning-sign.fixture.js';

const { tables } = await readTables('examples/finance/data/statements.json');

function settings(pairs: object): PairSettings {
  const [source] = dataSchema.parse({ sources: [{ type: 'tables', path: 'x', pairs }] }).sources;
  return (source as { pairs: PairSettings }).pairs;
}

const tasks = pairTasks.filter((task) => !(defaultPairTasks as readonly string[]).includes(task));
/** Every fact of a task, asked in the plainest way. */
const everyFact = (task: PairTask) =>
  makePairs(tables, settings({ tasks: [task], count: 100_000, phrasings: 1 }), 7).map((pair) => ({
    ...readPrompt(pair.messages![1]!.content),
    context: pair.messages![1]!.content,
    said: pair.messages![2]!.content,
    answer: pair.answer,
    id: pair.id,
  }));

/** The column that a question names: `in 2019`, or `under` its label. */
function columnOf(table: ReadTable, where: string): number {
  if (where.startsWith('under ')) return table.columns.indexOf(where.slice(6));
  return columnsOfYear(table, where.replace('in ', ''))[0]!;
}

describe('financial ratios of the real tables', () => {
  const facts = everyFact('financial_ratio');

  it('are hundreds', () => expect(facts.length).toBeGreaterThan(300));

  it('follow from the prompt by another route', () => {
    const wrong: string[] = [];
    for (const { table, question, said, answer, id } of facts) {
      const due = /^What was the part of (.+) due within one year as a percentage of its total\?$/.exec(
        question,
      );
      const asked = /^What was (.+?) ((?:in \d{4})|(?:under .+))\?$/.exec(question);
      let wanted: { value: number; percent: boolean };
      if (due) {
        const [soon, total] = [/1 year/i, /^total$/i].map((label) =>
          table.columns.findIndex((column) => label.test(column) && !/more|after|1 to/i.test(column)),
        );
        const [row] = rowsNamed(table, due[1]!);
        wanted = { value: sized(row!, soon!) / sized(row!, total!), percent: true };
      } else wanted = ratioValue(table, asked![1]!, columnOf(table, asked![2]!));
      const number = readAnswer(said).number!;
      const stated = readAnswer(answer!).number!;
      const right =
        near(number.value, wanted.value) &&
        number.percent === wanted.percent &&
        stated.percent === wanted.percent &&
        Math.abs(stated.value - wanted.value) <= stated.resolution * 1.001;
      if (!right) wrong.push(`${id}: ${question} → ${said}; ${wanted.value}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('trend commentary on the real tables', () => {
  it('says what the figures say, word by word', () => {
    const facts = everyFact('trend_commentary');
    expect(facts.length).toBeGreaterThan(1200);
    for (const { table, question, said, answer } of facts) {
      const [, name, from, to] = /^Describe how (.+) developed from (\d{4}) to (\d{4})\.$/.exec(question)!;
      expect(said.endsWith('.')).toBe(true);
      checkDevelopment(table, said.slice(0, -1), name!, from!, to!);
      expect(answer).toBe(executeCalculations(said));
      expect(answer).not.toMatch(/[[\]]/);
    }
  });
});

describe('summaries of the real tables', () => {
  it('name the main row, what it did and its largest part', () => {
    const facts = everyFact('summary');
    expect(facts.length).toBeGreaterThan(200);
    let parts = 0;
    for (const { table, question, said } of facts) {
      const [, name, from, to] = /^Summarise (.+) in one sentence, (\d{4}) to (\d{4})\.$/.exec(question)!;
      const [development, part] = said.slice(0, -1).split('; the largest part in ') as [string, string?];
      const candidates = table.rows
        .flatMap((row) => [row.name, `${row.name} (${row.section})`])
        .filter((label) => development.startsWith(`${label} `));
      const subject = name === 'the table' ? candidates.toSorted((a, b) => b.length - a.length)[0]! : name!;
      checkDevelopment(table, development, subject, from!, to!);
      const [total] = rowsNamed(table, subject);
      if (name === 'the table')
        expect(
          isMainRow(table, total!, columnsOfYear(table, to!)[0]!),
          `${subject}\n${JSON.stringify(table)}`,
        ).toBe(true);
      if (!part) continue;
      parts++;
      const [, year, label, expression] = /^(\d{4}) was (.+) with \[(.+) in %\]$/.exec(part)!;
      const column = columnsOfYear(table, year!)[0]!;
      const largest = rowsNamed(table, label!)[0]!;
      expect(expression).toBe(`${largest.figures[column]} / ${total!.figures[column]}`);
      const block = partsAbove(table, total!, column)!;
      expect(block).toContain(largest);
      for (const other of block) {
        if (other !== largest) expect(sized(other, column) || 0).toBeLessThan(sized(largest, column));
      }
    }
    expect(parts).toBeGreaterThan(100);
  });
});

describe('risk flags of the real tables', () => {
  const facts = everyFact('risk_flags');

  it('have nothing to flag in about a third', () => {
    const none = facts.filter(({ said }) => said === 'none').length / facts.length;
    expect(facts.length).toBeGreaterThan(600);
    expect(none).toBeGreaterThan(0.25);
    expect(none).toBeLessThan(0.42);
  });

  it('are what the figures say', () => {
    const wrong: string[] = [];
    for (const { table, question, said, id } of facts) {
      const signs = /^Which of these warning signs does the table show for (\d{4}): (.+)\?$/.exec(question);
      let wanted: string[];
      if (signs) {
        const asked = signs[2]!.split(/, | or /);
        wanted = [asked.filter((sign) => hasSign(table, sign, signs[1]!)).join('; ')];
      } else {
        const [, rows, moved, limit, from, to] =
          /^Which (?:of (.+)|rows) (rose|fell) by more than (\d+)% from (\d{4}) to (\d{4})\?$/.exec(
            question,
          )!;
        const [before, after] = [from!, to!].map((year) => columnsOfYear(table, year)[0]!) as [
          number,
          number,
        ];
        const every = table.rows.map((row) =>
          table.rows.filter(({ name }) => name.toLowerCase() === row.name.toLowerCase()).length > 1 ||
          rowsNamed(table, row.name).length > 1
            ? `${row.name} (${row.section})`
            : row.name,
        );
        const readings = rows === undefined ? [every] : namesIn(table, rows);
        wanted = readings.map((names) =>
          names
            .filter((name) => {
              const row = rowsNamed(table, name)[0]!;
              const [then, now] = [sized(row, before), sized(row, after)];
              expect(Math.min(then, now)).toBeGreaterThan(0);
              return moved === 'rose'
                ? now * 100 > then * (100 + Number(limit))
                : now * 100 < then * (100 - Number(limit));
            })
            .join('; '),
        );
      }
      const plain = (text: string): string => text.replace(/ \([^;]*\)(?=;|$)/g, '');
      const right = wanted.some((text) => said === (text || 'none') || plain(said) === plain(text));
      if (!right) wrong.push(`${id}: ${question} → ${said}; ${wanted.join(' | ')}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('JSON of the real tables', () => {
  it('is valid and holds the figures of the rows, oldest first', () => {
    const facts = everyFact('json_output');
    expect(facts.length).toBeGreaterThan(4000);
    for (const { table, question, said } of facts) {
      const [, rows, unit] = /^Give (.+) for .+?( with the unit)? as JSON\.$/.exec(question)!;
      const parsed: unknown = JSON.parse(said);
      const objects = (Array.isArray(parsed) ? parsed : [parsed]) as Record<string, unknown>[];
      expect(said.replace(/"(?:[^"\\]|\\.)*"/g, '""')).not.toMatch(/\s/);
      const names = objects.map(({ item }) => item as string);
      const joined = names.length < 2 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
      expect(`${rows} for`.startsWith(joined) || question.startsWith(`Give ${joined} for `)).toBe(true);
      for (const [index, object] of objects.entries()) {
        const [row] = rowsNamed(table, names[index]!);
        const keys = Object.keys(object).filter((key) => key !== 'item' && key !== 'unit');
        expect('unit' in object).toBe(unit !== undefined);
        const years = keys.filter((key) => /^20\d\d$/.test(key) && !table.columns.includes(key));
        let percent = false;
        for (const key of keys) {
          const exact = table.columns.indexOf(key);
          const column = exact >= 0 ? exact : columnsOfYear(table, key)[0]!;
          expect(object[key]).toBe(numberIn(row!.figures[column]) ?? null);
          expect(question).toContain(key);
          percent ||= row!.figures[column]!.includes('%');
        }
        if (unit) expect(object.unit).toBe(percent ? 'percent' : table.unit);
        else expect(percent).toBe(false);
        const places = keys.map((key) => said.indexOf(`"${key}":`));
        if (years.length === keys.length) expect(places).toEqual(places.toSorted((a, b) => a - b));
      }
    }
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
