/**
 * Files of statement tables.
 * @module
 */
import { z } from 'zod';
import { AttuneError } from '../../errors.js';
import { readJson } from '../../files.js';
import { reportGroups } from './groups.js';
import { parseTable } from './parse-table.js';
import type { StatementTable } from './statement.js';

const kind = z.enum(['amount', 'percent', 'per_share', 'other']);

const parsedSchema = z
  .strictObject({
    id: z.string().min(1),
    group: z.string().min(1).optional(),
    source: z.string().min(1).optional(),
    licence: z.string().min(1).optional(),
    heading: z.string().optional(),
    currency: z.string().optional(),
    scale: z.enum(['thousands', 'millions', 'billions']).optional(),
    columns: z
      .array(z.strictObject({ label: z.string().min(1), year: z.int().optional(), kind: kind.optional() }))
      .min(1),
    rows: z
      .array(
        z.strictObject({
          label: z.string().min(1),
          section: z.string().optional(),
          kind: kind.default('amount'),
          values: z.array(z.number().nullable()),
        }),
      )
      .min(1),
  })
  .superRefine((table, context) => {
    table.rows.forEach((row, index) => {
      if (row.values.length === table.columns.length) return;
      context.addIssue({
        code: 'custom',
        path: ['rows', index, 'values'],
        message: `${row.values.length} values for ${table.columns.length} columns`,
      });
    });
  });

const cellsSchema = z.strictObject({
  id: z.string().min(1),
  group: z.string().min(1).optional(),
  source: z.string().min(1).optional(),
  licence: z.string().min(1).optional(),
  cells: z.array(z.array(z.string())).min(1),
});

const fileSchema = z.strictObject({
  source: z.string().min(1),
  licence: z.string().min(1),
  tables: z.array(z.looseObject({ id: z.string().min(1) })).min(1),
});

/** Tables of a file, and those that could not be read safely. */
export interface TableFile {
  tables: StatementTable[];
  refused: { id: string; reason: string }[];
}

/**
 * Reads a JSON file of statement tables: `source`, `licence` and `tables`, each table either read already (`columns`
 * and `rows`) or as the texts of its `cells`. Tables without a `group` are grouped by the figures that they share.
 *
 * @throws AttuneError that names the file and the field, when the file does not have this form
 */
export async function readTables(file: string): Promise<TableFile> {
  const content = check(fileSchema, await readJson(file), file, '');
  const refused: TableFile['refused'] = [];
  const tables: (Omit<StatementTable, 'group'> & { group?: string })[] = [];
  const seen = new Set<string>();
  content.tables.forEach((item, index) => {
    const field = `tables[${index}]`;
    if (seen.has(item.id)) {
      throw new AttuneError(`two tables have the id "${item.id}"`, {
        file,
        field,
        fix: 'give every table its own id',
      });
    }
    seen.add(item.id);
    const origin = { source: `${content.source}, table ${item.id}`, licence: content.licence };
    if (!('cells' in item)) {
      tables.push({ ...origin, ...check(parsedSchema, item, file, field) });
      return;
    }
    const { cells, ...rest } = check(cellsSchema, item, file, field);
    const result = parseTable(cells);
    if ('reason' in result) refused.push({ id: item.id, reason: result.reason });
    else tables.push({ ...origin, ...rest, ...result.table });
  });
  const groups = reportGroups(tables);
  return {
    tables: tables.map((table, index) => ({
      ...table,
      group: table.group ?? `report-${groups[index]! + 1}`,
    })),
    refused,
  };
}

function check<T extends z.ZodType>(schema: T, value: unknown, file: string, field: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const place = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  throw new AttuneError(`is not a file of statement tables: ${issue.message}`, {
    file,
    field: `${field}${place}`.replace(/^\./, '') || undefined,
    fix: 'see docs/statement-tables.md for the form',
    cause: result.error,
  });
}
