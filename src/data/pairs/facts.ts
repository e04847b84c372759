/**
 * The questions that a table can be asked, each with its answer and how it follows from the figures.
 * @module
 */

import type { RandomStream } from '../../random.js';
import type { PairTask } from '../../recipe/data.js';
import { calculate } from '../calculator.js';
import { figureKind, figureText, type Scale, scaleFactor, tableText, unitText } from '../tables/statement.js';
import { enumerate, type Phrasing } from './phrasings.js';
import { statementType, statementTypes } from './statement-type.js';
import { figure, inColumn, isPositiveAmount, periodName, rowName, type TableView } from './table-view.js';

/** What a model answers when the table does not hold what is asked for. */
export const declined = 'The table does not say.';

/** A question about a table, not yet in words. */
export interface Fact {
  task: PairTask;
  /** The list of phrasings that fits. */
  phrasing: Phrasing;
  /** Words for the phrasing's names. */
  words: Record<string, string>;
  /** What a model should say. */
  response: string;
  /** The value of the response, where that is an expression. */
  answer?: string;
  derivation: string;
}

/** Where facts about one table are made: with labels of other reports, for questions that it can't answer. */
export interface FactContext {
  view: TableView;
  /** Labels from other reports. */
  foreignLabels: readonly string[];
  random: RandomStream;
}

type Maker = (context: FactContext) => Fact[];

const look_up: Maker = ({ view }) =>
  cells(view).map(([row, column]) => ({
    task: 'look_up',
    phrasing: 'look_up',
    words: { row: rowName(view.table, row), in: inColumn(view, column) },
    response: figureText(view.table, row, column),
    derivation: place(view, row, column),
  }));

const change: Maker = ({ view }) =>
  periodPairs(view).map(([row, from, to]) => {
    const [before, after] = [figureText(view.table, row, from), figureText(view.table, row, to)];
    return calculation(view, 'change', {
      words: { row: rowName(view.table, row), from: periodName(view, from), to: periodName(view, to) },
      expression: `${after} - ${before}`,
      percent: figureKind(view.table, row, to) === 'percent',
      derivation: `${place(view, row, to)} less ${place(view, row, from)}`,
    });
  });

const percentage_change: Maker = ({ view }) =>
  periodPairs(view)
    .filter(([row, from, to]) => {
      const positive = figure(view, row, from)! > 0 && figure(view, row, to)! > 0;
      return positive && figureKind(view.table, row, to) !== 'percent';
    })
    .map(([row, from, to]) => {
      const [before, after] = [figureText(view.table, row, from), figureText(view.table, row, to)];
      return calculation(view, 'percentage_change', {
        words: { row: rowName(view.table, row), from: periodName(view, from), to: periodName(view, to) },
        expression: `(${after} - ${before}) / ${before}`,
        percent: true,
        derivation: `(${place(view, row, to)} less ${place(view, row, from)}) over the latter`,
      });
    });

const total: Maker = ({ view, random }) =>
  partChoices(view, random, [2, 3]).map(({ rows, column }) =>
    calculation(view, 'total', {
      words: {
        rows: enumerate(
          rows.map((row) => rowName(view.table, row)),
          'and',
        ),
        in: inColumn(view, column),
      },
      expression: rows.map((row) => figureText(view.table, row, column)).join(' + '),
      percent: false,
      derivation: `sum of ${rows.map((row) => place(view, row, column)).join(' and ')}`,
    }),
  );

const average: Maker = ({ view }) => {
  if (view.series.length < 2) return [];
  return view.table.rows.flatMap((_row, row) => {
    const spans = view.series.length > 2 ? [view.series, view.series.slice(-2)] : [view.series];
    return spans.flatMap((columns) => {
      if (!columns.every((column) => figure(view, row, column) !== undefined)) return [];
      if (columns.some((column) => figureKind(view.table, row, column) === 'percent')) return [];
      const figures = columns.map((column) => figureText(view.table, row, column));
      return [
        calculation(view, 'average', {
          words: {
            row: rowName(view.table, row),
            periods: enumerate(
              columns.map((column) => periodName(view, column)),
              'and',
            ),
          },
          expression: `average(${figures.join(', ')})`,
          percent: false,
          derivation: `mean of ${columns.map((column) => place(view, row, column)).join(' and ')}`,
        }),
      ];
    });
  });
};

const share: Maker = ({ view }) =>
  view.parts.flatMap(({ parts, total }) => {
    if (total === undefined) return [];
    return parts.flatMap((row) =>
      columnsOf(view).flatMap((column) => {
        const positive = [...parts, total].every(
          (part) => isPositiveAmount(view, part, column) || figure(view, part, column) === undefined,
        );
        if (!positive || figure(view, row, column) === undefined || figure(view, total, column) === undefined)
          return [];
        return [
          calculation(view, 'share', {
            words: {
              row: rowName(view.table, row),
              whole: rowName(view.table, total),
              in: inColumn(view, column),
            },
            expression: `${figureText(view.table, row, column)} / ${figureText(view.table, total, column)}`,
            percent: true,
            derivation: `${place(view, row, column)} over ${place(view, total, column)}`,
          }),
        ];
      }),
    );
  });

const ratio: Maker = ({ view, random }) =>
  partChoices(view, random, [2]).map(({ rows, column }) => {
    const [row, other] = random.shuffle(rows) as [number, number];
    return calculation(view, 'ratio', {
      words: { row: rowName(view.table, row), other: rowName(view.table, other), in: inColumn(view, column) },
      expression: `${figureText(view.table, row, column)} / ${figureText(view.table, other, column)}`,
      percent: false,
      derivation: `${place(view, row, column)} over ${place(view, other, column)}`,
    });
  });

const comparison: Maker = ({ view, random }) => [
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
      };
    }),
];

const ranks = ['largest', 'smallest', 'second largest'] as const;

const ranking: Maker = ({ view, random }) => [
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
      };
    }),
  ...view.table.rows.flatMap((_row, row): Fact[] => {
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
      },
    ];
  }),
];

const unit_conversion: Maker = ({ view, random }) => {
  const { scale, currency } = view.table;
  if (!scale || !currency) return [];
  const units = (Object.keys(scaleFactor) as Scale[])
    .filter((unit) => unit !== scale)
    .map((unit) => ({
      unit: `${unit} of ${currency}`,
      factor: scaleFactor[scale] / scaleFactor[unit],
    }));
  units.push({ unit: currency, factor: scaleFactor[scale] });
  return cells(view)
    .filter(
      ([row, column]) => figureKind(view.table, row, column) === 'amount' && figure(view, row, column) !== 0,
    )
    .map(([row, column]) => {
      const { unit, factor } = random.pick(units);
      const text = figureText(view.table, row, column);
      return calculation(view, 'unit_conversion', {
        words: { row: rowName(view.table, row), in: inColumn(view, column), unit },
        expression: factor > 1 ? `${text} * ${factor}` : `${text} / ${1 / factor}`,
        percent: false,
        derivation: `${place(view, row, column)}, in ${unitText(view.table)}`,
      });
    });
};

const statement_type: Maker = ({ view, random }) => {
  const type = statementType(view.table);
  if (!type) return [];
  const others = statementTypes.filter((other) => other !== type);
  return [2, 2, 2, 3, 3, 3].map((count) => ({
    task: 'statement_type',
    phrasing: 'statement_type',
    words: { options: enumerate(random.shuffle([type, ...random.shuffle(others).slice(0, count)]), 'or') },
    response: type,
    derivation: 'from the words of the table',
  }));
};

const unanswerable: Maker = ({ view, foreignLabels, random }) => {
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
        .shuffle(view.table.rows.map((_row, row) => row))
        .slice(0, 3)
        .map((row) => ({ row: rowName(view.table, row), in: `in ${year}` })),
    );
  return [...foreign, ...untold].map((words) => ({
    task: 'unanswerable',
    phrasing: 'look_up',
    words,
    response: declined,
    derivation: `the table has no ${words.row} ${words.in}`,
  }));
};

/** Makes the facts of each task. */
export const factMakers: Record<PairTask, Maker> = {
  look_up,
  change,
  percentage_change,
  total,
  average,
  share,
  ratio,
  comparison,
  ranking,
  unit_conversion,
  statement_type,
  unanswerable,
};

function calculation(
  view: TableView,
  task: PairTask & Phrasing,
  parts: { words: Record<string, string>; expression: string; percent: boolean; derivation: string },
): Fact {
  const { words, expression, percent, derivation } = parts;
  // Figures that carry a per cent sign make a percentage by themselves.
  const marked = percent && !expression.includes('%');
  return {
    task,
    phrasing: task,
    words,
    response: marked ? `${expression} in %` : expression,
    answer: valueText(calculate(expression), percent),
    derivation,
  };
}

/** A calculated value for people: percentages with two decimals, other numbers with four, small ones with six. */
function valueText(value: number, percent: boolean): string {
  if (percent) return `${Number((value * 100).toFixed(2))}%`;
  return String(Number(value.toFixed(Math.abs(value) < 1 ? 6 : 4)));
}

function place(view: TableView, row: number, column: number): string {
  return `${rowName(view.table, row)} ${inColumn(view, column)} = ${figureText(view.table, row, column)}`;
}

function columnsOf(view: TableView): number[] {
  return view.table.columns.map((_column, column) => column);
}

function cells(view: TableView): [number, number][] {
  return view.table.rows.flatMap(({ values }, row) =>
    values.flatMap((value, column): [number, number][] => (value === null ? [] : [[row, column]])),
  );
}

/** A row with an earlier and a later column of the series that both hold a figure. */
function periodPairs(view: TableView): [row: number, from: number, to: number][] {
  const pairs: [number, number, number][] = [];
  view.table.rows.forEach(({ values }, row) => {
    view.series.forEach((from, index) => {
      for (const to of view.series.slice(index + 1)) {
        if (values[from] !== null && values[to] !== null) pairs.push([row, from, to]);
      }
    });
  });
  return pairs;
}

/** For each group of parts and each column a few choices of rows with positive amounts, in the table's order. */
function partChoices(
  view: TableView,
  random: RandomStream,
  sizes: readonly number[],
): { rows: number[]; column: number }[] {
  const choices = new Map<string, { rows: number[]; column: number }>();
  for (const { parts } of view.parts) {
    for (const column of columnsOf(view)) {
      const usable = parts.filter((row) => isPositiveAmount(view, row, column));
      for (let draw = 0; draw < 4; draw++) {
        const size = random.pick(sizes);
        if (usable.length < size) continue;
        const rows = random
          .shuffle(usable)
          .slice(0, size)
          .toSorted((a, b) => a - b);
        choices.set(`${column}:${rows}`, { rows, column });
      }
    }
  }
  return [...choices.values()];
}

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
