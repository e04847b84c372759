/**
 * The ratios that analysts read a statement by, and rows as a percentage of revenue or total assets (common size).
 *
 * A ratio is only asked for where both of its rows are recognised without doubt ({@link lineItemRow}) and its figures have
 * the signs that give it a meaning: denominators are positive, costs are taken without the minus sign that some statements print.
 * @module
 */
import { calculate } from '../calculator.js';
import { figureText } from '../tables/statement.js';
import { valueText } from './calculations.js';
import { place } from './choices.js';
import { deductions } from './deductions.js';
import type { Fact, Maker } from './fact.js';
import {
  isCost,
  isMoney,
  type LineItem,
  lineItemRow,
  lineItemSize,
  namesOnlyLoss,
  periodColumns,
} from './line-items.js';
import { ofAssets, ofRevenue, type Ratio, ratios } from './named-ratios.js';
import { figure, inColumn, isPositiveAmount, rowName, type TableView } from './table-view.js';

/** Ratios of recognised rows, rows in proportion to revenue and total assets, and deductions in proportion to what they reduce. */
export const financial_ratio: Maker = ({ view }) => [
  ...ratios.flatMap((ratio) => ratioFacts(view, ratio)),
  ...marginsFromCosts(view),
  ...commonSizes(view),
  ...dueWithinYear(view),
  ...deductions(view.table).flatMap(({ gross, row, name, columns }) =>
    columns.map((column) =>
      fact(view, `${name}`, column, {
        expression: `${sizeText(view, row, column)} / ${figureText(view.table, gross, column)}`,
        percent: true,
        rows: [row, gross],
      }),
    ),
  ),
];

function ratioFacts(view: TableView, ratio: Ratio): Fact[] {
  const [over, under] = [lineItemRow(view, ratio.over), lineItemRow(view, ratio.under)];
  const less = ratio.less && lineItemRow(view, ratio.less);
  if (over === undefined || under === undefined || (ratio.less && less === undefined)) return [];
  return periodColumns(view.table).flatMap((column) => {
    const rows = less === undefined ? [over, under] : [over, less, under];
    if (!rows.every((row) => isMoney(view.table, row, column))) return [];
    const numerator = lineItemSize(view, ratio.over, over, column);
    const denominator = lineItemSize(view, ratio.under, under, column);
    if (numerator === undefined || denominator === undefined || denominator <= 0) return [];
    if (ratio.positive && numerator <= 0) return [];
    if (ratio.within && Math.abs(numerator) > denominator) return [];
    // A gross margin of a few hundredths of revenue is a percentage that does not say so.
    if (ratio.over === 'grossProfit' && numerator < denominator * 0.05) return [];
    // A profit under a label that speaks of losses only may be a loss without its sign.
    if (numerator > 0 && namesOnlyLoss(view.table.rows[over]!.label)) return [];
    let top = itemText(view, ratio.over, over, column);
    if (less !== undefined) {
      const taken = figure(view, less, column);
      if (taken === undefined || taken <= 0 || taken > numerator) return [];
      top = `(${top} - ${figureText(view.table, less, column)})`;
    }
    const expression = `${top} / ${itemText(view, ratio.under, under, column)}`;
    return [fact(view, ratio.name, column, { expression, percent: ratio.percent, rows })];
  });
}

/** The gross margin of a statement that leaves out the profit or the revenue: each follows from the cost of sales. */
function marginsFromCosts(view: TableView): Fact[] {
  const cost = lineItemRow(view, 'costOfSales');
  const [revenue, gross] = [lineItemRow(view, 'revenue'), lineItemRow(view, 'grossProfit')];
  if (cost === undefined || (revenue === undefined) === (gross === undefined)) return [];
  const other = revenue ?? gross!;
  // A profit that no rule knows for sure may still be stated.
  const doubtful = (word: RegExp): boolean => view.table.rows.some(({ label }) => word.test(label));
  if (revenue === undefined ? doubtful(/\b(?:revenues?|turnover|net sales)\b/i) : doubtful(/\bgross\b/i))
    return [];
  return periodColumns(view.table).flatMap((column) => {
    const rows = [other, cost];
    if (!rows.every((row) => isMoney(view.table, row, column))) return [];
    const size = figure(view, other, column) ?? 0;
    const costs = lineItemSize(view, 'costOfSales', cost, column) ?? 0;
    if (size <= 0 || costs <= 0 || (revenue !== undefined && costs > size)) return [];
    const [text, costText] = [
      figureText(view.table, other, column),
      itemText(view, 'costOfSales', cost, column),
    ];
    const expression =
      revenue === undefined ? `${text} / (${text} + ${costText})` : `(${text} - ${costText}) / ${text}`;
    return [fact(view, 'the gross margin', column, { expression, percent: true, rows })];
  });
}

function commonSizes(view: TableView): Fact[] {
  return (
    [
      ['revenue', ofRevenue],
      ['totalAssets', ofAssets],
    ] as const
  ).flatMap(([base, items]) => {
    const whole = lineItemRow(view, base);
    if (whole === undefined) return [];
    const name = base === 'revenue' ? 'revenue' : 'total assets';
    const named = (Object.entries(items) as [LineItem, string][]).flatMap(([item, called]) => {
      const row = lineItemRow(view, item);
      return row === undefined ? [] : [{ row, called, item }];
    });
    // Rows that the figures prove to be parts of revenue or of assets need no rule to be recognised.
    const proven = view.parts
      .filter(({ total }) => total === whole)
      .flatMap(({ parts }) => parts)
      .filter((row) => view.rows.includes(row) && !named.some((other) => other.row === row))
      .map((row) => ({ row, called: rowName(view.table, row), item: undefined }));
    return [...named, ...proven].flatMap(({ row, called, item }) =>
      periodColumns(view.table).flatMap((column) => {
        if (row === whole || ![row, whole].every((one) => isMoney(view.table, one, column))) return [];
        const bottom = figure(view, whole, column) ?? 0;
        const top = item ? lineItemSize(view, item, row, column) : figure(view, row, column);
        if (bottom <= 0 || top === undefined || top <= 0 || (!item && top > bottom)) return [];
        const text = item ? itemText(view, item, row, column) : figureText(view.table, row, column);
        const expression = `${text} / ${figureText(view.table, whole, column)}`;
        return [
          fact(view, `${called} as a percentage of ${name}`, column, {
            expression,
            percent: true,
            rows: [row, whole],
          }),
        ];
      }),
    );
  });
}

/** Of tables by remaining term: what part of a row's total is due within a year. */
function dueWithinYear(view: TableView): Fact[] {
  const { columns } = view.table;
  const [soon, total] = [dueSoon, /^total$/i].map((wanted) =>
    columns.flatMap(({ label }, column) => (wanted.test(label.trim()) ? [column] : [])),
  ) as [number[], number[]];
  const [from, to] = [soon[0], total[0]];
  if (soon.length !== 1 || total.length !== 1 || from === undefined || to === undefined) return [];
  return view.rows.flatMap((row): Fact[] => {
    const amounts = [from, to].every((column) => isPositiveAmount(view, row, column));
    if (!amounts || figure(view, row, from)! > figure(view, row, to)!) return [];
    const expression = `${figureText(view.table, row, from)} / ${figureText(view.table, row, to)}`;
    return [
      {
        task: 'financial_ratio',
        phrasing: 'financial_ratio',
        words: {
          ratio: `the part of ${rowName(view.table, row)} due within one year`,
          in: 'as a percentage of its total',
        },
        response: `${expression} in %`,
        answer: valueText(calculate(expression), true),
        derivation: `${place(view, row, from)}; ${place(view, row, to)}`,
        cells: [
          [row, from],
          [row, to],
        ],
      },
    ];
  });
}

const dueSoon = /^(?:less than|up to|within|due within) (?:1|one) year$/i;

function itemText(view: TableView, item: LineItem, row: number, column: number): string {
  return isCost(item) ? sizeText(view, row, column) : figureText(view.table, row, column);
}

function sizeText(view: TableView, row: number, column: number): string {
  return figureText(view.table, row, column).replace(/^-/, '');
}

function fact(
  view: TableView,
  ratio: string,
  column: number,
  { expression, percent, rows }: { expression: string; percent: boolean; rows: readonly number[] },
): Fact {
  return {
    task: 'financial_ratio',
    phrasing: 'financial_ratio',
    words: { ratio, in: inColumn(view, column) },
    response: percent ? `${expression} in %` : expression,
    answer: valueText(calculate(expression), percent),
    derivation: rows.map((row) => place(view, row, column)).join('; '),
    cells: rows.map((row): [number, number] => [row, column]),
  };
}
