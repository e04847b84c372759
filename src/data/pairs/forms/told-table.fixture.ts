/**
 * What any document tells, as one table of figures with the names of their rows and columns.
 * @module
 */
import type { StatementTable } from '../../tables/statement.js';
import { type ReadTable, readPrompt } from '../prompt-text.fixture.js';
import { DocumentReader } from './document-reader.fixture.js';

/** A document as it was read. */
export interface ReadDocument {
  text: string;
  told: ReadTable;
  /** The words of a report or an analysis. */
  prose?: DocumentReader;
}

/**
 * Reads the text before a question.
 *
 * @param source the table behind it, for the names of its rows and columns; every figure comes from the text
 */
export function readDocument(text: string, source: StatementTable): ReadDocument {
  if (!/^(?:Report|Analysis): /.test(text)) return { text, told: readPrompt(`${text}\n\n`).table };
  const prose = new DocumentReader(text, source);
  const columns = [...new Set(prose.figures.map(({ where }) => where))];
  const names = source.rows.flatMap(({ label, section }) => [
    { full: label, name: label, section: '' },
    ...(section ? [{ full: `${label} (${section})`, name: label, section }] : []),
  ]);
  const rows = names.flatMap(({ full, name, section }) => {
    const figures = columns.map((where) => prose.find(full.toLowerCase(), where) ?? '-');
    return figures.some((figure) => figure !== '-') ? [{ name, section, figures }] : [];
  });
  const unit = /mounts are (?:stated |given )?in ([a-zA-Z ]+?)(?:, except per share figures)?\./.exec(
    text,
  )?.[1];
  return {
    text,
    told: { unit, columns: columns.map((where) => where.replace(/^(?:in|under) /, '')), rows },
    prose,
  };
}
