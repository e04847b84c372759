/**
 * Questions that are answered with an expression over the table's figures.
 * @module
 */
import type { PairTask } from '../../recipe/data/tables.js';
import { calculate } from '../calculator.js';
import { figureKind, figureText, type Scale, scaleFactor, unitText } from '../tables/statement.js';
import { cells, columnsOf, partChoices, periodPairs, place } from './choices.js';
import type { Fact, Maker } from './fact.js';
import { enumerate, type Phrasing } from './phrasings.js';
import { figure, inColumn, isPositiveAmount, periodName, rowName } from './table-view.js';

/** Difference of two years. */
export const change: Maker = ({ view }) =>
  periodPairs(view).map(([row, from, to]) => {
    const [before, after] = [figureText(view.table, row, from), figureText(view.table, row, to)];
    return calculation('change', {
      words: { row: rowName(view.table, row), from: periodName(view, from), to: periodName(view, to) },
      expression: `${after} - ${before}`,
      percent: figureKind(view.table, row, to) === 'percent',
      derivation: `${place(view, row, to)} less ${place(view, row, from)}`,
      cells: [
        [row, from],
        [row, to],
      ],
    });
  });

/** Relative difference of two years, where both figures are positive. */
export const percentage_change: Maker = ({ view }) =>
  periodPairs(view)
    .filter(([row, from, to]) => {
      const positive = figure(view, row, from)! > 0 && figure(view, row, to)! > 0;
      return positive && figureKind(view.table, row, to) !== 'percent';
    })
    .map(([row, from, to]) => {
      const [before, after] = [figureText(view.table, row, from), figureText(view.table, row, to)];
      return calculation('percentage_change', {
        words: { row: rowName(view.table, row), from: periodName(view, from), to: periodName(view, to) },
        expression: `(${after} - ${before}) / ${before}`,
        percent: true,
        derivation: `(${place(view, row, to)} less ${place(view, row, from)}) over the latter`,
        cells: [
          [row, from],
          [row, to],
        ],
      });
    });

/** Sum of two or three parts of one whole. */
export const total: Maker = ({ view, random }) =>
  partChoices(view, random, [2, 3]).map(({ rows, column }) =>
    calculation('total', {
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
      cells: rows.map((row) => [row, column]),
    }),
  );

/** Mean over years; percentages are not averaged, for their bases differ. */
export const average: Maker = ({ view }) => {
  if (view.series.length < 2) return [];
  return view.rows.flatMap((row) => {
    const spans = view.series.length > 2 ? [view.series, view.series.slice(-2)] : [view.series];
    return spans.flatMap((columns) => {
      if (!columns.every((column) => figure(view, row, column) !== undefined)) return [];
      if (columns.some((column) => figureKind(view.table, row, column) === 'percent')) return [];
      const figures = columns.map((column) => figureText(view.table, row, column));
      return [
        calculation('average', {
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
          cells: columns.map((column) => [row, column]),
        }),
      ];
    });
  });
};

/** A part over the total that the figures prove. */
export const share: Maker = ({ view }) =>
  view.parts.flatMap(({ parts, total }) => {
    if (total === undefined || !view.rows.includes(total)) return [];
    return parts
      .filter((row) => view.rows.includes(row))
      .flatMap((row) =>
        columnsOf(view).flatMap((column) => {
          const positive = [...parts, total].every(
            (part) => isPositiveAmount(view, part, column) || figure(view, part, column) === undefined,
          );
          if (
            !positive ||
            figure(view, row, column) === undefined ||
            figure(view, total, column) === undefined
          )
            return [];
          return [
            calculation('share', {
              words: {
                row: rowName(view.table, row),
                whole: rowName(view.table, total),
                in: inColumn(view, column),
              },
              expression: `${figureText(view.table, row, column)} / ${figureText(view.table, total, column)}`,
              percent: true,
              derivation: `${place(view, row, column)} over ${place(view, total, column)}`,
              cells: [
                [row, column],
                [total, column],
              ],
            }),
          ];
        }),
      );
  });

/** One part over another. */
export const ratio: Maker = ({ view, random }) =>
  partChoices(view, random, [2]).map(({ rows, column }) => {
    const [row, other] = random.shuffle(rows) as [number, number];
    return calculation('ratio', {
      words: { row: rowName(view.table, row), other: rowName(view.table, other), in: inColumn(view, column) },
      expression: `${figureText(view.table, row, column)} / ${figureText(view.table, other, column)}`,
      percent: false,
      derivation: `${place(view, row, column)} over ${place(view, other, column)}`,
      cells: [
        [row, column],
        [other, column],
      ],
    });
  });

/** An amount in another unit than the table's. */
export const unit_conversion: Maker = ({ view, random }) => {
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
      return calculation('unit_conversion', {
        words: { row: rowName(view.table, row), in: inColumn(view, column), unit },
        expression: factor > 1 ? `${text} * ${factor}` : `${text} / ${1 / factor}`,
        percent: false,
        derivation: `${place(view, row, column)}, in ${unitText(view.table)}`,
        cells: [[row, column]],
      });
    });
};

function calculation(
  task: PairTask & Phrasing,
  parts: {
    words: Record<string, string>;
    expression: string;
    percent: boolean;
    derivation: string;
    cells: Fact['cells'];
  },
): Fact {
  const { words, expression, percent, derivation, cells: asked } = parts;
  // Figures that carry a per cent sign make a percentage by themselves.
  const marked = percent && !expression.includes('%');
  return {
    task,
    phrasing: task,
    words,
    response: marked ? `${expression} in %` : expression,
    answer: valueText(calculate(expression), percent),
    derivation,
    cells: asked,
  };
}

/** A calculated value for people: percentages with two decimals, other numbers with four, small ones with six. */
export function valueText(value: number, percent: boolean): string {
  if (percent) return `${Number((value * 100).toFixed(2))}%`;
  return String(Number(value.toFixed(Math.abs(value) < 1 ? 6 : 4)));
}
