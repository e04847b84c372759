/**
 * Sentences of an analysis about parts of a total that the figures prove.
 * @module
 */
import type { RandomStream } from '../../../random.js';
import { figureText } from '../../tables/statement.js';
import type { Fact } from '../fact.js';
import { figure, inColumn, isPositiveAmount, type TableView } from '../table-view.js';
import { type AnalysisLine, stated } from './analysis-line.js';
import { percentText } from './computed.js';
import { rowWords } from './row-words.js';

/** A part of a total that the figures prove, in percent. */
export function shareLine(
  view: TableView,
  { parts, total }: { parts: readonly number[]; total: number },
  row: number,
  column: number,
  random: RandomStream,
): AnalysisLine | undefined {
  if (!allPositive(view, [...parts, total], column) || figure(view, row, column) === undefined)
    return undefined;
  const [words, whole] = [rowWords(view, row), rowWords(view, total)];
  const percent = percentText(figure(view, row, column)! / figure(view, total, column)!);
  if (percent === undefined) return undefined;
  const [a, b] = [figureText(view.table, row, column), figureText(view.table, total, column)];
  const where = inColumn(view, column);
  const cells: Fact['cells'] = [
    [row, column],
    [total, column],
  ];
  const Where = `${where[0]!.toUpperCase()}${where.slice(1)}`;
  const text = words.subject
    ? random.pick([
        `${words.start} of ${a} made up ${percent} of ${whole.within} of ${b} ${where}.`,
        `${Where}, ${words.within} accounted for ${percent} of ${whole.within} (${a} of ${b}).`,
        `${words.start} represented ${percent} of ${whole.within} ${where}, or ${a} of ${b}.`,
      ])
    : `${Where}, ${a} for ${words.name} made up ${percent} of ${whole.within} of ${b}.`;
  return {
    kind: 'share',
    rows: [row],
    text,
    cells,
    stated: [
      stated('stated_figure', percent, cells, view, {
        measure: `the share of ${words.name} in ${whole.name}`,
        in: where,
      }),
    ],
  };
}

/** What the two largest of at least three parts make up together. */
export function concentrationLine(
  view: TableView,
  { parts, total }: { parts: readonly number[]; total: number },
  column: number,
): AnalysisLine | undefined {
  if (parts.length < 3 || !allPositive(view, [...parts, total], column)) return undefined;
  const named = parts.filter((row) => figure(view, row, column) !== undefined);
  const [first, second, third] = named.toSorted(
    (a, b) => figure(view, b, column)! - figure(view, a, column)!,
  );
  if (first === undefined || second === undefined || third === undefined) return undefined;
  if (figure(view, second, column) === figure(view, third, column)) return undefined;
  if (![first, second, total].every((row) => view.rows.includes(row))) return undefined;
  const percent = percentText(
    (figure(view, first, column)! + figure(view, second, column)!) / figure(view, total, column)!,
  );
  if (percent === undefined) return undefined;
  const [a, b, whole] = [first, second, total].map((row) => rowWords(view, row)) as [
    ReturnType<typeof rowWords>,
    ReturnType<typeof rowWords>,
    ReturnType<typeof rowWords>,
  ];
  const text = (row: number): string => figureText(view.table, row, column);
  const where = inColumn(view, column);
  const cells: Fact['cells'] = [
    [first, column],
    [second, column],
    [total, column],
  ];
  return {
    kind: 'concentration',
    rows: [first, second],
    text: `The two largest items, ${a.name} (${text(first)}) and ${b.name} (${text(second)}), together made up ${percent} of ${whole.within} of ${text(total)} ${where}.`,
    cells,
    stated: [
      stated('stated_figure', percent, cells, view, {
        measure: `the combined share of the two largest items in ${whole.name}`,
        in: where,
      }),
    ],
  };
}

function allPositive(view: TableView, rows: readonly number[], column: number): boolean {
  const filled = rows.filter((row) => figure(view, row, column) !== undefined);
  return filled.includes(rows.at(-1)!) && filled.every((row) => isPositiveAmount(view, row, column));
}
