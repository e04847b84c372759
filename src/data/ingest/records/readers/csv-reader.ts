/**
 * Records as rows of a text table: CSV, TSV and their kin (RFC 4180), the first row holding the names.
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { type CsvError, parse } from 'csv-parse';
import { parse as parseAll } from 'csv-parse/sync';
import { AttuneError } from '../../../../errors.js';
import { firstUtf8, readUtf8 } from '../../bytes.js';
import type { FoundFile } from '../../find-files.js';
import { type BrokenRecord, notUtf8, type RawRecord, rowRecord } from './raw-record.js';
import { tableHeader } from './table-header.js';

const delimiters = [',', ';', '\t', '|'];
const sampleBytes = 1 << 16;
/** Less than elsewhere, as the parser needs seconds to reach it behind a quote that is never closed. */
const maximumRowBytes = 1 << 24;
/** Excel's own first line, which names the delimiter. */
const hint = /^sep=(.)\r?\n/;

/** How quotes are read: one inside a field that does not begin with one is part of the text. */
const reading = { relax_column_count: true, relax_quotes: true, skip_empty_lines: true } as const;

/** A row of a text table. */
export interface CsvRow {
  cells: string[];
  /** 1-based line of its beginning. */
  line: number;
  /** The row as it stands in the file. */
  raw: string;
  /** Set where a quote is never closed, so that the rest of the file is one record. */
  broken?: CsvError;
}

/**
 * Reads the rows one by one. The delimiter (`,` `;` tab `|`) is the one that divides the first rows most evenly.
 *
 * @throws {AttuneError} when the header names a column twice, the file is not UTF-8, or a record does not end
 */
export async function* readCsv(
  found: FoundFile,
  signal?: AbortSignal,
): AsyncGenerator<RawRecord | BrokenRecord> {
  const { file } = found;
  const { rows, delimiter } = await openCsv(found, signal);
  let header: string[] | undefined;
  for await (const row of rows) {
    const raw = (): string => row.raw;
    if (row.broken) {
      const message = `the quote that is opened here is never closed, so the rest of the file is one record`;
      yield { flaw: { message, fix: 'close it, or double quotes inside texts' }, line: row.line, raw };
    } else if (!header) header = tableHeader(row.cells, file, row.line);
    else if (row.cells.length === header.length) {
      yield { value: rowRecord(header, row.cells), place: String(row.line), line: row.line, raw };
    } else {
      const flaw = {
        message: `has ${row.cells.length} fields, the header has ${header.length}`,
        fix: `put texts that hold ${JSON.stringify(delimiter)}, quotes or line breaks into double quotes`,
      };
      yield { flaw, line: row.line, raw };
    }
  }
}

/**
 * The rows of a text table, the header first, and the delimiter that divides them.
 *
 * @throws {AttuneError} when the file is not UTF-8, or a record does not end; from the rows, as they are read
 */
export async function openCsv(
  { file, name }: Pick<FoundFile, 'file' | 'name'>,
  signal?: AbortSignal,
): Promise<{ rows: AsyncGenerator<CsvRow>; delimiter: string }> {
  const sample = (await firstUtf8(file, sampleBytes)).toString('utf8');
  const hinted = hint.exec(sample);
  const delimiter = hinted?.[1] ?? recogniseDelimiter(sample, /\.(tsv|tab)(\.gz)?$/i.test(name) ? '\t' : ',');
  return { rows: readRows(file, delimiter, hinted ? 1 : 0, signal), delimiter };
}

/** Rows in their order; the parser calls back for good and bad ones, a stream would give only the good ones. */
async function* readRows(
  file: string,
  delimiter: string,
  skippedLines: number,
  signal?: AbortSignal,
): AsyncGenerator<CsvRow> {
  let ready: CsvRow[] = [];
  let next = skippedLines + 1;
  // The parser's own count of lines takes CRLF inside quotes for two.
  const take = (raw: string): { line: number; raw: string } => {
    const blank = /^[\r\n]*/.exec(raw)![0];
    const line = next + lineBreaks(blank);
    next += lineBreaks(raw);
    return { line, raw: raw.slice(blank.length).trimEnd() };
  };
  const parser = parse({
    ...reading,
    delimiter,
    from_line: skippedLines + 1,
    raw: true,
    skip_records_with_error: true,
    max_record_size: maximumRowBytes,
    on_record: (row: unknown): null => {
      const { record, raw } = row as { record: string[]; raw: string };
      ready.push({ cells: record, ...take(raw) });
      return null;
    },
    on_skip: (error: CsvError | undefined, raw: string | undefined): undefined => {
      ready.push({ cells: [], ...take(raw ?? ''), broken: error });
    },
  });
  const failed = new Promise<never>((_, reject) => parser.once('error', reject));
  failed.catch(() => undefined);
  const feed = (chunk: Buffer | undefined): Promise<void> =>
    Promise.race([
      failed,
      new Promise<void>((resolve) =>
        chunk === undefined ? parser.end(resolve) : parser.write(chunk, () => resolve()),
      ),
    ]);
  parser.resume();
  for await (const chunk of readChecked(file, signal)) {
    await feed(chunk);
    yield* checked(ready, file);
    ready = [];
  }
  await feed(undefined);
  yield* checked(ready, file);
}

function* checked(rows: CsvRow[], file: string): Generator<CsvRow> {
  for (const row of rows) {
    if (row.broken && row.broken.code !== 'CSV_QUOTE_NOT_CLOSED') {
      throw new AttuneError(
        row.broken.code === 'CSV_MAX_RECORD_SIZE'
          ? `a record does not end within ${maximumRowBytes >> 20} MiB`
          : row.broken.message,
        { file, line: row.line, fix: 'look for a quote that is opened and never closed', cause: row.broken },
      );
    }
    yield row;
  }
}

const lineBreaks = (text: string): number =>
  text.includes('\r') ? (text.match(/\r\n?|\n/g)?.length ?? 0) : text.split('\n').length - 1;

/** The file's bytes, once they are known to be UTF-8: the parser would take others for a replacement character. */
async function* readChecked(file: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let lines = 1;
  for await (const chunk of readUtf8(file, signal)) {
    try {
      decoder.decode(chunk, { stream: true });
    } catch {
      throw new AttuneError(notUtf8.message, {
        file,
        line: lines + firstBrokenLine(chunk),
        fix: 'save the file as UTF-8 (in Excel: "CSV UTF-8")',
      });
    }
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines++;
    yield chunk;
  }
}

/** How many lines stand before the first that is not UTF-8. */
function firstBrokenLine(chunk: Buffer): number {
  let line = 0;
  for (let from = 0; ; line++) {
    const end = chunk.indexOf(0x0a, from);
    if (end < 0 || !isUtf8(chunk.subarray(from, end))) return line;
    from = end + 1;
  }
}

/** The delimiter that gives the most columns in rows of equal length; `usual` where none divides anything. */
function recogniseDelimiter(sample: string, usual: string): string {
  const order = [usual, ...delimiters.filter((delimiter) => delimiter !== usual)];
  const scores = order.map((delimiter) => {
    const rows: string[][] = parseAll(sample, {
      ...reading,
      delimiter,
      to: 50,
      skip_records_with_error: true,
    });
    const columns = rows[0]?.length ?? 0;
    const even = rows.filter((row) => row.length === columns).length / Math.max(rows.length, 1);
    return columns < 2 ? 0 : even + (1 - 1 / columns) / 100;
  });
  const best = Math.max(...scores);
  return best === 0 ? usual : order[scores.indexOf(best)]!;
}
