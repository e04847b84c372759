/**
 * The documents of a table: one of the form `statement`, several of the others.
 * @module
 */
import type { DocumentForm } from '../../../recipe/data/tables.js';
import { rowName, type TableView } from '../table-view.js';
import { writeAnalysis } from './analysis.js';
import type { FormDocument } from './form.js';
import { writeReport } from './report.js';
import { variantCount } from './row-order.js';
import { writeStatement } from './statement.js';

/**
 * Writes a table in a form, in as many variants as its rows give. Equal tables, seeds and limits give equal documents.
 *
 * @param limit longest text of a report or an analysis, in characters
 */
export function writeDocuments(
  view: TableView,
  form: DocumentForm,
  seed: number,
  limit: number,
): FormDocument[] {
  if (form === 'statement') return [writeStatement(view)];
  // A longer name leaves no room for its figures, and words are looked for in short ones only.
  const rows = view.rows.filter((row) => rowName(view.table, row).length <= limit / 3);
  const told = { ...view, rows };
  const write = form === 'report' ? writeReport : writeAnalysis;
  const seen = new Set<string>();
  return Array.from({ length: variantCount(told) }, (_, variant) => write(told, seed, variant, limit)).filter(
    (document): document is FormDocument => {
      if (!document || document.text.length > limit || seen.has(document.text)) return false;
      seen.add(document.text);
      return true;
    },
  );
}
