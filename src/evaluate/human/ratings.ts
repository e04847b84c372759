/**
 * Ratings out of a study, for other programs, and into it, from a spreadsheet or another tool.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { openCsv } from '../../data/ingest/records/readers/csv-reader.js';
import { tableHeader } from '../../data/ingest/records/readers/table-header.js';
import { AttuneError } from '../../errors.js';
import { fileError, hashJson, writeFileAtomically } from '../../files.js';
import { acquireLock } from '../../train/lock.js';
import { countedDecisions } from './counted.js';
import { type Rating, RatingsLog, ratingKey } from './ratings-file.js';
import { readRatingRow } from './ratings-row.js';
import {
  cellText,
  csvCell,
  neededColumns,
  type RatingRow,
  ratingColumns,
  ratingRows,
} from './ratings-table.js';
import { openStudy, type Study } from './study-file.js';

/** What an import did. */
export interface ImportedRatings {
  /** Decisions that are new or changed. */
  added: number;
  /** Decisions that the study already had like this. */
  unchanged: number;
}

/** A row with its 1-based line. */
interface NumberedRow {
  row: RatingRow;
  line: number;
}

/**
 * Writes the ratings that hold, with the names of the systems, as CSV or JSON lines by the ending of `file`. Rows stand
 * in the order of the raters and of what they were asked.
 *
 * @returns number of rows
 * @throws AttuneError for another ending
 */
export async function exportRatings(directory: string, file: string): Promise<number> {
  const format = formatOf(file);
  const study = await openStudy(directory);
  const rows = (await countedDecisions(study, directory)).flatMap(ratingRows);
  const columns = ratingColumns(study);
  const lines =
    format === 'csv'
      ? [columns, ...rows.map((row) => columns.map((name) => row[name]))].map(
          (cells) => `${cells.map(csvCell).join(',')}\r\n`,
        )
      : rows.map((row) => `${JSON.stringify(row)}\n`);
  // Excel takes a file without the mark for one in an old encoding.
  await writeFileAtomically(file, `${format === 'csv' ? '\uFEFF' : ''}${lines.join('')}`);
  return rows.length;
}

/**
 * Adds ratings that were made elsewhere, from CSV or JSON lines with the columns of {@link exportRatings}; `task`,
 * `group`, `preferred`, `seconds`, `comment` and `when` may be missing. Nothing is added when one row is wrong.
 *
 * @throws AttuneError with file, line and field of the first row that is wrong, and while the study is being served
 */
export async function importRatings(directory: string, file: string): Promise<ImportedRatings> {
  const study = await openStudy(directory);
  const rows = formatOf(file) === 'csv' ? await readTable(study, file) : await readLines(study, file);
  const now = new Date().toISOString();
  const read = rows.map(({ row, line }) => ({ ...readRatingRow(study, row, { file, line }, now), line }));
  checkContradictions(read, file);
  const release = await acquireLock(join(directory, 'server.lock'));
  try {
    let added = 0;
    let unchanged = 0;
    for (const { name } of study.raters) {
      const log = await RatingsLog.open(study, directory, name);
      const own = new Map(
        read.flatMap(({ rater, rating }) => (rater === name ? [[ratingKey(rating), rating]] : [])),
      );
      const changed = [...own].filter(([key, rating]) => !sameDecision(log.get(key), rating));
      if (changed.length > 0) await log.append(changed.map(([, rating]) => rating));
      added += changed.length;
      unchanged += own.size - changed.length;
    }
    return { added, unchanged };
  } finally {
    await release();
  }
}

/** A row that decides again what another one decided must say the same; of two answers that read alike both rows may be there. */
function checkContradictions(
  rows: readonly { rater: string; rating: Rating; line: number }[],
  file: string,
): void {
  const seen = new Map<string, { rating: Rating; line: number }>();
  for (const { rater, rating, line } of rows) {
    const key = JSON.stringify([rater, ratingKey(rating)]);
    const other = seen.get(key);
    if (other && !sameDecision(other.rating, rating)) {
      throw new AttuneError(`decides otherwise than line ${other.line} what ${rater} decided there`, {
        file,
        line,
        field: 'item',
        fix: 'keep one of the two rows',
      });
    }
    seen.set(key, { rating, line });
  }
}

/** Whether both say the same, whenever they were made. */
function sameDecision(kept: Rating | undefined, { when: _, ...rating }: Rating): boolean {
  if (!kept) return false;
  const { when: __, ...rest } = kept;
  return hashJson(rest) === hashJson(rating);
}

function formatOf(file: string): 'csv' | 'jsonl' {
  const ending = extname(file).toLowerCase();
  if (ending === '.csv') return 'csv';
  if (ending === '.jsonl') return 'jsonl';
  throw new AttuneError('ratings are kept as CSV or JSON lines', {
    file,
    fix: 'let the name end in .csv or .jsonl',
  });
}

async function readTable(study: Study, file: string): Promise<NumberedRow[]> {
  const { rows } = await openCsv({ file, name: basename(file) });
  const found: NumberedRow[] = [];
  let header: string[] | undefined;
  for await (const { cells, line, broken } of rows) {
    if (broken) throw new AttuneError('a quote is never closed', { file, line, fix: 'close it' });
    if (!header) {
      header = tableHeader(cells, file, line);
      checkColumns(study, header, { file, line });
      continue;
    }
    // Spreadsheets leave rows of empty cells at the end.
    if (cells.every((cell) => cell.trim() === '')) continue;
    if (cells.length !== header.length) {
      throw new AttuneError(`has ${cells.length} fields, the header has ${header.length}`, {
        file,
        line,
        fix: 'put texts that hold the delimiter, quotes or line breaks into double quotes',
      });
    }
    const row = header.map((name, place) => [name, cellText(cells[place]!)]);
    found.push({ row: Object.fromEntries(row), line });
  }
  return found;
}

async function readLines(study: Study, file: string): Promise<NumberedRow[]> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  return text.split('\n').flatMap((content, index): NumberedRow[] => {
    if (content.trim() === '') return [];
    const place = { file, line: index + 1 };
    const row = parseRow(content, place);
    checkColumns(study, Object.keys(row), place);
    return [{ row, line: place.line }];
  });
}

function parseRow(content: string, place: { file: string; line: number }): RatingRow {
  try {
    const row: unknown = JSON.parse(content);
    if (row && typeof row === 'object' && !Array.isArray(row)) return row as RatingRow;
  } catch {
    // Said below, as for every other line that is no object.
  }
  throw new AttuneError('is no JSON object', { ...place, fix: 'write one object a line' });
}

/** Names of columns are checked, so that a misspelt one is not left out without a word. */
function checkColumns(study: Study, names: readonly string[], place: { file: string; line: number }): void {
  const known = ratingColumns(study);
  const missing = neededColumns(study).find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new AttuneError(`there is no ${missing}`, {
      ...place,
      field: missing,
      fix: `the columns of this study are ${known.join(', ')}`,
    });
  }
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new AttuneError(`there is no column called \`${unknown}\` in this study`, {
      ...place,
      field: unknown,
      fix: `remove it, or rename it to one of ${known.join(', ')}`,
    });
  }
}
