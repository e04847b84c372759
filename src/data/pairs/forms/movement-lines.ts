/**
 * Sentences of an analysis about how a row moved: growth, change, trend, and how far two columns lie apart.
 * @module
 */
import type { RandomStream } from '../../../random.js';
import { figureKind, figureText } from '../../tables/statement.js';
import type { Fact } from '../fact.js';
import { figure, inColumn, periodName, type TableView } from '../table-view.js';
import { type AnalysisLine, stated } from './analysis-line.js';
import { percentText, rounded } from './computed.js';
import { comparable, rowWords } from './row-words.js';

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
  const amount = rounded(Math.abs(after - before));
  const cells: Fact['cells'] = [
    [row, from],
    [row, to],
  ];
  const growth = stated('stated_growth', percent, cells, view, {
    row: words.name,
    verb: up ? 'increase' : 'decrease',
    from: earlier,
    to: year,
  });
  if (amount !== undefined && words.subject && random.integer(4) === 0) {
    const text = `${words.start} ${verb} from ${a} in ${earlier} to ${b} in ${year}, ${up ? 'an increase' : 'a decrease'} of ${amount}, or ${percent}.`;
    const measure = `the ${up ? 'increase' : 'decrease'} in ${words.name} as an amount`;
    const difference = stated('stated_figure', amount, cells, view, {
      measure,
      in: `from ${earlier} to ${year}`,
    });
    return { kind: 'growth', rows: [row], text, cells, stated: [growth, difference] };
  }
  const text = words.subject
    ? random.pick([
        `${words.start} ${verb} by ${percent} from ${a} in ${earlier} to ${b} in ${year}.`,
        `${words.start} ${verb} from ${a} in ${earlier} to ${b} in ${year}, ${up ? 'an increase' : 'a decrease'} of ${percent}.`,
        `In ${year}, ${words.within} ${verb} by ${percent} to ${b}, from ${a} in ${earlier}.`,
      ])
    : `For ${words.name}, the figure ${verb} by ${percent} from ${a} in ${earlier} to ${b} in ${year}.`;
  return { kind: 'growth', rows: [row], text, cells, stated: [growth] };
}

/** Difference between two years of a row that is not positive throughout, where growth in percent means nothing. */
export function changeLine(
  view: TableView,
  row: number,
  [from, to]: readonly [number, number],
): AnalysisLine | undefined {
  const [before, after] = [figure(view, row, from)!, figure(view, row, to)!];
  const change = rounded(after - before);
  if ((before > 0 && after > 0) || figureKind(view.table, row, to) === 'percent' || change === undefined)
    return undefined;
  const { name } = rowWords(view, row);
  const [year, earlier] = [periodName(view, to), periodName(view, from)];
  const cells: Fact['cells'] = [
    [row, from],
    [row, to],
  ];
  const measure = `the change in ${name} as an amount`;
  return {
    kind: 'change',
    rows: [row],
    text: `For ${name}, the figure went from ${figureText(view.table, row, from)} in ${earlier} to ${figureText(view.table, row, to)} in ${year}, a change of ${change}.`,
    cells,
    stated: [stated('stated_figure', change, cells, view, { measure, in: `from ${earlier} to ${year}` })],
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

/** A row that went one way through the last three periods. */
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
    text: `${words.start} ${up ? 'rose' : 'fell'} throughout, from ${a} to ${b} and ${c}, ${up ? 'an increase' : 'a decrease'} of ${percent} over the whole period.`,
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

/** How far two columns of one kind lie apart in a row, in a table without years. */
export function differenceLine(
  view: TableView,
  row: number,
  [one, other]: readonly [number, number],
): AnalysisLine | undefined {
  const [a, b] = [figure(view, row, one), figure(view, row, other)];
  if (a === undefined || b === undefined) return undefined;
  if (!comparable(view, row, [one, other])) return undefined;
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
