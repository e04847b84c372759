/**
 * The same context in another form: tables in other notations, labels in other cases, lists as prose.
 * @module
 */
import type { RandomStream } from '../../random.js';
import type { Item } from '../item.js';
import { type ContextTable, readContextTable, type TableForm, writeContextTable } from './context-table.js';
import type { Change, Exchange } from './exchange.js';

const forms: TableForm[] = ['labelled', 'markdown', 'csv', 'cells'];
const names: Record<TableForm, string> = {
  labelled: 'figures beside their column labels',
  markdown: 'a Markdown table',
  csv: 'CSV',
  cells: 'cells between bars',
};

/** Writes the context's table or list in another form; every figure stays as it stands. */
export function reformat(_item: Item, exchange: Exchange, random: RandomStream): Change | undefined {
  const table = readContextTable(exchange.context);
  if (!table) return relist(exchange);
  const form = random.pick(forms);
  const cased = random.pick([undefined, 'upper', 'lower'] as const);
  const labels = table.rows.flatMap(({ label, section }) => [label, ...(section ? [section] : [])]);
  // An answer that is a label has to be found in the table as it is written.
  const named = labels.some(
    (label) => label !== '' && exchange.response.toLowerCase().includes(label.toLowerCase()),
  );
  const written = named || !cased ? table : withCase(table, cased);
  const context = writeContextTable(written, form);
  if (context === exchange.context || !readsAlike(context, written)) return undefined;
  const note = [
    form === table.form ? undefined : `the table written as ${names[form]}`,
    written === table ? undefined : `labels in ${cased} case`,
  ];
  return { exchange: { ...exchange, context }, note: note.filter(Boolean).join(', ') };
}

/** Labels in capitals or small letters; columns keep their case where they are more than a year. */
function withCase(table: ContextTable, cased: 'upper' | 'lower'): ContextTable {
  const change = (text: string): string => (cased === 'upper' ? text.toUpperCase() : text.toLowerCase());
  return {
    ...table,
    rows: table.rows.map(({ label, section, cells }) => ({
      label: change(label),
      ...(section ? { section: change(section) } : {}),
      cells,
    })),
  };
}

/** Whether a reader gets the same cells back. */
function readsAlike(context: string, table: ContextTable): boolean {
  const read = readContextTable(context);
  const cells = (t: ContextTable): string =>
    t.rows.map((row) => row.cells.map((cell) => (cell === '' ? '-' : cell)).join('\t')).join('\n');
  return read !== undefined && cells(read) === cells(table) && read.columns.join() === table.columns.join();
}

/** A list in lines as one sentence. */
function relist(exchange: Exchange): Change | undefined {
  const lines = exchange.context.split('\n');
  const isItem = (line: string): boolean => /^\s*[-*•] \S/.test(line);
  const first = lines.findIndex(isItem);
  const last = lines.findLastIndex(isItem);
  if (first < 0 || last === first || !lines.slice(first, last + 1).every(isItem)) return undefined;
  const items = lines
    .slice(first, last + 1)
    .map((line) => line.replace(/^\s*[-*•] /, '').replace(/[.;,]\s*$/, ''));
  if (items.some((item) => item.includes('; '))) return undefined;
  const sentence = `${items.slice(0, -1).join('; ')}; and ${items.at(-1)}.`;
  const context = [...lines.slice(0, first), sentence, ...lines.slice(last + 1)].join('\n');
  return { exchange: { ...exchange, context }, note: 'the list written as a sentence' };
}
