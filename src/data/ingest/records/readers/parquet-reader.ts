/**
 * Records as rows of a Parquet file, by DuckDB.
 * @module
 */
import { DuckDBInstance, type DuckDBType, DuckDBTypeId, JsonDuckDBValueConverter } from '@duckdb/node-api';
import { AttuneError } from '../../../../errors.js';
import type { FoundFile } from '../../find-files.js';
import { type RawRecord, rowRecord } from './raw-record.js';

/**
 * Reads the rows in their order, a few thousand at a time, with nested lists and structs as lists and objects. Columns of
 * bytes (pictures, sound) are left out.
 *
 * @throws {AttuneError} when the file is broken
 */
export async function* readParquet({ file }: FoundFile, signal?: AbortSignal): AsyncGenerator<RawRecord> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    const database = await instance.connect();
    try {
      const source = 'FROM read_parquet($1)';
      const path = literalPath(file);
      const columns = await database.runAndReadAll(`SELECT * ${source} LIMIT 0`, [path]);
      const wanted = columns
        .columnNames()
        .filter((_, index) => !holdsBytes(columns.columnType(index)))
        .map((name) => `"${name.replaceAll('"', '""')}"`);
      if (wanted.length === 0) return;
      const result = await database.stream(`SELECT ${wanted.join(', ')} ${source}`, [path]);
      const names = result.columnNames();
      let row = 0;
      for (;;) {
        signal?.throwIfAborted();
        const chunk = await result.fetchChunk();
        if (!chunk || chunk.rowCount === 0) return;
        for (const cells of chunk.convertRows(JsonDuckDBValueConverter)) {
          row++;
          const value = rowRecord(names, cells);
          yield { value, place: String(row), line: row, raw: () => JSON.stringify(value) };
        }
      }
    } finally {
      database.closeSync();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AttuneError) throw error;
    throw new AttuneError(`cannot be read as Parquet: ${(error as Error).message.split('\n')[0]}`, {
      file,
      fix: 'write or download the file again',
      cause: error,
    });
  } finally {
    instance.closeSync();
  }
}

/** DuckDB reads a path as a pattern. */
function literalPath(file: string): string {
  return file.replaceAll(/[*?[]/g, '[$&]');
}

function holdsBytes(type: DuckDBType): boolean {
  switch (type.typeId) {
    case DuckDBTypeId.BLOB:
      return true;
    case DuckDBTypeId.STRUCT:
      return (type as { entryTypes: readonly DuckDBType[] } & DuckDBType).entryTypes.some(holdsBytes);
    case DuckDBTypeId.LIST:
      return holdsBytes((type as { valueType: DuckDBType } & DuckDBType).valueType);
    default:
      return false;
  }
}
