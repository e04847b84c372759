/**
 * A grid of cell texts to a statement table. What can't be read safely is refused with a reason instead of guessed at.
 * @module
 */
import { type Cell, cleanLabel, joinSplitCells, readCell } from './cell.js';
import { isBareYear, readHeader, yearsIn } from './header.js';
import type { FigureKind, StatementColumn, StatementRow, StatementTable } from './statement.js';
import { sumParts } from './sums.js';
import { currencyOf, isUnitOnly, kindOfLabel, scaleOf } from './units.js';

/** What a grid says about its table; who it belongs to is the caller's. */
export type ParsedTable = Pick<StatementTable, 'heading' | 'currency' | 'scale' | 'columns' | 'rows'>;

/** A table, or why it can't be read safely; `leftOut` counts rows that hold no figure or no label. */
export type ParseResult = { table: ParsedTable; leftOut: number } | { reason: string };

const figureInLabel = /\s(?:[$€£]?[\d,.]{3,}|[—–])$/;

interface Body {
  label: string;
  section?: string;
  cells: Cell[];
}

/**
 * Reads a table given as rows of cell texts, the first column holding the labels.
 *
 * Understands header rows of several levels, units in header cells, `$` and `%` in cells of their own, brackets for
 * negatives, dashes, footnote marks, section rows and totals without a label.
 */
export function parseTable(grid: readonly (readonly string[])[]): ParseResult {
  const width = Math.max(0, ...grid.map((row) => row.length));
  if (width < 2) return { reason: 'fewer than two columns' };
  const rows = grid.map((row) =>
    joinSplitCells(Array.from({ length: width }, (_, index) => row[index] ?? '')),
  );
  const start = rows.findIndex((row, index) => isData(row) || isNothing(row, rows.slice(0, index)));
  if (start < 0) return { reason: 'no figures' };
  // A label alone in a row just above the figures is a section heading, when the columns have their names by then.
  let headerEnd = start;
  while (
    headerEnd > 1 &&
    isLabelOnly(rows[headerEnd - 1]!) &&
    rows.slice(0, headerEnd - 1).some(namesColumns)
  )
    headerEnd--;

  const header = readHeader(rows.slice(0, headerEnd), rows.slice(headerEnd), width);
  if ('reason' in header) return header;
  const body = readBody(rows.slice(headerEnd), header.positions);
  if ('reason' in body) return body;
  const columns = header.labels.map((label): StatementColumn => {
    const years = yearsIn(label);
    return years.length === 1 ? { label, year: years[0]! } : { label };
  });
  const kinds = readKinds(body.rows, columns);
  if ('reason' in kinds) return kinds;

  const texts = [...rows.slice(0, headerEnd).flat(), ...body.unitTexts];
  const scale = agreedScale(texts, columns, kinds.rows);
  const currencies = new Set(
    [
      ...texts.map(currencyOf),
      ...body.rows.flatMap(({ cells }) =>
        cells.map((cell) => (cell.type === 'number' ? cell.currency : undefined)),
      ),
    ].filter((currency) => currency !== undefined),
  );
  // A dollar sign in a cell does not contradict the kind of dollar that the header names.
  if (currencies.size > 1) currencies.delete('dollars');
  const table: ParsedTable = {
    ...(header.heading ? { heading: header.heading } : {}),
    ...(currencies.size === 1 ? { currency: [...currencies][0]! } : {}),
    ...(scale ? { scale } : {}),
    columns,
    rows: kinds.rows,
  };
  return finish(table, body.leftOut);
}

function isData(row: string[]): boolean {
  const cells = row.slice(1).filter((text) => text !== '' && !isUnitOnly(text));
  return cells.some((text) => readCell(text).type === 'number' && !isBareYear(text));
}

/** A row of figures that are all nothing: a label and a dash in every column that has a name. */
function isNothing(row: string[], header: string[][]): boolean {
  const cells = row.slice(1).filter((text) => text !== '');
  return (
    row[0] !== '' &&
    cells.length > 0 &&
    cells.every((text) => readCell(text).type === 'dash') &&
    header.some(namesColumns)
  );
}

function isLabelOnly(row: string[]): boolean {
  return row[0] !== '' && !isUnitOnly(row[0]!) && row.slice(1).every((text) => text === '');
}

function namesColumns(row: string[]): boolean {
  return (
    row.slice(1).filter((text) => text !== '' && !isUnitOnly(text)).length >= 2 ||
    row.slice(1).some((text) => isBareYear(text))
  );
}

function readBody(
  rows: string[][],
  positions: number[],
): { rows: Body[]; leftOut: number; unitTexts: string[] } | { reason: string } {
  const body: Body[] = [];
  const unitTexts: string[] = [];
  let section: string | undefined;
  let leftOut = 0;
  for (const row of rows) {
    const texts = positions.map((position) => row[position]!);
    const label = cleanLabel(row[0]!);
    const filled = texts.filter((text) => text !== '');
    if (figureInLabel.test(row[0]!) && yearsIn(label).length === 0)
      return { reason: 'a figure stands in a label' };
    if (filled.length === 0 || filled.every(isUnitOnly)) {
      if (filled.length > 0) unitTexts.push(...filled);
      else if (label) section = label;
      continue;
    }
    const cells = texts.map(readCell);
    const words = cells.filter((cell) => cell.type === 'text').map((cell) => (cell as { text: string }).text);
    if (filled.every((text) => isBareYear(text)) || words.some((text) => /\b(?:19|20)\d\d\b/.test(text))) {
      return { reason: 'a second header inside the table' };
    }
    if (words.length > 0 || !cells.some((cell) => cell.type === 'number' || cell.type === 'dash')) {
      leftOut++;
      continue;
    }
    body.push({ label, cells, ...(section ? { section } : {}) });
    // Totals close their section, so what follows does not belong to it unless a new heading says so.
    if (label === '' || /^(?:sub)?total\b/i.test(label)) section = undefined;
  }
  return { rows: body, leftOut, unitTexts };
}

/**
 * Whether a column of percentages carries its sign on the first and the last figure only, as columns of amounts carry
 * their currency sign. The sign must belong to the column: amounts stand beside it in both rows.
 */
function isPercentColumn(rows: readonly Cell[][], column: number): boolean {
  const filled = rows.filter((row) => row[column]?.type === 'number');
  const ends = [filled[0], filled.at(-1)];
  return (
    filled.length > 1 &&
    ends.every(
      (row) =>
        row?.[column]?.type === 'number' &&
        row[column].percent &&
        row.some((cell) => cell.type === 'number' && !cell.percent),
    ) &&
    filled.every((row) => row[column]?.type === 'number' && !row[column].currency)
  );
}

/** Kinds of rows and columns, from the per cent signs first and the labels second. */
function readKinds(body: Body[], columns: StatementColumn[]): { rows: StatementRow[] } | { reason: string } {
  const percentOnly = (cells: Cell[]): boolean => {
    const numbers = cells.filter((cell) => cell.type === 'number');
    return numbers.length > 0 && numbers.every((cell) => cell.percent);
  };
  const rowIsPercent = body.map(({ cells }) => percentOnly(cells));
  columns.forEach((column, index) => {
    const cells = body.map((row) => row.cells[index]!);
    const kind = column.label.includes('%') ? 'percent' : kindOfLabel(column.label);
    if (
      percentOnly(cells) ||
      isPercentColumn(
        body.map((row) => row.cells),
        index,
      )
    )
      column.kind = 'percent';
    else if (kind && !(kind === 'other' && column.year !== undefined)) column.kind = kind;
  });
  const tooLarge = columns.some(
    ({ kind }, index) =>
      kind === 'percent' &&
      body.some(
        ({ cells }) =>
          cells[index]?.type === 'number' && Math.abs((cells[index] as { value: number }).value) > 1000,
      ),
  );
  if (tooLarge) return { reason: 'a column of percentages holds amounts' };
  for (const [index, { cells }] of body.entries()) {
    const unclear = cells.some(
      (cell, column) =>
        cell.type === 'number' && cell.percent && !rowIsPercent[index] && columns[column]!.kind !== 'percent',
    );
    if (unclear) return { reason: 'some figures of a row are percentages and others are not' };
  }
  const money = body.some(({ cells }) => cells.some((cell) => cell.type === 'number' && cell.currency));
  const plain = body.some((row, index) => !rowIsPercent[index] && kindOfLabel(row.label) === undefined);
  if (rowIsPercent[0] && !money && plain) {
    return { reason: 'only the first figures carry a per cent sign' };
  }
  const rows = body.map((row, index): StatementRow => {
    const byLabel = kindOfLabel(row.label) ?? (row.section ? kindOfLabel(row.section) : undefined);
    const dollars = row.cells.some((cell) => cell.type === 'number' && cell.currency);
    const kind: FigureKind = rowIsPercent[index]
      ? 'percent'
      : byLabel === 'percent' && dollars
        ? 'other'
        : (byLabel ?? 'amount');
    return {
      label: row.label,
      ...(row.section ? { section: row.section } : {}),
      kind,
      values: row.cells.map((cell) => (cell.type === 'number' ? cell.value : null)),
    };
  });
  return { rows };
}

/** The scale that all unit texts agree on; unknown where it might hold for some columns only. */
function agreedScale(
  texts: string[],
  columns: StatementColumn[],
  rows: StatementRow[],
): ParsedTable['scale'] {
  const scales = new Set(texts.map(scaleOf).filter((scale) => scale !== undefined));
  const scale = [...scales][0];
  if (scales.size !== 1 || scale === 'several') return undefined;
  const mixed = columns.some(({ kind }) => kind === 'other' || kind === 'per_share');
  return mixed || rows.every(({ kind }) => kind !== 'amount') ? undefined : scale;
}

/** Names totals without a label, makes labels unique and refuses what remains doubtful. */
function finish(table: ParsedTable, leftOut: number): ParseResult {
  const named: StatementRow[] = [];
  let left = leftOut;
  table.rows.forEach((row, index) => {
    if (row.label !== '') named.push(row);
    else if (
      sumParts(table, index) &&
      !named.some((other) => other.label === 'Total' && other.section === row.section)
    ) {
      named.push({ ...row, label: 'Total' });
    } else left++;
  });
  const rows = named.filter((row) => row.values.some((value) => value !== null));
  const keys = rows.map((row) => `${row.section ?? ''}\n${row.label}`.toLowerCase());
  if (new Set(keys).size < keys.length) return { reason: 'two rows have the same label' };
  if (rows.length < 2) return { reason: 'fewer than two rows of figures' };
  return { table: { ...table, rows }, leftOut: left + named.length - rows.length };
}
