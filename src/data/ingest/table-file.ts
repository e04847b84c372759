/**
 * A CSV file whose rows are no records: one table.
 * @module
 */
import { basename, extname } from 'node:path';
import { AttuneError } from '../../errors.js';
import type { ParsedDocument } from '../document.js';
import { openCsv } from './records/readers/csv-reader.js';

/** Rows of a table that is read as one; more are records in an unknown form. */
const maximumRows = 5000;

/**
 * Reads a text table as a document.
 *
 * @throws AttuneError where it cannot be read, or is too long for a table
 */
export async function readTableFile(file: string): Promise<ParsedDocument> {
  const { rows } = await openCsv({ file, name: basename(file) });
  const cells: string[][] = [];
  for await (const row of rows) {
    if (row.broken) {
      throw new AttuneError('a quote that is opened here is never closed', {
        file,
        line: row.line,
        fix: 'close it',
      });
    }
    cells.push(row.cells);
    if (cells.length > maximumRows) {
      throw new AttuneError(
        `has more than ${maximumRows} rows, and its columns are no known form of record`,
        {
          file,
          fix: 'read it as a source of `type: records` with a `mapping` that says what its columns mean',
        },
      );
    }
  }
  const width = Math.max(0, ...cells.map((row) => row.length));
  const table = cells.map((row) => Array.from({ length: width }, (_, column) => row[column] ?? ''));
  return {
    title: basename(file, extname(file)),
    blocks: table.length > 0 ? [{ type: 'table', rows: table }] : [],
    warnings: [],
  };
}
