/**
 * Questions that are answered with a figure of the table or a few words.
 * @module
 */
import { figureText, tableText } from '../tables/statement.js';
import { cells, columnsOf, partChoices, periodPairs, place } from './choices.js';
import type { Fact, Maker } from './fact.js';
import { enumerate } from './phrasings.js';
import { statementType, statementTypes } from './statement-type.js';
import { figure, inColumn, periodName, rowName } from './table-view.js';

/** What a model answers when the table does not hold what is asked for. */
export const declined = 'The table does not say.';

const ranks = ['largest', 'smallest', 'second largest'] as const;

/** The figure in a cell. */
export const look_up: Maker = ({ view }) =>
  cells(view).map(([row, column]) => ({
    task: 'look_up',
    phrasing: 'look_up',
    words: { row: rowName(view.table, row), in: inColumn(view, column) },
    response: figureText(view.table, row, column),
    derivation: place(view, row, column),
    cells: [[row, column]],
  }));

/** Which way a figure went, and which of two parts is larger. */
export const comparison: Maker = ({ view, random }) => [
  ...periodPairs(view)
    .filter(([row, from, to]) => figure(view, row, from)! > 0 && figure(view, row, to)! > 0)
    .filter(([row, from, to]) => figure(view, row, from) !== figure(view, row, to))
    .map(
      ([row, from, to]): Fact => ({
        task: 'comparison',
        phrasing: 'comparison_direction',
        words: { row: rowName(view.table, row), from: periodName(view, from), to: periodName(view, to) },
        response: figure(view, row, to)! > figure(view, row, from)! ? 'increased' : 'decreased',
        derivation: `${place(view, row, from)}; ${place(view, row, to)}`,
        cells: [
          [row, from],
          [row, to],
        ],
      }),
    ),
  ...partChoices(view, random, [2])
    .filter(({ rows: [a, b], column }) => figure(view, a!, column) !== figure(view, b!, column))
    .map(({ rows, column }): Fact => {
      const [first, second] = random.shuffle(rows) as [number, number];
      const larger = figure(view, first, column)! > figure(view, second, column)! ? first : second;
      return {
        task: 'comparison',
        phrasing: 'comparison_rows',
        words: {
          first: rowName(view.table, first),
          second: rowName(view.table, second),
          in: inColumn(view, column),
        },
        response: rowName(view.table, larger),
        derivation: `${place(view, first, column)}; ${place(view, second, column)}`,
        cells: [
          [first, column],
          [second, column],
        ],
      };
    }),
];

/** Largest, smallest and second largest of parts or years. */
export const ranking: Maker = ({ view, random }) => [
  ...partChoices(view, random, [3, 4])
    .filter(({ rows, column }) => new Set(rows.map((row) => figure(view, row, column))).size === rows.length)
    .map(({ rows, column }): Fact => {
      const rank = random.pick(ranks);
      return {
        task: 'ranking',
        phrasing: 'ranking',
        words: {
          items: enumerate(
            rows.map((row) => rowName(view.table, row)),
            'and',
          ),
          rank,
          in: inColumn(view, column),
        },
        response: rowName(
          view.table,
          ranked(rows, (row) => figure(view, row, column)!, rank),
        ),
        derivation: rows.map((row) => place(view, row, column)).join('; '),
        cells: rows.map((row) => [row, column]),
      };
    }),
  ...view.rows.flatMap((row): Fact[] => {
    const values = view.series.map((column) => figure(view, row, column) ?? -1);
    if (view.series.length < 3 || values.some((value) => value <= 0) || new Set(values).size < values.length)
      return [];
    const rank = random.pick(ranks);
    return [
      {
        task: 'ranking',
        phrasing: 'ranking_periods',
        words: {
          row: rowName(view.table, row),
          rank: rank.replace('largest', 'highest').replace('smallest', 'lowest'),
        },
        response: periodName(
          view,
          ranked(view.series, (column) => figure(view, row, column)!, rank),
        ),
        derivation: view.series.map((column) => place(view, row, column)).join('; '),
        cells: view.series.map((column) => [row, column]),
      },
    ];
  }),
];

/** What part of a report the table is, among a few. */
export const statement_type: Maker = ({ view, random }) => {
  const type = statementType(view.table);
  if (!type) return [];
  const others = statementTypes.filter((other) => other !== type);
  return [2, 2, 2, 3, 3, 3].map((count) => ({
    task: 'statement_type',
    phrasing: 'statement_type',
    words: { options: enumerate(random.shuffle([type, ...random.shuffle(others).slice(0, count)]), 'or') },
    response: type,
    derivation: 'from the words of the table',
    cells: [],
  }));
};

/** Rows of other reports, and years that the table does not hold. */
export const unanswerable: Maker = ({ view, foreignLabels, random }) => {
  const known = new Set(wordsOf(tableText(view.table)));
  const columns = columnsOf(view);
  const foreign = random
    .shuffle(foreignLabels)
    .slice(0, 24)
    .filter((label) => wordsOf(label).filter((word) => known.has(word)).length * 2 < wordsOf(label).length)
    .slice(0, 8)
    .map((row) => ({ row, in: inColumn(view, random.pick(columns)) }));
  const years = view.table.columns.flatMap(({ year }) => year ?? []);
  const text = tableText(view.table);
  const absent =
    years.length === 0 ? [] : [Math.min(...years) - 1, Math.min(...years) - 2, Math.max(...years) + 1];
  const untold = absent
    .filter((year) => !text.includes(String(year)))
    .flatMap((year) =>
      random
        .shuffle(view.rows)
        .slice(0, 3)
        .map((row) => ({ row: rowName(view.table, row), in: `in ${year}` })),
    );
  return [...foreign, ...untold].map((words) => ({
    task: 'unanswerable',
    phrasing: 'look_up',
    words,
    response: declined,
    derivation: `the table has no ${words.row} ${words.in}`,
    cells: [],
  }));
};

function ranked(
  items: readonly number[],
  value: (item: number) => number,
  rank: (typeof ranks)[number],
): number {
  const sorted = items.toSorted((a, b) => value(b) - value(a));
  return rank === 'largest' ? sorted[0]! : rank === 'smallest' ? sorted.at(-1)! : sorted[1]!;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]{3,}/g) ?? [];
}
