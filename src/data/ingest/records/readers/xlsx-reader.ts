/**
 * Records as rows of a workbook's sheets, the first row of each holding the names.
 * @module
 */
import { AttuneError } from '../../../../errors.js';
import type { BrokenRecord, RawRecord, RecordReader } from './raw-record.js';
import { rowRecord } from './raw-record.js';
import { tableHeader } from './table-header.js';

/** Reads a workbook: for every sheet its rows that are not empty, with their 1-based numbers, cells as texts. */
export type ReadXlsxRows = (
  file: string,
) => Promise<{ sheet: string; rows: { row: number; cells: string[] }[] }[]>;

/** The reader of records in the sheets that `readXlsxRows` gives. */
export function xlsxReader(readXlsxRows: ReadXlsxRows): RecordReader {
  return async function* readXlsx({ file }, signal): AsyncGenerator<RawRecord | BrokenRecord> {
    for (const { sheet, rows } of await readXlsxRows(file)) {
      signal?.throwIfAborted();
      const [first, ...others] = rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
      if (!first) continue;
      const header = sheetHeader(first, file, sheet);
      for (const { row, cells } of others) {
        const raw = (): string => cells.join(' | ');
        if (cells.slice(header.length).some((cell) => cell.trim() !== '')) {
          const flaw = {
            message: `sheet ${sheet} has a row that is longer than its header of ${header.length} names`,
            fix: 'name every column in the first row',
          };
          yield { flaw, line: row, raw };
        } else {
          const padded = header.map((_, index) => cells[index] ?? '');
          yield { value: rowRecord(header, padded), place: `${sheet}!${row}`, line: row, raw };
        }
      }
    }
  };
}

/** Empty cells after the last name are no columns. */
function sheetHeader(
  { row, cells }: { row: number; cells: string[] },
  file: string,
  sheet: string,
): string[] {
  const last = cells.findLastIndex((cell) => cell.trim() !== '');
  try {
    return tableHeader(cells.slice(0, last + 1), file, row);
  } catch (error) {
    if (!(error instanceof AttuneError)) throw error;
    throw new AttuneError(`sheet ${sheet}: ${error.message}`, error);
  }
}
