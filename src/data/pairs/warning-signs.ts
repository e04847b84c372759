/**
 * Warning signs that a table shows or does not show, as far as its rows tell.
 * @module
 */
import { deductions } from './deductions.js';
import { isMoney, type LineItem, lineItemRow, lineItemSize, namesOnlyLoss } from './line-items.js';
import type { TableView } from './table-view.js';

/** A sign that the table tells about, shown or not. */
export interface FoundSign {
  name: string;
  shown: boolean;
  /** The figures that tell it. */
  cells: (readonly [row: number, column: number])[];
}

/** A figure, or two in proportion. */
type Measure = readonly [LineItem] | readonly [over: LineItem, under: LineItem];

/** Signs of a year by itself: the measure lies below a bound. */
const levels: readonly [name: string, measure: Measure, bound: number][] = [
  ['net loss', ['netIncome'], 0],
  ['operating loss', ['operatingIncome'], 0],
  ['loss before tax', ['incomeBeforeTax'], 0],
  ['negative operating cash flow', ['operatingCashFlow'], 0],
  ['negative free cash flow', ['freeCashFlow'], 0],
  ['current ratio below 1', ['currentAssets', 'currentLiabilities'], 1],
  ['negative equity', ['equity'], 0],
];

/** Signs of a year against the one before it. */
const moves: readonly [name: string, measure: Measure, direction: 1 | -1][] = [
  ['falling revenue', ['revenue'], -1],
  ['falling gross margin', ['grossProfit', 'revenue'], -1],
  ['falling operating margin', ['operatingIncome', 'revenue'], -1],
  ['falling net income', ['netIncome'], -1],
  ['falling cash', ['cash'], -1],
  ['falling equity', ['equity'], -1],
  ['rising debt', ['totalDebt'], 1],
  ['rising share of debt', ['totalDebt', 'totalAssets'], 1],
  ['rising share of liabilities', ['totalLiabilities', 'totalAssets'], 1],
];

/** What allowances that grew are called. */
const allowances: readonly [part: string, name: string][] = [
  ['the valuation allowance', 'rising valuation allowance'],
  ['the allowance for credit losses', 'rising allowance for credit losses'],
];

/** The signs that the figures of a column, and of the one before it, decide. */
export function warningSigns(view: TableView, column: number, before: number | undefined): FoundSign[] {
  const found: FoundSign[] = [];
  for (const [name, measure, bound] of levels) {
    const now = measured(view, measure, column);
    if (now) found.push({ name, shown: now.value < bound, cells: now.cells });
  }
  if (before === undefined) return found;
  for (const [name, measure, direction] of moves) {
    const [then, now] = [measured(view, measure, before), measured(view, measure, column)];
    if (!then || !now) continue;
    const shown = direction * (now.value - then.value) > Math.abs(then.value) * 1e-12;
    found.push({ name, shown, cells: [...then.cells, ...now.cells] });
  }
  for (const [part, name] of allowances) {
    const deduction = deductions(view.table).find((one) => one.part === part);
    if (!deduction?.columns.includes(before) || !deduction.columns.includes(column)) continue;
    const size = (at: number): number => Math.abs(view.table.rows[deduction.row]!.values[at]!);
    const cells = [before, column].map((at): [number, number] => [deduction.row, at]);
    found.push({ name, shown: size(column) > size(before), cells });
  }
  return found;
}

/** The value of a measure, or undefined where its rows are not there beyond doubt. */
function measured(
  view: TableView,
  [over, under]: readonly LineItem[],
  column: number,
): { value: number; cells: (readonly [number, number])[] } | undefined {
  const top = sized(view, over!, column);
  if (!top || under === undefined) return top && { value: top.value, cells: [top.cell] };
  const bottom = sized(view, under, column);
  if (!bottom || bottom.value <= 0) return undefined;
  return { value: top.value / bottom.value, cells: [top.cell, bottom.cell] };
}

function sized(
  view: TableView,
  item: LineItem,
  column: number,
): { value: number; cell: readonly [number, number] } | undefined {
  const row = lineItemRow(view, item);
  if (row === undefined || !isMoney(view.table, row, column)) return undefined;
  const value = lineItemSize(view, item, row, column);
  if (value === undefined || (value > 0 && namesOnlyLoss(view.table.rows[row]!.label))) return undefined;
  return { value, cell: [row, column] };
}
