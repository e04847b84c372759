/**
 * The readers of records by the format of the file.
 * @module
 */
import { AttuneError } from '../../../../errors.js';
import type { FoundFile } from '../../find-files.js';
import { readCsv } from './csv-reader.js';
import { readJson } from './json-reader.js';
import { readJsonl } from './jsonl-reader.js';
import { readParquet } from './parquet-reader.js';
import type { BrokenRecord, RawRecord } from './raw-record.js';
import { type ReadXlsxRows, xlsxReader } from './xlsx-reader.js';
import { readYaml } from './yaml-reader.js';

/** How to read a file. */
export interface ReadOptions {
  signal?: AbortSignal;
  /** Reads workbooks; without it they are refused. */
  readXlsxRows?: ReadXlsxRows;
}

/** @throws {AttuneError} when the file is of a kind that holds no records, or cannot be read as a whole */
export function rawRecords(
  found: FoundFile,
  { signal, readXlsxRows }: ReadOptions,
): AsyncGenerator<RawRecord | BrokenRecord> {
  switch (found.format) {
    case 'jsonl':
      return readJsonl(found, signal);
    case 'json':
      return readJson(found, signal);
    case 'csv':
      return readCsv(found, signal);
    case 'parquet':
      return readParquet(found, signal);
    case 'yaml':
      return readYaml(found, signal);
    case 'xlsx':
      if (readXlsxRows) return xlsxReader(readXlsxRows)(found, signal);
  }
  throw new AttuneError(found.note ?? `holds no records: it is a ${found.format} file`, {
    file: found.file,
    fix: 'bring records as JSONL, JSON, YAML, CSV, Parquet or XLSX; leave other files out with a glob such as `*.jsonl`',
  });
}
