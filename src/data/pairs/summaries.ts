/**
 * One sentence that sums a table up: what its total did, and which part of it is the largest.
 * @module
 */
import { executeCalculations } from '../answers.js';
import { figureKind, figureText } from '../tables/statement.js';
import { sumParts } from '../tables/sums.js';
import { place } from './choices.js';
import type { Fact, Maker } from './fact.js';
import { lineItemRow } from './line-items.js';
import { figure, isPositiveAmount, periodName, rowName, type TableView } from './table-view.js';
import { developed, hasCourse, spansOf } from './trend-commentary.js';

/**
 * The table in one sentence, over all years and over the last two: its main row, and where the figures prove what that is
 * made of, the largest part. Where a table has several totals, questions name the one that they mean.
 */
export const summary: Maker = ({ view }) => {
  const main = mainRow(view);
  const totals = view.parts.flatMap(({ total }) => (total === undefined || total === main ? [] : [total]));
  return spansOf(view).flatMap((columns) => [
    ...(main === undefined ? [] : facts(view, main, columns, 'summary')),
    ...totals.flatMap((total) => facts(view, total, columns, 'summary_of')),
  ]);
};

/** The row that a table is about: revenue, else total assets, else the only total that is no part of another, at its end. */
function mainRow(view: TableView): number | undefined {
  const known = lineItemRow(view, 'revenue') ?? lineItemRow(view, 'totalAssets');
  if (known !== undefined) return known;
  const sums = view.table.rows.flatMap(({ kind }, total) => {
    const parts = kind === 'amount' ? sumParts(view.table, total) : undefined;
    return parts ? [{ total, parts }] : [];
  });
  const tops = sums.filter(({ total }) => !sums.some(({ parts }) => parts.includes(total)));
  // What follows a total may build on it in a way that its figures don't show.
  const last = view.table.rows.findLastIndex(({ kind }) => kind !== 'percent');
  return tops.length === 1 && tops[0]!.total === last ? last : undefined;
}

function facts(
  view: TableView,
  row: number,
  columns: readonly number[],
  phrasing: 'summary' | 'summary_of',
): Fact[] {
  const amounts = columns.every((column) => figureKind(view.table, row, column) === 'amount');
  if (!view.rows.includes(row) || !amounts || !hasCourse(view, row, columns)) return [];
  const last = columns.at(-1)!;
  const name = rowName(view.table, row);
  const largest = largestPart(view, row, last);
  const part = largest
    ? `; the largest part in ${periodName(view, last)} was ${rowName(view.table, largest.row)} with [${figureText(view.table, largest.row, last)} / ${figureText(view.table, row, last)} in %]`
    : '';
  const response = `${developed(view, row, columns)}${part}.`;
  const cells = [
    ...columns.map((column): [number, number] => [row, column]),
    ...(largest?.parts ?? []).map((one): [number, number] => [one, last]),
  ];
  return [
    {
      task: 'summary',
      phrasing,
      words: { row: name, from: periodName(view, columns[0]!), to: periodName(view, last) },
      response,
      answer: executeCalculations(response),
      derivation: cells.map(([one, column]) => place(view, one, column)).join('; '),
      cells,
    },
  ];
}

/** The one largest of the parts that the figures prove, all of which must be positive. */
function largestPart(
  view: TableView,
  total: number,
  column: number,
): { row: number; parts: number[] } | undefined {
  const group = view.parts.find((one) => one.total === total);
  if (!group || !isPositiveAmount(view, total, column)) return undefined;
  const parts = group.parts.filter((row) => figure(view, row, column) !== undefined);
  if (parts.length < 2 || !parts.every((row) => figure(view, row, column)! >= 0)) return undefined;
  const sorted = parts.toSorted((a, b) => figure(view, b, column)! - figure(view, a, column)!);
  const [first, second] = sorted as [number, number];
  const alone = figure(view, first, column)! > figure(view, second, column)!;
  return alone && view.rows.includes(first) ? { row: first, parts } : undefined;
}
