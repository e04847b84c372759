/**
 * Tables made by hand, for tests of what is asked about them.
 * @module
 */
import { randomStream } from '../../random.js';
import type { StatementTable } from '../tables/statement.js';
import type { FactContext } from './fact.js';
import { viewTable } from './table-view.js';

/** A label and its figures, newest first. */
export type Row = [label: string, ...values: (number | null)[]];

/** A table of amounts for 2018 and 2019 (or more years before), newest first. */
export function table(rows: Row[], more: Partial<StatementTable> = {}): StatementTable {
  const years = Array.from({ length: rows[0]!.length - 1 }, (_, back) => 2019 - back);
  return {
    id: 't',
    group: 'g',
    source: 's',
    licence: 'l',
    currency: 'dollars',
    scale: 'millions',
    columns: years.map((year) => ({ label: String(year), year })),
    rows: rows.map(([label, ...values]) => ({ label, kind: 'amount', values })),
    ...more,
  };
}
/** What a maker is given. */
export const context = (one: StatementTable): FactContext => ({
  view: viewTable(one),
  foreignLabels: [],
  random: randomStream(1, 'test'),
});
