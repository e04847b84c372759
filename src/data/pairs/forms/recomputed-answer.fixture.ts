/**
 * Answers to the plainest questions about a report or an analysis, computed from what a reader finds in its text.
 * @module
 */
import type { PairTask } from '../../../recipe/data/tables.js';
import { type DocumentReader, value } from './document-reader.fixture.js';

type Answer = string | number;

const fraction = (text: string): number => value(text) / (text.endsWith('%') ? 100 : 1);
const place = String.raw`([Ii]n \d{4}|[Uu]nder \[\d+\])`;

/** Answers of each task; a number is a fraction where the answer is a percentage. Empty where the text has none. */
export const recomputed: Partial<
  Record<PairTask, (reader: DocumentReader, question: string) => (Answer | undefined)[]>
> = {
  look_up: (reader, question) => {
    const growth = /^By how many percent did <(\d+)> (?:in|de)crease from (\d+) to (\d+) according to/.exec(
      question,
    );
    if (growth) {
      const key = `growth|${reader.name(growth[1]!)}|${growth[2]}|${growth[3]}`;
      return reader.numbers.filter((number) => number.key === key).map(({ stated }) => fraction(stated));
    }
    const measure = /^What was (.+) according to the analysis\?$/.exec(question)?.[1];
    if (measure) {
      const key = keyOf(measure).map((one) => reader.unmask(one).toLowerCase());
      return reader.numbers
        .filter((number) => key.includes(number.key))
        .map(({ stated }) => fraction(stated));
    }
    const [, row, where] = match(new RegExp(`^What was <(\\d+)> ${place}\\?$`), question);
    return [figure(reader, row!, where!)];
  },
  change: (reader, question) => {
    const [a, b] = twoYears(reader, /^What was the change in <(\d+)> from (\d{4}) to (\d{4})\?$/, question);
    return [b - a];
  },
  percentage_change: (reader, question) => {
    const asked = /^What was the percentage change in <(\d+)> from (\d{4}) to (\d{4})\?$/;
    const [a, b] = twoYears(reader, asked, question);
    return [b / a - 1];
  },
  average: (reader, question) => {
    const [, row, years] = match(/^What was the average of <(\d+)> over ([\d, and]+)\?$/, question);
    const figures = years!.match(/\d{4}/g)!.map((year) => figure(reader, row!, `in ${year}`)!);
    return [figures.reduce((a, b) => a + b) / figures.length];
  },
  total: (reader, question) => {
    const [, where] = match(new RegExp(`^What is the total of .+ ${place}\\?$`), question);
    return [rowsOf(question).reduce((sum, row) => sum + figure(reader, row, where!)!, 0)];
  },
  share: (reader, question) => {
    const [, whole, row, where] = match(
      new RegExp(`^What share of <(\\d+)> was <(\\d+)> ${place}\\?$`),
      question,
    );
    return [figure(reader, row!, where!)! / figure(reader, whole!, where!)!];
  },
  ratio: (reader, question) => {
    const asked = new RegExp(`^What was the ratio of <(\\d+)> to <(\\d+)> ${place}\\?$`);
    const [, row, other, where] = match(asked, question);
    return [figure(reader, row!, where!)! / figure(reader, other!, where!)!];
  },
  unit_conversion: (reader, question) => {
    const asked = new RegExp(`^What was <(\\d+)> ${place}, expressed in (\\w+)`);
    const [, row, where, unit] = match(asked, question);
    const factor = { thousands: 1e3, millions: 1e6, billions: 1e9 }[unit!] ?? 1;
    return [(figure(reader, row!, where!)! * reader.unit) / factor];
  },
  comparison: (reader, question) => {
    const asked = /^Did <(\d+)> increase or decrease from (\d{4}) to (\d{4})\?$/;
    if (asked.test(question)) {
      const [a, b] = twoYears(reader, asked, question);
      return [b > a ? 'increased' : 'decreased'];
    }
    const [, where] = match(new RegExp(`^Which was larger ${place}, <\\d+> or <\\d+>\\?$`), question);
    return [ranked(reader, rowsOf(question), where!)[0]];
  },
  ranking: (reader, question) => {
    const at = /second/.test(question) ? 1 : /smallest|lowest/.test(question) ? -1 : 0;
    const years = /^In which year was <(\d+)> the (?:second )?(?:highest|lowest)\?$/.exec(question)?.[1];
    if (years) {
      const told = reader.figures.filter(
        ({ row, where }) => row === reader.name(years) && /^in \d/.test(where),
      );
      const sorted = told.toSorted((a, b) => value(b.figure) - value(a.figure));
      const names = [...new Set(sorted.map(({ where }) => where.slice(3)))];
      return [names.at(at)];
    }
    const asked = new RegExp(`^Which of .+ was the (?:second )?(?:largest|smallest) ${place}\\?$`);
    return [ranked(reader, rowsOf(question), match(asked, question)[1]!).at(at)];
  },
  unanswerable: (reader, question) => {
    const known = new RegExp(`^What was <(\\d+)> ${place}\\?$`).exec(question);
    if (known && figure(reader, known[1]!, known[2]!) !== undefined) return [];
    return ['The text does not say.'];
  },
};

function match(pattern: RegExp, question: string): RegExpExecArray {
  const found = pattern.exec(question);
  if (!found) throw new Error(`not read: ${question}`);
  return found;
}

function figure(reader: DocumentReader, row: string, where: string): number | undefined {
  const place = reader.unmask(`${where[0]!.toLowerCase()}${where.slice(1)}`);
  const text = reader.find(reader.name(row), place);
  return text === undefined ? undefined : fraction(text);
}

function twoYears(reader: DocumentReader, pattern: RegExp, question: string): [number, number] {
  const [, row, from, to] = match(pattern, question);
  return [figure(reader, row!, `in ${from}`)!, figure(reader, row!, `in ${to}`)!];
}

function rowsOf(question: string): string[] {
  return [...question.matchAll(/<(\d+)>/g)].map(([, row]) => row!);
}

function ranked(reader: DocumentReader, rows: readonly string[], where: string): string[] {
  return rows
    .toSorted((a, b) => figure(reader, b, where)! - figure(reader, a, where)!)
    .map((row) => reader.unmask(`<${row}>`));
}

/** Keys of the computed numbers that a question may mean. */
function keyOf(measure: string): string[] {
  const rules: [RegExp, (...parts: string[]) => string][] = [
    [/^the share of (<\d+>) in (<\d+>) (.+)$/, (row, whole, where) => `share|${row}|${whole}|${where}`],
    [
      /^the combined share of the two largest items in (<\d+>) (.+)$/,
      (whole, where) => `largest|${whole}|${where}`,
    ],
    [
      /^the (?:in|de)crease in (<\d+>) as an amount from (\d+) to (\d+)$/,
      (row, a, b) => `amount|${row}|${a}|${b}`,
    ],
    [/^the change in (<\d+>) as an amount from (\d+) to (\d+)$/, (row, a, b) => `change|${row}|${a}|${b}`],
    [
      /^the change in percentage points of (<\d+>) from (\d+) to (\d+)$/,
      (row, a, b) => `points|${row}|${a}|${b}`,
    ],
    [
      /^the difference for (<\d+>) between (.+) and (.+)$/,
      (row, a, b) => `difference|${row}|under ${a}|under ${b}`,
    ],
    [/^(.+?) (in \d{4})$/, (name, where) => `${name}|${where}`],
  ];
  return rules.flatMap(([pattern, key]) => {
    const parts = pattern.exec(measure);
    return parts ? [key(...parts.slice(1))] : [];
  });
}
