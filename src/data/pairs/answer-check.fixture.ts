/**
 * Checks of answers by computing them again from the text of the prompt, by another route than the makers'.
 * @module
 */
import { expect } from 'vitest';
import { executeCalculations, readAnswer } from '../answers.js';
import { checkDevelopment, isMainRow, partsAbove } from './development.fixture.js';
import { statedNumbers } from './forms/stated-number.fixture.js';
import type { ReadDocument } from './forms/told-table.fixture.js';
import {
  columnsOfYear,
  namesIn,
  numberIn,
  type ReadRow,
  type ReadTable,
  rowsNamed,
} from './prompt-text.fixture.js';
import { columnsAt, type ReadQuestion } from './question-text.fixture.js';
import { near, ratioValue, sized } from './ratio-value.fixture.js';
import { kindByWords } from './statement-kind.fixture.js';
import { statementFigure, statementLinesOf } from './statement-words.fixture.js';
import { hasSign } from './warning-sign.fixture.js';

type Parts = Record<string, string>;
/** What an answer must say: a text, a value, or the names of rows. */
type Expected = string | { value: number; percent: boolean } | { rows: ReadRow[] };

/** The one row of a name; its figure in the one column that a place means. */
function cellOf(
  table: ReadTable,
  name: string,
  place: string,
): { row: ReadRow; column: number; text: string } {
  const cells = rowsNamed(table, name).flatMap((row) =>
    columnsAt(table, place).map((column) => ({ row, column, text: row.figures[column]! })),
  );
  const filled = cells.filter(({ text }) => text !== '-');
  if (filled.length !== 1) throw new Error(`${filled.length} figures of ${name} ${place}`);
  return filled[0]!;
}
const textAt = (table: ReadTable, name: string, place: string): string => cellOf(table, name, place).text;
/** A figure; percentages as fractions. */
function valueAt(table: ReadTable, name: string, place: string): number {
  const text = textAt(table, name, place);
  return numberIn(text)! / (text.endsWith('%') ? 100 : 1);
}

/** Both ends of a span of years. */
function ends(table: ReadTable, { row, from, to }: Parts): [before: number, after: number, percent: boolean] {
  if (from! >= to!) throw new Error(`years ${from} to ${to}`);
  const percent = textAt(table, row!, `in ${to}`).endsWith('%');
  return [valueAt(table, row!, `in ${from}`), valueAt(table, row!, `in ${to}`), percent];
}

/** The one reading of a list of names. */
function listed(table: ReadTable, words: string): string[] {
  const readings = namesIn(table, words).filter((names) => names.length > 1);
  if (readings.length !== 1) throw new Error(`${readings.length} readings of ${words}`);
  return readings[0]!;
}

function ranked(names: readonly string[], value: (name: string) => number, rank: string): string {
  const sorted = names.toSorted((a, b) => value(b) - value(a));
  const values = sorted.map(value);
  if (new Set(values).size < values.length) throw new Error('equal figures are ranked');
  return sorted.at(rank.startsWith('second') ? 1 : /largest|highest/.test(rank) ? 0 : -1)!;
}

const number = (value: number, percent = false): Expected => ({ value, percent });

/** Computes answers, by kind of question. */
const answers: Record<string, Record<string, (document: ReadDocument, parts: Parts) => Expected>> = {
  look_up: {
    figure: ({ told }, { row, place }) => textAt(told, row!, place!),
    growth: ({ prose }, parts) => statedNumbers(prose!, parts),
    measure: ({ prose }, parts) => statedNumbers(prose!, parts),
  },
  change: {
    change: ({ told }, parts) => {
      const [before, after, percent] = ends(told, parts);
      return number(after - before, percent);
    },
  },
  percentage_change: {
    growth: ({ told }, parts) => {
      const [before, after, percent] = ends(told, parts);
      if (percent || before <= 0 || after <= 0) throw new Error('no growth in percent');
      return number(after / before - 1, true);
    },
  },
  total: {
    total: ({ told }, { list, place }) =>
      number(listed(told, list!).reduce((sum, name) => sum + valueAt(told, name, place!), 0)),
  },
  average: {
    average: ({ told }, { row, years }) => {
      const figures = years!.match(/\d{4}/g)!.map((year) => valueAt(told, row!, `in ${year}`));
      return number(figures.reduce((a, b) => a + b) / figures.length);
    },
  },
  share: {
    share: ({ told }, { row, other, place }) => {
      const [part, whole] = [valueAt(told, row!, place!), valueAt(told, other!, place!)];
      if (part <= 0 || part > whole) throw new Error(`${part} of ${whole} is no share`);
      return number(part / whole, true);
    },
  },
  ratio: {
    ratio: ({ told }, { row, other, place }) =>
      number(valueAt(told, row!, place!) / valueAt(told, other!, place!)),
  },
  unit_conversion: {
    conversion: ({ told }, { row, place, unit }) => {
      const [from, to] = [told.unit ?? '', unit!].map((one) => {
        const [, scale, currency] = /^(?:(thousand|million|billion)s of )?(.+)$/.exec(one)!;
        return { size: { thousand: 1e3, million: 1e6, billion: 1e9 }[scale ?? ''] ?? 1, currency };
      }) as [{ size: number; currency: string }, { size: number; currency: string }];
      expect(to.currency).toBe(from.currency);
      return number((valueAt(told, row!, place!) * from.size) / to.size);
    },
  },
  comparison: {
    direction: ({ told }, parts) => {
      const [before, after] = ends(told, parts);
      if (before === after) throw new Error('no change');
      return after > before ? 'increased' : 'decreased';
    },
    larger: ({ told }, { row, other, place }) =>
      ranked([row!, other!], (name) => valueAt(told, name, place!), 'largest'),
  },
  ranking: {
    rows: ({ told }, { list, place, rank }) =>
      ranked(listed(told, list!), (name) => valueAt(told, name, place!), rank!),
    years: ({ told }, { row, rank }) => {
      const years = Array.from({ length: 40 }, (_, index) => String(1995 + index)).filter((year) =>
        columnsOfYear(told, year).some((column) => rowsNamed(told, row!)[0]!.figures[column] !== '-'),
      );
      return ranked(years, (year) => valueAt(told, row!, `in ${year}`), rank!);
    },
  },
  statement_type: {
    type: ({ text }, { options }) => kindByWords(text, options!.split(/, | or /)) ?? 'unsure',
  },
  financial_ratio: {
    ratio: ({ told, prose }, { ratio, place }) => {
      const columns = columnsAt(told, place!);
      if (columns.length !== 1) throw new Error(`${columns.length} columns ${place}`);
      return ratioValue(told, ratio!, columns[0]!, prose === undefined);
    },
    due: ({ told }, { row }) => {
      const [soon, total] = [/1 year/i, /^total$/i].map((label) =>
        told.columns.findIndex((column) => label.test(column) && !/more|after|1 to/i.test(column)),
      ) as [number, number];
      const [figures] = rowsNamed(told, row!);
      return number(sized(figures!, soon) / sized(figures!, total), true);
    },
  },
  risk_flags: {
    moved: ({ told }, parts) => {
      const rows = listed(told, parts.list!).map((name) => rowsNamed(told, name)[0]!);
      return { rows: rows.filter((row) => isFlagged(told, row, parts)) };
    },
    whole: ({ told }, parts) => ({ rows: told.rows.filter((row) => isFlagged(told, row, parts)) }),
    signs: ({ told }, { signs, to }) =>
      signs!
        .split(/, | or /)
        .filter((sign) => hasSign(told, sign, to!))
        .join('; ') || 'none',
  },
  json_output: {
    plain: ({ told }, { fields }) => jsonOf(told, fields!, false),
    unit: ({ told }, { fields }) => jsonOf(told, fields!, true),
  },
  unanswerable: {
    absent: (document, { name, place }) => {
      checkAbsent(document, name!, place!);
      return document.prose ? 'The text does not say.' : 'The table does not say.';
    },
  },
};

function isFlagged(table: ReadTable, row: ReadRow, { moved, limit, from, to }: Parts): boolean {
  const [then, now] = [from!, to!].map((year) => {
    const [column, ...others] = columnsOfYear(table, year);
    if (column === undefined || others.length > 0) throw new Error(`no one column of ${year}`);
    return sized(row, column);
  }) as [number, number];
  if (!(then > 0 && now > 0)) throw new Error(`${row.name} can't be flagged`);
  return moved === 'rose'
    ? now * 100 > then * (100 + Number(limit))
    : now * 100 < then * (100 - Number(limit));
}

function jsonOf(table: ReadTable, fields: string, withUnit: boolean): string {
  const keysIn = (words: string): string[][] =>
    namesIn({ ...table, rows: keyNames(table).map((name) => ({ name, section: '', figures: [] })) }, words);
  const readings = [...fields.matchAll(/ for /g)].flatMap((joint) =>
    namesIn(table, fields.slice(0, joint.index)).flatMap((rows) =>
      keysIn(fields.slice(joint.index + joint[0].length)).map((keys) => ({ rows, keys })),
    ),
  );
  if (readings.length !== 1) throw new Error(`${readings.length} readings of ${fields}`);
  const { rows, keys } = readings[0]!;
  const objects = rows.map((name) => {
    const texts = keys.map((key) => figureUnder(table, name, key));
    const percent = texts.some((text) => text.includes('%'));
    if (percent && !withUnit) throw new Error('a percentage without its unit');
    const figures = keys.map((key, index) => [key, numberIn(texts[index])] as const);
    const unit = withUnit ? [['unit', percent ? 'percent' : table.unit] as const] : [];
    const fieldTexts = [['item', name] as const, ...unit, ...figures].map(
      ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value ?? null)}`,
    );
    return `{${fieldTexts.join(',')}}`;
  });
  return objects.length === 1 ? objects[0]! : `[${objects.join(',')}]`;
}

/** Labels of columns, and the years that they stand for. */
function keyNames(table: ReadTable): string[] {
  const years = Array.from({ length: 40 }, (_, index) => String(1995 + index));
  return [...new Set([...table.columns, ...years.filter((year) => columnsOfYear(table, year).length === 1)])];
}

function figureUnder(table: ReadTable, name: string, key: string): string {
  const exact = table.columns.indexOf(key);
  const column = exact >= 0 ? exact : columnsOfYear(table, key)[0]!;
  const rows = rowsNamed(table, name);
  if (rows.length !== 1) throw new Error(`${rows.length} rows ${name}`);
  return rows[0]!.figures[column]!;
}

/** Fails where the document tells the figure after all: under that name, another spelling or another word for it. */
function checkAbsent({ told }: ReadDocument, name: string, place: string): void {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^a-z\d]+/g, ' ')
      .trim();
  const columns = columnsAt(told, place);
  if (columns.length === 0) return;
  const lines = statementLinesOf(name);
  for (const row of told.rows) {
    const filled = columns.some((column) => row.figures[column] !== '-');
    const same = [row.name, `${row.name} (${row.section})`].some((one) => plain(one) === plain(name));
    if (filled && same) throw new Error(`${name} ${place} stands there`);
  }
  for (const line of lines) {
    for (const column of columns) {
      const figure = statementFigure(told, line, column);
      if (figure !== undefined) throw new Error(`${name} may be ${line}, which is ${figure} ${place}`);
    }
  }
}

function checkSummary({ told }: ReadDocument, { row, from, to }: Parts, said: string): void {
  const [development, part] = said.slice(0, -1).split('; the largest part in ') as [string, string?];
  const candidates = told.rows
    .flatMap((one) => [one.name, `${one.name} (${one.section})`])
    .filter((label) => [`${label} `, `For ${label}, `].some((start) => development.startsWith(start)));
  const subject = row ?? candidates.toSorted((a, b) => b.length - a.length)[0]!;
  checkDevelopment(told, development, subject, from!, to!);
  const [total] = rowsNamed(told, subject);
  if (row === undefined)
    expect(isMainRow(told, total!, columnsOfYear(told, to!)[0]!), `main row ${subject}`).toBe(true);
  if (!part) return;
  const [, year, label, expression] = /^(\d{4}) was (.+) with \[(.+) in %\]$/.exec(part)!;
  const column = columnsOfYear(told, year!)[0]!;
  expect(year).toBe(to);
  const largest = rowsNamed(told, label!)[0]!;
  expect(expression).toBe(`${largest.figures[column]} / ${total!.figures[column]}`);
  const block = partsAbove(told, total!, column)!;
  expect(block, `parts of ${subject}`).toContain(largest);
  for (const other of block)
    if (other !== largest) expect(sized(other, column) || 0).toBeLessThan(sized(largest, column));
}

/** Fails where a response, or the value that is stated for it, is not what the document gives. */
export function checkResponse(
  document: ReadDocument,
  task: string,
  { kind, parts }: ReadQuestion,
  said: string,
  answer: string | undefined,
): void {
  if (task === 'trend_commentary' || task === 'summary') {
    expect(said.endsWith('.')).toBe(true);
    if (task === 'summary') checkSummary(document, parts, said);
    else checkDevelopment(document.told, said.slice(0, -1), parts.row!, parts.from!, parts.to!);
    expect(answer).toBe(executeCalculations(said));
    return;
  }
  const expected = answers[task]![kind]!(document, parts);
  if (typeof expected === 'string') {
    expect(said).toBe(expected);
    expect(answer).toBeUndefined();
    return;
  }
  if ('rows' in expected) {
    const named = said === 'none' ? [] : said.split('; ').map((name) => rowsNamed(document.told, name));
    expect(named).toEqual(expected.rows.map((row) => [row]));
    expect(answer).toBeUndefined();
    return;
  }
  const [value, stated] = [readAnswer(said).number!, readAnswer(answer!).number!];
  expect(near(value.value, expected.value), `${said}; recomputed ${expected.value}`).toBe(true);
  expect([value.percent, stated.percent]).toEqual([expected.percent, expected.percent]);
  expect(Math.abs(stated.value - expected.value)).toBeLessThanOrEqual(stated.resolution * 1.001);
}
