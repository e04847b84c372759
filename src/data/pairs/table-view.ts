/**
 * What may be asked about a table: which columns form a series of years, which rows may be added up or compared.
 * @module
 */
import { figureKind, type StatementTable } from '../tables/statement.js';
import { sumParts } from '../tables/sums.js';

/** Rows that are parts of one whole. */
export interface Parts {
  parts: number[];
  /** Row that holds the whole, where the figures prove it. */
  total?: number;
}

/** A table with what follows from its figures and labels. */
export interface TableView {
  table: StatementTable;
  /** Rows that a question can name so that no other row could be meant. */
  rows: number[];
  /** Columns of different years that hold the same kind of figure, oldest first; empty where there are fewer than two. */
  series: number[];
  /** Rows of money that belong together: none is a total of others. */
  parts: Parts[];
}

/** Labels of figures that are made of other rows, or that no sum or share makes sense of. */
const derived =
  /\b(?:total|subtotal|net|gross|balances?|beginning|end|opening|closing|outstanding|less|profit|loss(?:es)?|income|earnings|ebitd?a|ebit|before|after|excluding|including|of which|therein|adjusted|cumulative|per|average|cash flows?|working capital|equity|margin)\b|^(?:at|as of|as at)\b/i;

const carriedOn = /\b(?:balances?|beginning|opening|outstanding|start)\b|^(?:at|as of|as at)\b/i;

/** Looks at a table once, for all questions about it. */
export function viewTable(table: StatementTable): TableView {
  const dated = table.columns.flatMap((column, index) =>
    column.year !== undefined && column.kind === undefined ? [index] : [],
  );
  const years = dated.map((index) => table.columns[index]!.year!);
  const series =
    dated.length >= 2 && new Set(years).size === years.length
      ? dated.toSorted((a, b) => table.columns[a]!.year! - table.columns[b]!.year!)
      : [];
  const names = table.rows.map((_row, index) => rowName(table, index).toLowerCase());
  const rows = names.flatMap((name, index) =>
    names.some((other, another) => another !== index && (other === name || other.startsWith(`${name} (`)))
      ? []
      : [index],
  );
  return { table, rows, series, parts: table.currency === undefined ? [] : partsOf(table) };
}

function partsOf(table: StatementTable): Parts[] {
  const found: Parts[] = [];
  const totals = new Set<number>();
  table.rows.forEach((row, total) => {
    const parts = row.kind === 'amount' ? sumParts(table, total) : undefined;
    if (!parts) return;
    totals.add(total);
    // A sum that contains another sum would count its parts twice, and a balance that is carried on is no part.
    const carried = parts.some((part) => carriedOn.test(table.rows[part]!.label));
    if (!carried && !parts.some((part) => totals.has(part))) found.push({ parts, total });
  });
  if (found.length > 0) return found;
  const sections = new Map<string, number[]>();
  table.rows.forEach((row, index) => {
    // Without a proven total only rows under one heading are known to be of one sort.
    if (row.kind !== 'amount' || !row.section || derived.test(row.label)) return;
    sections.set(row.section, [...(sections.get(row.section) ?? []), index]);
  });
  return [...sections.values()].filter((parts) => parts.length >= 2).map((parts) => ({ parts }));
}

/** Label of a row as a question names it: with its section where the label alone could mean another row. */
export function rowName(table: StatementTable, index: number): string {
  const { label, section } = table.rows[index]!;
  const same = table.rows.filter((row) => row.label.toLowerCase() === label.toLowerCase()).length > 1;
  const vague =
    /^(?:total|other|basic|diluted|current|non-?current|foreign|domestic|federal|state|net)$/i.test(label);
  return section && (same || vague) ? `${label} (${section})` : label;
}

/** How a question names a column: `in 2019` where the year is enough, `under Adjustments` otherwise. */
export function inColumn(view: TableView, column: number): string {
  return view.series.includes(column)
    ? `in ${periodName(view, column)}`
    : `under ${view.table.columns[column]!.label}`;
}

/** The year of a column of the series. */
export function periodName(view: TableView, column: number): string {
  return String(view.table.columns[column]!.year);
}

/** The figure in a cell, or undefined where the table has none. */
export function figure(view: TableView, row: number, column: number): number | undefined {
  return view.table.rows[row]!.values[column] ?? undefined;
}

/** Whether a cell holds an amount that may be added, shared out or put in proportion. */
export function isPositiveAmount(view: TableView, row: number, column: number): boolean {
  return figureKind(view.table, row, column) === 'amount' && (figure(view, row, column) ?? 0) > 0;
}
