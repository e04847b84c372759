/**
 * The table as its own document.
 * @module
 */
import { tableText } from '../../tables/statement.js';
import type { TableView } from '../table-view.js';
import type { FormDocument } from './form.js';

/** The text of the table, which tells every figure. */
export function writeStatement({ table }: TableView): FormDocument {
  return {
    form: 'statement',
    text: tableText(table),
    tells: (row, column) => table.rows[row]?.values[column] != null,
    names: [table.heading, ...table.rows.flatMap(({ label, section }) => [section, label])],
    stated: [],
  };
}
