/**
 * Rows of a table as JSON.
 * @module
 */
import { figureKind, unitText } from '../tables/statement.js';
import { columnsOf, place } from './choices.js';
import type { Fact, Maker } from './fact.js';
import { enumerate } from './phrasings.js';
import { figure, periodName, rowName, type TableView } from './table-view.js';

/** Longer answers, in characters, are much to copy for a small model. */
const longestAnswer = 300;
/** Unit of a percentage; the figure itself is a plain number. */
const percentUnit = 'percent';

/**
 * Rows as compact JSON, oldest year first, `null` for what the table leaves out: one row, one row with its unit, two or
 * three rows. Tables without a series of years give their columns' labels as keys.
 */
export const json_output: Maker = ({ view, random }) => {
  const columns = view.series.length > 0 ? view.series : columnsOf(view);
  const keys = columns.map((column) => columnKey(view, column));
  // An item can't be told from a column that is called so.
  if (keys.some((key) => key === 'item' || key === 'unit')) return [];
  const usable = view.rows.filter((row) => columns.some((column) => figure(view, row, column) !== undefined));
  const all = enumerate(keys, 'and');
  const one = usable.flatMap((row): Fact[] => {
    const unit = unitOf(view, row, columns);
    const mixed = new Set(columns.map((column) => figureKind(view.table, row, column))).size > 1;
    if (mixed) return [];
    const plain = { row: rowName(view.table, row), periods: all };
    return [
      // A percentage without its unit would be a wrong number.
      ...(unit === percentUnit ? [] : [fact(view, 'json_output', plain, [row], columns)]),
      ...(unit === undefined ? [] : [fact(view, 'json_output_unit', plain, [row], columns, unit)]),
      ...(unit === percentUnit || columns.length < 2 || figure(view, row, columns.at(-1)!) === undefined
        ? []
        : [fact(view, 'json_output', { ...plain, periods: keys.at(-1)! }, [row], columns.slice(-1))]),
    ];
  });
  const amounts = usable.filter((row) =>
    columns.every((column) => figureKind(view.table, row, column) === view.table.rows[row]!.kind),
  );
  const several = [2, 2, 3].flatMap((count): Fact[] => {
    const rows = random
      .shuffle(amounts.filter((row) => view.table.rows[row]!.kind === 'amount'))
      .slice(0, count)
      .toSorted((a, b) => a - b);
    if (rows.length < count) return [];
    const names = rows.map((row) => rowName(view.table, row));
    return [fact(view, 'json_output', { row: enumerate(names, 'and'), periods: all }, rows, columns)];
  });
  return [...one, ...several].filter(({ response }) => response.length <= longestAnswer);
};

function fact(
  view: TableView,
  phrasing: 'json_output' | 'json_output_unit',
  words: Record<string, string>,
  rows: readonly number[],
  columns: readonly number[],
  unit?: string,
): Fact {
  const objects = rows.map((row) =>
    // Written by hand: an object would put keys that are years before the others.
    objectText([
      ['item', rowName(view.table, row)],
      ...(unit === undefined ? [] : ([['unit', unit]] as const)),
      ...columns.map((column) => [columnKey(view, column), figure(view, row, column) ?? null] as const),
    ]),
  );
  return {
    task: 'json_output',
    phrasing,
    words,
    response: objects.length === 1 ? objects[0]! : `[${objects.join(',')}]`,
    derivation: rows.flatMap((row) => columns.map((column) => place(view, row, column))).join('; '),
    cells: rows.flatMap((row) => columns.map((column): [number, number] => [row, column])),
  };
}

function columnKey(view: TableView, column: number): string {
  return view.series.includes(column) ? periodName(view, column) : view.table.columns[column]!.label;
}

/** `percent`, or what the table says of its amounts; undefined for other figures. */
function unitOf(view: TableView, row: number, columns: readonly number[]): string | undefined {
  const kind = figureKind(view.table, row, columns[0]!);
  if (kind === 'percent') return percentUnit;
  return kind === 'amount' ? unitText(view.table) : undefined;
}

function objectText(entries: readonly (readonly [key: string, value: string | number | null])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}
