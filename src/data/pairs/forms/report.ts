/**
 * A table as a section of a report: its figures in prose, as management discusses them, and no other number.
 * @module
 */
import { type RandomStream, randomStream } from '../../../random.js';
import { figureKind, figureText } from '../../tables/statement.js';
import { enumerate } from '../phrasings.js';
import { figure, periodName, type TableView } from '../table-view.js';
import { type FormDocument, type ToldSentence, tellsCells } from './form.js';
import { rowOrder } from './row-order.js';
import {
  comparable,
  documentTitle,
  figuresInColumns,
  type RowWords,
  rowWords,
  toldColumns,
  unitSentence,
  yearsText,
} from './row-words.js';

type Direction = 'up' | 'down' | undefined;

/** A sentence about one row. */
interface RowSentence extends ToldSentence {
  row: number;
  direction: Direction;
}

const mostColumns = 3;
const sentencesOfParagraph = 3;
const upVerbs = ['increased', 'rose', 'grew'] as const;
const downVerbs = ['decreased', 'fell', 'declined'] as const;
const openings = [
  'This section discusses the figures for {years}.',
  'The discussion below covers {years}.',
  'The figures for {years} were as follows.',
  'The paragraphs below compare the figures for {years}.',
];
const units = [
  'All amounts are in {unit}.',
  'Amounts are stated in {unit}.',
  'Monetary amounts are given in {unit}.',
];
/** Movements of which a rise or a fall would be ambiguous. */
const movement = /\b(?:increase|decrease|change|reduction|movement|gain|loss)s?\b|\(/i;

/**
 * Writes a section of a report about a table. Each figure stands with its row and its year or column; verbs of rising and
 * falling are used only where both figures are positive and differ that way.
 *
 * @param variant other variants tell other rows where the table is large, and in other words
 * @param limit longest text in characters
 * @returns undefined where not even one row fits
 */
export function writeReport(
  view: TableView,
  seed: number,
  variant: number,
  limit: number,
): FormDocument | undefined {
  const random = randomStream(seed, 'report', view.table.id, variant);
  const title = `Report: ${documentTitle(view, 'selected figures')}`;
  const opening =
    view.series.length > 0 && random.integer(3) > 0
      ? random.pick(openings).replace('{years}', yearsText(view))
      : '';
  const unit = random.pick(units);
  // Room for title, opening, unit and the words that join sentences.
  let room = limit - title.length - opening.length - 90;
  const chosen: RowSentence[] = [];
  for (const row of rowOrder(view, variant)) {
    const sentence = rowSentence(view, row, random);
    if (sentence.text.length + 30 > room || chosen.length >= 7) continue;
    room -= sentence.text.length + 1;
    chosen.push(sentence);
  }
  if (chosen.length === 0) return undefined;
  chosen.sort((a, b) => a.row - b.row);
  const first = [
    opening,
    unitSentence(
      view,
      chosen.map(({ row }) => row),
      unit,
    ),
  ].filter(Boolean);
  const { text, sections } = paragraphs(
    view,
    chosen,
    random,
    limit - title.length - first.join(' ').length - 2,
  );
  return {
    form: 'report',
    text: [title, ...(first.length > 0 ? [first.join(' ')] : []), text].join('\n'),
    tells: tellsCells(chosen),
    names: [...sections, ...chosen.map(({ row }) => view.table.rows[row]!.label)],
    stated: [],
  };
}

/** Joins sentences to paragraphs; names the section where it begins. */
function paragraphs(
  view: TableView,
  chosen: readonly RowSentence[],
  random: RandomStream,
  room: number,
): { text: string; sections: string[] } {
  const lines: string[][] = [];
  const sections: string[] = [];
  let left = room - chosen.reduce((sum, { text }) => sum + text.length + 1, 0);
  let section: string | undefined;
  let before: Direction;
  chosen.forEach((sentence, index) => {
    const { label, section: own } = view.table.rows[sentence.row]!;
    const begins = own !== section;
    section = own;
    if (begins || lines.length === 0 || lines.at(-1)!.length >= sentencesOfParagraph) {
      lines.push([]);
      before = undefined;
    }
    const lead =
      begins && own && !sentence.text.includes(own) && !isTotal(label)
        ? sectionLead(own)
        : index > 0 && random.integer(3) === 0
          ? link(before, sentence.direction)
          : '';
    const spoken = lead.length <= left ? lead : '';
    left -= spoken.length;
    if (spoken && begins && own) sections.push(own);
    lines
      .at(-1)!
      .push(
        `${spoken}${spoken ? sentence.text.replace(/^(?:In|For|The) /, (word) => word.toLowerCase()) : sentence.text}`,
      );
    before = sentence.direction;
  });
  return { text: lines.map((line) => line.join(' ')).join('\n'), sections };
}

function isTotal(label: string): boolean {
  return /^total\b/i.test(label);
}

function sectionLead(section: string): string {
  const plain = /^[A-Z][A-Za-z'’ -]{2,45}$/.test(section) && !/\b(?:of|to|as|from|in|for)$/i.test(section);
  return plain ? `Within ${section}, ` : `Under the heading "${section}", `;
}

function link(before: Direction, now: Direction): string {
  if (!before || !now) return '';
  return before === now ? 'Likewise, ' : 'By contrast, ';
}

/** One sentence that tells a row. */
function rowSentence(view: TableView, row: number, random: RandomStream): RowSentence {
  const words = rowWords(view, row);
  const columns = toldColumns(view, row);
  if (!columns.every((column) => view.series.includes(column)))
    return { row, direction: undefined, ...inColumns(view, row, words, columns, random) };
  const values = columns.map((column) => figure(view, row, column)!);
  const [now, before] = values;
  const both = now !== undefined && before !== undefined && now > 0 && before > 0;
  const direction: Direction =
    !both || now === before || !words.subject || movement.test(words.name)
      ? undefined
      : now > before
        ? 'up'
        : 'down';
  const told = columns.map((column): [number, number] => [row, column]);
  const text = gap(view, row, words, columns) ?? overYears(view, row, words, columns, direction, random);
  // A sentence that only lines the figures up says nothing about a direction.
  const moved = /\b(?:increased|rose|grew|decreased|fell|declined)\b/.test(text) ? direction : undefined;
  return { row, direction: moved, text, cells: told };
}

function inColumns(
  view: TableView,
  row: number,
  words: RowWords,
  columns: readonly number[],
  random: RandomStream,
): ToldSentence {
  const told = columns.slice(0, mostColumns);
  const [first, ...rest] = told as [number, ...number[]];
  const text =
    rest.length === 0
      ? `For ${words.name}, the figure was ${figuresInColumns(view, row, told)}.`
      : words.subject && comparable(view, row, told) && random.integer(2) === 0
        ? `${words.start} came to ${figuresInColumns(view, row, [first])}, against ${figuresInColumns(view, row, rest)}.`
        : `For ${words.name}, the figures were ${figuresInColumns(view, row, told)}.`;
  return { text, cells: told.map((column) => [row, column]) };
}

/** A row that has no figure for some of the years. */
function gap(view: TableView, row: number, words: RowWords, columns: readonly number[]): string | undefined {
  const missing = view.series.toReversed().filter((column) => !columns.includes(column));
  if (missing.length === 0) return undefined;
  const years = enumerate(
    missing.map((column) => periodName(view, column)),
    'and',
  );
  const figures = figuresInColumns(view, row, columns);
  return words.subject
    ? `${words.start} ${words.be} ${figures}; no figure was reported for ${years}.`
    : `For ${words.name}, the figure was ${figures}, with none reported for ${years}.`;
}

/** A row with figures in all years, the newest first. */
function overYears(
  view: TableView,
  row: number,
  words: RowWords,
  columns: readonly number[],
  direction: Direction,
  random: RandomStream,
): string {
  const told = columns.map((column) => ({
    year: periodName(view, column),
    figure: figureText(view.table, row, column),
  }));
  const [now, before, ...older] = told as [(typeof told)[0], (typeof told)[0], ...typeof told];
  const list = (items: typeof told): string =>
    enumerate(
      items.map(({ figure: value, year }) => `${value} in ${year}`),
      'and',
    );
  if (!words.subject) {
    return `For ${words.name}, the figure was ${now.figure} in ${now.year}, compared with ${list([before, ...older])}.`;
  }
  if (now.figure === before.figure) {
    if (older.every((one) => one.figure === now.figure)) {
      const years = told.map(({ year }) => year).toReversed();
      return `${words.start} ${words.be} unchanged at ${now.figure} in ${enumerate(years, 'and')}.`;
    }
    const after = older.length > 0 ? `, after ${list(older)}` : '';
    return `${words.start} ${words.be} unchanged at ${now.figure} in ${before.year} and ${now.year}${after}.`;
  }
  const after = older.length > 0 ? `, after ${list(older)}` : '';
  const amount = figureKind(view.table, row, columns[0]!) === 'amount';
  const level = random.pick(amount ? ['amounted to', 'came to', words.be, words.be] : ['stood at', words.be]);
  const neutral = [
    `${words.start} ${words.be} ${now.figure} in ${now.year}, compared with ${list([before, ...older])}.`,
    `${words.start} ${level} ${list(told)}.`,
    `In ${now.year}, ${words.within} ${level} ${now.figure}, against ${list([before, ...older])}.`,
  ];
  if (direction === undefined) return random.pick(neutral);
  const verb = random.pick(direction === 'up' ? upVerbs : downVerbs);
  return random.pick([
    ...neutral.slice(0, 2),
    `${words.start} ${verb} from ${before.figure} in ${before.year} to ${now.figure} in ${now.year}${after}.`,
    `${words.start} ${verb} to ${now.figure} in ${now.year} from ${before.figure} in ${before.year}${after}.`,
    `In ${now.year}, ${words.within} ${verb} to ${now.figure}, from ${before.figure} in ${before.year}${after}.`,
  ]);
}
