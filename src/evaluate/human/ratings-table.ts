/**
 * The columns of exported ratings, and their text in CSV.
 * @module
 */
import type { Counted } from './counted.js';
import type { Study } from './study-file.js';

/** One row: a decision, or of a rubric the scores of one system. */
export type RatingRow = Record<string, string | number | undefined>;

/** Column of a criterion's scores. */
export const scoreColumn = (criterion: string): string => `score_${criterion}`;

/** Columns that every row of a study needs. */
export function neededColumns({ form, criteria }: Study): string[] {
  const judged =
    form === 'pairwise'
      ? ['left', 'right', 'choice']
      : ['system', ...criteria.map(({ name }) => scoreColumn(name))];
  return ['rater', 'item', ...judged];
}

/** All columns of a study's ratings, in their order. */
export function ratingColumns(study: Study): string[] {
  const [rater, item, ...judged] = neededColumns(study);
  const preferred = study.form === 'pairwise' ? ['preferred'] : [];
  return [rater!, item!, 'task', 'group', ...judged, ...preferred, 'seconds', 'comment', 'when'];
}

/** The rows of a decision: one, or of a rubric one a system that gave the answer. */
export function ratingRows({ rater, item, rating }: Counted): RatingRow[] {
  if (!rating) return [];
  const { seconds, comment, when } = rating;
  const place = { rater, item: item.id, task: item.task, group: item.group };
  const rest = { seconds, comment, when };
  if ('scores' in rating) {
    const scores = Object.fromEntries(
      Object.entries(rating.scores).map(([criterion, score]) => [scoreColumn(criterion), score]),
    );
    return rating.systems.map((system) => ({ ...place, system, ...scores, ...rest }));
  }
  const { left, right, choice } = rating;
  return [{ ...place, left, right, choice, preferred: preferredSystem(left, right, choice), ...rest }];
}

/** Name of the system that a choice prefers; empty for a tie. */
export function preferredSystem(left: string, right: string, choice: string): string {
  return { left, right }[choice] ?? '';
}

/** A spreadsheet would execute a text that begins with one of these; and an apostrophe has to be told from a guard. */
const executed = /^['=+\-@\t\r]/;

/** A cell of CSV. Texts that a spreadsheet would take for a formula get an apostrophe in front. */
export function csvCell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = executed.test(value) ? `'${value}` : value;
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The text of a cell without the apostrophe of {@link csvCell}. */
export function cellText(text: string): string {
  return text.startsWith("'") && executed.test(text.slice(1)) ? text.slice(1) : text;
}
