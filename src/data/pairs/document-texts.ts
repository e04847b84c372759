/**
 * Statement tables as plain text of the domain, in every form of document.
 * @module
 */
import type { PairSettings } from '../../recipe/data/tables.js';
import type { UnsplitExample } from '../example.js';
import type { StatementTable } from '../tables/statement.js';
import { formAspects, sourceOf } from './forms/form.js';
import { writeDocuments } from './forms/write-document.js';
import { viewTable } from './table-view.js';

/** Each document that pairs with these settings ask about, as one text for continued pre-training. */
export function documentTexts(
  tables: readonly StatementTable[],
  { forms, max_table_characters, max_document_characters }: PairSettings,
  seed: number,
): UnsplitExample[] {
  return tables.flatMap((table) =>
    forms.flatMap((form) =>
      writeDocuments(viewTable(table), form, seed, max_document_characters)
        .filter(
          ({ text }) =>
            form !== 'statement' || max_table_characters === undefined || text.length <= max_table_characters,
        )
        .map(({ text }, index) => ({
          id: `${table.id}-${form}-${index + 1}-text`,
          text,
          task: 'text',
          group: table.group,
          source: sourceOf(table, form),
          licence: table.licence,
          aspects: [formAspects[form]],
        })),
    ),
  );
}
