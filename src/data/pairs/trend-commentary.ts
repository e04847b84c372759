/**
 * One sentence on how a row developed over the years.
 * @module
 */
import { executeCalculations } from '../answers.js';
import { figureKind, figureText } from '../tables/statement.js';
import { place } from './choices.js';
import type { Fact, Maker } from './fact.js';
import { isSubject } from './forms/row-words.js';
import { figure, periodName, rowName, type TableView } from './table-view.js';

/** What a sequence of figures does. */
type Course =
  | 'remained unchanged'
  | 'rose'
  | 'fell'
  | 'rose steadily'
  | 'fell steadily'
  | 'first rose, then fell'
  | 'first fell, then rose'
  | 'went up and down';

/**
 * How figures went, oldest first: steadily where at least two steps all go the same way, up and down where the direction
 * changes more than once. A step without a change has no direction.
 */
export function courseOf(figures: readonly number[]): Course {
  const steps = figures.slice(1).map((after, index) => Math.sign(after - figures[index]!));
  const turns = steps.filter((step) => step !== 0);
  const directions = turns.filter((step, index) => index === 0 || step !== turns[index - 1]);
  const [first, second] = directions;
  if (first === undefined) return 'remained unchanged';
  if (second === undefined) {
    const word = first > 0 ? 'rose' : 'fell';
    return steps.length > 1 && turns.length === steps.length ? `${word} steadily` : word;
  }
  if (directions.length > 2) return 'went up and down';
  return first > 0 ? 'first rose, then fell' : 'first fell, then rose';
}

/**
 * The change between two figures as an embedded calculation: relative where both are positive, in percentage points between
 * percentages, otherwise the difference.
 */
function changeText(view: TableView, row: number, from: number, to: number): string {
  const [before, after] = [figureText(view.table, row, from), figureText(view.table, row, to)];
  if (figureKind(view.table, row, to) === 'percent')
    return `[${after.replace('%', '')} - ${before.replace('%', '')}] percentage points`;
  const relative = figure(view, row, from)! > 0 && figure(view, row, to)! > 0;
  return relative ? `[(${after} - ${before}) / ${before} in %]` : `[${after} - ${before}]`;
}

/**
 * Whether it can be said of a row that it rose or fell: every figure is there, and they are not all negative, for a cost
 * that is printed with a minus sign rises where its figure falls.
 */
export function hasCourse(view: TableView, row: number, columns: readonly number[]): boolean {
  const figures = columns.map((column) => figure(view, row, column));
  if (figures.some((value) => value === undefined)) return false;
  const kinds = new Set(columns.map((column) => figureKind(view.table, row, column)));
  if (kinds.size > 1) return false;
  const negative = figures.filter((value) => value! < 0).length;
  // A loss that turns into a gain is told by a label that names both.
  const { label } = view.table.rows[row]!;
  const oneSided = /\b(?:loss(?:es)?|expenses?|costs?|deficit|less)\b/i.test(label);
  const bothNamed = /\b(?:income|profit|gains?|earnings|benefits?|surplus)\b/i.test(label);
  return negative === 0 || (figures.some((value) => value! > 0) && (!oneSided || bothNamed));
}

/** Spans of a series that questions are about: all years, and of three or more the last two. */
export function spansOf({ series }: TableView): number[][] {
  if (series.length < 2) return [];
  return series.length > 2 ? [series, series.slice(-2)] : [series];
}

/** How rows developed over all years, and over the last two. */
export const trend_commentary: Maker = ({ view }) =>
  spansOf(view).flatMap((columns) =>
    view.rows.filter((row) => hasCourse(view, row, columns)).map((row) => fact(view, row, columns)),
  );

function fact(view: TableView, row: number, columns: readonly number[]): Fact {
  const [first, last] = [columns[0]!, columns.at(-1)!];
  const name = rowName(view.table, row);
  const response = `${developed(view, row, columns)}.`;
  return {
    task: 'trend_commentary',
    phrasing: 'trend_commentary',
    words: { row: name, from: periodName(view, first), to: periodName(view, last) },
    response,
    answer: executeCalculations(response),
    derivation: columns.map((column) => place(view, row, column)).join('; '),
    cells: columns.map((column): [number, number] => [row, column]),
  };
}

/**
 * How a row developed, with the figures it went between and the change. A label that can't be the subject of a sentence,
 * such as `At 31 December`, is said as in prose: `For At 31 December, the figure rose`.
 */
export function developed(view: TableView, row: number, columns: readonly number[]): string {
  const name = rowName(view.table, row);
  return `${isSubject(name) ? name : `For ${name}, the figure`} ${movement(view, row, columns)}`;
}

/** What follows the row's name. */
function movement(view: TableView, row: number, columns: readonly number[]): string {
  const [first, last] = [columns[0]!, columns.at(-1)!];
  const values = columns.map((column) => figure(view, row, column)!);
  const at = (column: number): string =>
    `${figureText(view.table, row, column)} in ${periodName(view, column)}`;
  const course = courseOf(values);
  const change = `a change of ${changeText(view, row, first, last)}`;
  if (course === 'remained unchanged')
    return `remained unchanged at ${figureText(view.table, row, first)} from ${periodName(view, first)} to ${periodName(view, last)}`;
  const [, before, after] = /^first (\w+), then (\w+)$/.exec(course) ?? [];
  if (!before) return `${course} from ${at(first)} to ${at(last)}, ${change}`;
  const peak = before === 'rose' ? Math.max(...values) : Math.min(...values);
  return `first ${before} from ${at(first)} to ${at(columns[values.indexOf(peak)]!)}, then ${after} to ${at(last)}, ${change}`;
}
