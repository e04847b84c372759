/**
 * The sentences of an analysis: each states computed numbers with the figures that they come from.
 * @module
 */
import type { RandomStream } from '../../../random.js';
import { figureKind, figureText } from '../../tables/statement.js';
import { place } from '../choices.js';
import type { Fact } from '../fact.js';
import { figure, inColumn, isPositiveAmount, periodName, type TableView } from '../table-view.js';
import { percentText, rounded } from './computed.js';
import { type FinancialRatio, financialRatios, type RatioTopic, ratioColumns } from './financial-ratios.js';
import type { ToldSentence } from './form.js';
import { rowWords } from './row-words.js';

/** A sentence with questions about its computed numbers. */
export interface AnalysisLine extends ToldSentence {
  kind: 'growth' | 'trend' | 'points' | 'share' | 'concentration' | 'ratio' | 'difference';
  /** Rows that it is about, without totals that it only compares with. */
  rows: number[];
  stated: Fact[];
}

const movement = /\b(?:increase|decrease|change|reduction|movement)s?\b/i;

/** Relative growth of a row between two years, with both figures. */
export function growthLine(
  view: TableView,
  row: number,
  [from, to]: readonly [number, number],
  random: RandomStream,
): AnalysisLine | undefined {
  const [before, after] = [figure(view, row, from)!, figure(view, row, to)!];
  if (before <= 0 || after <= 0 || figureKind(view.table, row, to) === 'percent') return undefined;
  const words = rowWords(view, row);
  const percent = percentText(Math.abs(after - before) / before);
  if (percent === undefined || movement.test(words.name)) return undefined;
  const up = after > before;
  const [a, b] = [figureText(view.table, row, from), figureText(view.table, row, to)];
  const [year, earlier] = [periodName(view, to), periodName(view, from)];
  const verb = random.pick(up ? ['rose', 'grew', 'increased'] : ['fell', 'declined', 'decreased']);
  const text = words.subject
    ? random.pick([
        `${words.start} ${verb} by ${percent} from ${a} in ${earlier} to ${b} in ${year}.`,
        `${words.start} ${verb} from ${a} in ${earlier} to ${b} in ${year}, ${up ? 'an increase' : 'a decrease'} of ${percent}.`,
        `In ${year}, ${words.within} ${verb} by ${percent} to ${b}, from ${a} in ${earlier}.`,
      ])
    : `For ${words.name}, the figure ${verb} by ${percent} from ${a} in ${earlier} to ${b} in ${year}.`;
  return {
    kind: 'growth',
    rows: [row],
    text,
    cells: [
      [row, from],
      [row, to],
    ],
    stated: [
      stated(
        'stated_growth',
        percent,
        [
          [row, from],
          [row, to],
        ],
        view,
        {
          row: words.name,
          verb: up ? 'increase' : 'decrease',
          from: earlier,
          to: year,
        },
      ),
    ],
  };
}

/** Change of a percentage between two years, in percentage points. */
export function pointsLine(
  view: TableView,
  row: number,
  [from, to]: readonly [number, number],
): AnalysisLine | undefined {
  if (figureKind(view.table, row, to) !== 'percent') return undefined;
  const words = rowWords(view, row);
  const [before, after] = [figure(view, row, from)!, figure(view, row, to)!];
  const points = rounded(Math.abs(after - before));
  if (points === undefined || before < 0 || after < 0 || !words.subject) return undefined;
  const [year, earlier] = [periodName(view, to), periodName(view, from)];
  const unit = points === '1' ? 'percentage point' : 'percentage points';
  const cells: Fact['cells'] = [
    [row, from],
    [row, to],
  ];
  return {
    kind: 'points',
    rows: [row],
    text: `${words.start} ${after > before ? 'rose' : 'fell'} by ${points} ${unit}, from ${figureText(view.table, row, from)} in ${earlier} to ${figureText(view.table, row, to)} in ${year}.`,
    cells,
    stated: [
      stated('stated_figure', points, cells, view, {
        measure: `the change in percentage points of ${words.name}`,
        in: `from ${earlier} to ${year}`,
      }),
    ],
  };
}

/** A row that went one way through three years. */
export function trendLine(view: TableView, row: number): AnalysisLine | undefined {
  const columns = view.series.slice(-3);
  if (columns.length < 3) return undefined;
  const values = columns.map((column) => figure(view, row, column) ?? 0);
  const [first, second, third] = values as [number, number, number];
  if (values.some((value) => value <= 0) || figureKind(view.table, row, columns[0]!) === 'percent')
    return undefined;
  const up = first < second && second < third;
  if (!up && !(first > second && second > third)) return undefined;
  const words = rowWords(view, row);
  const percent = percentText(Math.abs(third - first) / first);
  if (percent === undefined || !words.subject || movement.test(words.name)) return undefined;
  const [a, b, c] = columns.map(
    (column) => `${figureText(view.table, row, column)} in ${periodName(view, column)}`,
  );
  const cells: Fact['cells'] = columns.map((column) => [row, column]);
  return {
    kind: 'trend',
    rows: [row],
    text: `${words.start} ${up ? 'rose' : 'fell'} in both years, from ${a} to ${b} and ${c}, ${up ? 'an increase' : 'a decrease'} of ${percent} over the whole period.`,
    cells,
    stated: [
      stated('stated_growth', percent, [cells[0]!, cells[2]!], view, {
        row: words.name,
        verb: up ? 'increase' : 'decrease',
        from: periodName(view, columns[0]!),
        to: periodName(view, columns[2]!),
      }),
    ],
  };
}

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

const judgements: Partial<Record<RatioTopic, readonly [up: string, down: string]>> = {
  profitability: ['Profitability improved', 'Profitability weakened'],
  liquidity: ['Liquidity improved', 'Liquidity weakened'],
  return: ['Returns improved', 'Returns weakened'],
};

/** A ratio of analysts in its newest year, and in the year before where the table has it. */
export function ratioLine(view: TableView, ratio: FinancialRatio): AnalysisLine | undefined {
  const [column, earlier] = ratioColumns(view, ratio);
  if (column === undefined) return undefined;
  const { above, below, name, percent } = ratio;
  const valueAt = (at: number): number => figure(view, above, at)! / figure(view, below, at)!;
  const said = (at: number): string | undefined =>
    percent ? percentText(valueAt(at)) : rounded(valueAt(at), 1000);
  const now = said(column);
  if (now === undefined) return undefined;
  const [a, b] = [rowWords(view, above), rowWords(view, below)];
  const figures = (at: number): [string, string] => [
    figureText(view.table, above, at),
    figureText(view.table, below, at),
  ];
  const cellsAt = (at: number): [number, number][] => [
    [above, at],
    [below, at],
  ];
  const statedAt = (at: number, value: string): Fact =>
    stated('stated_figure', value, cellsAt(at), view, { measure: name, in: inColumn(view, at) });
  const [x1, y1] = figures(column);
  const core = `${name} was ${now} ${inColumn(view, column)} (${a.name} of ${x1} over ${b.name} of ${y1})`;
  const before = earlier === undefined ? undefined : said(earlier);
  if (before === undefined || earlier === undefined) {
    return {
      kind: 'ratio',
      rows: [above, below],
      text: `${capital(core)}.`,
      cells: cellsAt(column),
      stated: [statedAt(column, now)],
    };
  }
  const [x0, y0] = figures(earlier);
  const judgement =
    before === now ? undefined : judgements[ratio.topic]?.[valueAt(column) > valueAt(earlier) ? 0 : 1];
  const compared = `compared with ${before} ${inColumn(view, earlier)} (${x0} over ${y0})`;
  return {
    kind: 'ratio',
    rows: [above, below],
    text: judgement ? `${judgement}: ${core}, ${compared}.` : `${capital(core)}, ${compared}.`,
    cells: [...cellsAt(column), ...cellsAt(earlier)],
    stated: [statedAt(column, now), statedAt(earlier, before)],
  };
}

/** How far two columns of one kind lie apart in a row, in a table without years. */
export function differenceLine(
  view: TableView,
  row: number,
  [one, other]: readonly [number, number],
): AnalysisLine | undefined {
  const [a, b] = [figure(view, row, one), figure(view, row, other)];
  if (a === undefined || b === undefined || a <= 0 || b <= 0) return undefined;
  if (figureKind(view.table, row, one) !== figureKind(view.table, row, other)) return undefined;
  const [larger, smaller] = a > b ? [one, other] : [other, one];
  const difference = rounded(Math.abs(a - b));
  if (difference === undefined) return undefined;
  const words = rowWords(view, row);
  const percent = figureKind(view.table, row, one) === 'percent';
  const gap = percent ? `${difference} percentage ${difference === '1' ? 'point' : 'points'}` : difference;
  const cells: Fact['cells'] = [
    [row, larger],
    [row, smaller],
  ];
  return {
    kind: 'difference',
    rows: [row],
    text: `For ${words.name}, the figure of ${figureText(view.table, row, larger)} ${inColumn(view, larger)} is ${gap} above that of ${figureText(view.table, row, smaller)} ${inColumn(view, smaller)}.`,
    cells,
    stated: [
      stated('stated_figure', difference, cells, view, {
        measure: `the difference for ${words.name}`,
        in: `between ${view.table.columns[larger]!.label} and ${view.table.columns[smaller]!.label}`,
      }),
    ],
  };
}

/** Ratio lines of all ratios that the table allows. */
export function ratioLines(view: TableView): AnalysisLine[] {
  return financialRatios(view).flatMap((ratio) => ratioLine(view, ratio) ?? []);
}

function allPositive(view: TableView, rows: readonly number[], column: number): boolean {
  const filled = rows.filter((row) => figure(view, row, column) !== undefined);
  return filled.includes(rows.at(-1)!) && filled.every((row) => isPositiveAmount(view, row, column));
}

function capital(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}

function stated(
  phrasing: Fact['phrasing'],
  response: string,
  cells: Fact['cells'],
  view: TableView,
  words: Record<string, string>,
): Fact {
  const figures = cells.map(([row, column]) => place(view, row, column)).join('; ');
  return {
    task: 'look_up',
    phrasing,
    words,
    response,
    cells,
    derivation: `stated by the analysis, from ${figures}`,
  };
}
