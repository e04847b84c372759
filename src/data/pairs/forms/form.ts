/**
 * A statement table as a document: the table itself, a section of a report, or an analysis.
 * @module
 */
import type { DocumentForm } from '../../../recipe/data/tables.js';
import type { StatementTable } from '../../tables/statement.js';
import type { Fact } from '../fact.js';

/** A document that tells figures of one table. */
export interface FormDocument {
  form: DocumentForm;
  /** The document as it stands before a question. */
  text: string;
  /** Whether the document tells the figure in a cell, with its row and column. */
  tells(row: number, column: number): boolean;
  /** Sections and labels that stand in the text, for telling what part of a report it is. */
  names: readonly (string | undefined)[];
  /** Questions about computed figures that the text states. */
  stated: readonly Fact[];
}

/** A sentence with the cells that it tells. */
export interface ToldSentence {
  text: string;
  cells: Fact['cells'];
}

/** What an example of each form is counted as in `aspects`. */
export const formAspects: Record<DocumentForm, string> = {
  statement: 'statements',
  report: 'reports',
  analysis: 'analyses',
};

/** What a question calls a document. */
export const formNouns: Record<DocumentForm, string> = {
  statement: 'table',
  report: 'section',
  analysis: 'analysis',
};

/** The source of examples about a table in a form: the table's own for the table itself. */
export function sourceOf(table: StatementTable, form: DocumentForm): string {
  return form === 'statement' ? table.source : `${table.source} (${form})`;
}

/** A function that says whether a cell is among those of some sentences. */
export function tellsCells(sentences: readonly ToldSentence[]): FormDocument['tells'] {
  const told = new Set(sentences.flatMap(({ cells }) => cells.map(([row, column]) => `${row} ${column}`)));
  return (row, column) => told.has(`${row} ${column}`);
}
