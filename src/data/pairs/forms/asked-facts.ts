/**
 * Which questions a document can be asked.
 * @module
 */
import type { PairTask } from '../../../recipe/data/tables.js';
import { declinedText } from '../answer-formats.js';
import { columnsOf } from '../choices.js';
import type { Fact, FactContext } from '../fact.js';
import { factMakers } from '../facts.js';
import { lineItemRow } from '../line-items.js';
import { typeOfNames } from '../statement-type.js';
import { figure, inColumn, rowName, type TableView } from '../table-view.js';
import type { FormDocument } from './form.js';

const mostAbsent = 6;
const mostCombined = 3;

/**
 * The questions of a task for a document, in random order. A statement is asked everything; a report or an analysis only
 * what it tells, whether it tells what rows of the table it leaves out, and an analysis also what it computed.
 */
export function askedFacts(document: FormDocument, task: PairTask, context: FactContext): Fact[] {
  const { view, random } = context;
  if (document.form === 'statement') return random.shuffle(factMakers[task](context));
  const told = view.rows.filter((row) => columnsOf(view).some((column) => document.tells(row, column)));
  const makers = factMakers[task]({ ...context, view: { ...view, rows: told } });
  const facts = makers.filter(
    (fact) => fact.cells.every(([row, column]) => document.tells(row, column)) && fits(fact, document),
  );
  if (task === 'look_up') facts.push(...document.stated);
  if (task === 'unanswerable') facts.push(...leftOut(document, context));
  return random.shuffle(facts.map((fact) => inDocument(fact, view)));
}

/** A question as it can be asked of a text that tells only some rows. */
function inDocument(fact: Fact, view: TableView): Fact {
  if (fact.task === 'unanswerable') return { ...fact, response: declinedText };
  const named = fact.phrasing === 'summary' && !isPlainlyMain(fact, view);
  return named ? { ...fact, phrasing: 'summary_of' } : fact;
}

/** Whether a text shows that the row of a summary is what it is about: by its name, or with all of its parts. */
function isPlainlyMain({ cells }: Fact, view: TableView): boolean {
  const row = cells[0]![0];
  const known = (['revenue', 'totalAssets'] as const).some((item) => lineItemRow(view, item) === row);
  return known || cells.some(([other]) => other !== row);
}

/** Whether the words of the document, too, allow the question. */
function fits(fact: Fact, document: FormDocument): boolean {
  if (fact.task === 'statement_type') {
    return document.form === 'report' && typeOfNames(document.names) === fact.response;
  }
  // An analysis has words of its own, such as the names of ratios.
  return (
    fact.task !== 'unanswerable' ||
    !mentions(document.text, fact.words.row!) ||
    / \d{4}$/.test(fact.words.in!)
  );
}

/** Figures of the table that the document leaves out, and does not let anyone work out. */
function leftOut(document: FormDocument, { view, random }: FactContext): Fact[] {
  const { table } = view;
  const text = document.text.toLowerCase();
  const names = view.rows
    .filter((row) => columnsOf(view).some((column) => document.tells(row, column)))
    .map((row) => rowName(table, row).toLowerCase());
  const usable = view.rows.filter((row) => {
    const name = rowName(table, row).toLowerCase();
    if (names.includes(name)) return true;
    return !text.includes(name) && !names.some((other) => other.includes(name) || name.includes(other));
  });
  const combined = columnsOf(view).map((column) => combinations(toldFigures(view, document, column)));
  const cells = usable.flatMap((row) =>
    columnsOf(view)
      .filter((column) => figure(view, row, column) !== undefined && !document.tells(row, column))
      // Other columns of a row may follow from the one that is told, such as a change or a total.
      .filter((column) => view.series.includes(column) || !names.includes(rowName(table, row).toLowerCase()))
      .filter((column) => !followsFromSum(view, document, row, column))
      .filter((column) => !combined[column]!.some((sum) => Math.abs(sum - figure(view, row, column)!) < 1e-6))
      .map((column) => [row, column] as const),
  );
  return random
    .shuffle(cells)
    .slice(0, mostAbsent)
    .map(([row, column]) => ({
      task: 'unanswerable',
      phrasing: 'look_up',
      words: { row: rowName(table, row), in: inColumn(view, column) },
      response: declinedText,
      derivation: `the text leaves out ${rowName(table, row)} ${inColumn(view, column)}`,
      cells: [],
    }));
}

/** Whether all other figures of a proven sum are told, so that the figure could be worked out. */
function followsFromSum(view: TableView, document: FormDocument, row: number, column: number): boolean {
  return view.parts.some(({ parts, total }) => {
    if (total === undefined || (row !== total && !parts.includes(row))) return false;
    return [...parts, total].every(
      (other) => other === row || figure(view, other, column) === undefined || document.tells(other, column),
    );
  });
}

function toldFigures(view: TableView, document: FormDocument, column: number): number[] {
  const rows = view.table.rows.map((_row, row) => row).filter((row) => document.tells(row, column));
  return [...new Set(rows.flatMap((row) => figure(view, row, column) ?? []))];
}

/** All sums and differences of up to three figures, from which a figure that is left out could be worked out. */
function combinations(figures: readonly number[]): number[] {
  const combined: number[] = [];
  const extend = (sum: number, from: number, taken: number): void => {
    for (let at = from; taken < mostCombined && at < figures.length; at++) {
      for (const next of [sum + figures[at]!, sum - figures[at]!]) {
        combined.push(next);
        extend(next, at + 1, taken + 1);
      }
    }
  };
  extend(0, 0, 0);
  return combined;
}

/** Whether half of the words of a name stand in a text. */
function mentions(text: string, name: string): boolean {
  const known = new Set(wordsOf(text));
  const words = wordsOf(name);
  return words.filter((word) => known.has(word)).length * 2 >= words.length;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]{3,}/g) ?? [];
}
