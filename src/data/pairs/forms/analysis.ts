/**
 * A table as an analyst's note: growth, shares, concentration, margins and ratios, each with the figures behind it.
 * @module
 */
import { type RandomStream, randomStream } from '../../../random.js';
import type { TableView } from '../table-view.js';
import type { AnalysisLine } from './analysis-line.js';
import { type FormDocument, tellsCells } from './form.js';
import { changeLine, differenceLine, growthLine, pointsLine, trendLine } from './movement-lines.js';
import { ratioLines } from './ratio-lines.js';
import { rowOrder } from './row-order.js';
import { documentTitle, toldColumns, unitSentence } from './row-words.js';
import { concentrationLine, shareLine } from './share-lines.js';

const mostLines = 6;
const mostOfKind = 3;
const units = ['Amounts are in {unit}.', 'All amounts are stated in {unit}.'];

/**
 * Writes an analysis of a table. Every number is a figure of the table or computed from figures that the same sentence
 * tells, rounded to two decimals.
 *
 * @param variant other variants comment on other rows, years and ratios
 * @param limit longest text in characters
 * @returns undefined where fewer than two sentences can be said
 */
export function writeAnalysis(
  view: TableView,
  seed: number,
  variant: number,
  limit: number,
): FormDocument | undefined {
  const random = randomStream(seed, 'analysis', view.table.id, variant);
  const title = `Analysis: ${documentTitle(view, 'selected figures')}`;
  const unit = random.pick(units);
  let room = limit - title.length - 80;
  const chosen: AnalysisLine[] = [];
  for (const line of candidates(view, variant, random)) {
    const ofKind = chosen.filter(({ kind }) => kind === line.kind).length;
    const known = chosen.some(
      ({ rows, kind }) => kind === line.kind && rows.every((row) => line.rows.includes(row)),
    );
    if (chosen.length >= mostLines || ofKind >= mostOfKind || (known && line.kind !== 'ratio')) continue;
    if (line.text.length + 1 > room) continue;
    room -= line.text.length + 1;
    chosen.push(line);
  }
  if (chosen.length < 2) return undefined;
  const rows = chosen.flatMap(({ cells }) => cells.map(([row]) => row));
  const first = unitSentence(view, rows, unit);
  return {
    form: 'analysis',
    text: [title, ...(first ? [first] : []), ...chosen.map(({ text }) => text)].join('\n'),
    tells: tellsCells(chosen),
    names: rows.map((row) => view.table.rows[row]!.label),
    stated: chosen.flatMap(({ stated }) => stated),
  };
}

/** What can be said, the best first: kinds take turns, and each begins with the rows that the variant tells. */
function candidates(view: TableView, variant: number, random: RandomStream): AnalysisLine[] {
  const rows = rowOrder(view, variant);
  const pairs = periods(view, variant);
  const wholes = view.parts.flatMap(({ parts, total }) =>
    total !== undefined && view.rows.includes(total) ? [{ parts, total }] : [],
  );
  const columns = shareColumns(view);
  const column = columns[variant % columns.length]!;
  const shares = rows.flatMap((row) =>
    wholes
      .filter(({ parts }) => parts.includes(row))
      .flatMap((whole) => shareLine(view, whole, row, column, random) ?? []),
  );
  const movements = rows.flatMap((row) => {
    const told = toldColumns(view, row);
    const pair = pairs.find((both) => both.every((at) => told.includes(at)));
    if (!pair) return differenceOf(view, row) ?? [];
    return (
      pointsLine(view, row, pair) ?? growthLine(view, row, pair, random) ?? changeLine(view, row, pair) ?? []
    );
  });
  const trends = rows.flatMap((row) => trendLine(view, row) ?? []);
  const concentrations = wholes.flatMap((whole) => concentrationLine(view, whole, column) ?? []);
  const ratios = ratioLines(view);
  const turn = ratios.length === 0 ? 0 : (variant * 2) % ratios.length;
  const kinds = [
    [...ratios.slice(turn), ...ratios.slice(0, turn)],
    movements,
    shares,
    concentrations,
    trends,
  ];
  const longest = Math.max(...kinds.map((lines) => lines.length));
  return Array.from({ length: longest }, (_, at) => kinds.flatMap((lines) => lines[at] ?? [])).flat();
}

/** Pairs of years to compare, the newest first in the first variants. */
function periods({ series }: TableView, variant: number): [number, number][] {
  const pairs = series.slice(1).map((to, index): [number, number] => [series[index]!, to]);
  const newest = pairs.toReversed();
  const start = variant % Math.max(1, newest.length);
  return [...newest.slice(start), ...newest.slice(0, start)];
}

function shareColumns(view: TableView): number[] {
  return view.series.length > 0
    ? view.series.toReversed()
    : view.table.columns.map((_column, index) => index);
}

/** The first column of a row against the next that differs, in a table without years. */
function differenceOf(view: TableView, row: number): AnalysisLine | undefined {
  if (view.series.length > 0) return undefined;
  const [one, ...others] = toldColumns(view, row);
  const lines = others.flatMap((other) => differenceLine(view, row, [one!, other]) ?? []);
  return lines[0];
}
