/**
 * One file of a source becomes items: records by their form, documents by their format.
 * @module
 */
import { dirname } from 'node:path';
import { AttuneError } from '../../errors.js';
import type { DocumentsSource } from '../../recipe/data/documents.js';
import type { FactsSource } from '../../recipe/data/facts.js';
import { type RecordsSource, recordsSchema } from '../../recipe/data/records.js';
import type { ParsedDocument } from '../document.js';
import { factItems } from '../facts/fact-items.js';
import { readFacts } from '../facts/read-facts.js';
import type { Item } from '../item.js';
import { type DataProblem, problemOf } from '../problems.js';
import { readDocx } from './documents/docx.js';
import { readHtml } from './documents/html.js';
import { readMarkdown } from './documents/markdown.js';
import { readText } from './documents/text.js';
import { readXlsx, readXlsxRows } from './documents/xlsx.js';
import type { FileFormat } from './file-format.js';
import type { FoundFile } from './find-files.js';
import { loadPdfReader } from './pdf/load-pdf-reader.js';
import { type Rejected, readRecordFile } from './records/read-records.js';
import { type Recognised, recogniseRecords } from './records/recognise-records.js';
import { readTableFile } from './table-file.js';

/** A file to read, and how. */
export interface ReadRequest {
  found: FoundFile;
  source: RecordsSource | DocumentsSource | FactsSource;
  /** For a check: reading ends after so many records, and a file that cannot be read is a problem among others. */
  check?: { records: number };
}

/** Facts of a file, and their phrasings that are held out. */
export interface FactCounts {
  facts: number;
  held_out: number;
}

/** What reading gives: an item, something that could not be used, a remark, the form of the file, what is wrong with it. */
export type ReadOutcome =
  | { item: Item }
  | { rejected: Rejected }
  | { warning: string }
  | { form: string }
  | { facts: FactCounts }
  | { failure: DataProblem };

const readers: Partial<Record<FileFormat, (file: string) => Promise<ParsedDocument>>> = {
  pdf: async (file) => (await loadPdfReader())(file),
  html: readHtml,
  docx: readDocx,
  xlsx: readXlsx,
  markdown: readMarkdown,
  text: readText,
  csv: readTableFile,
};

/** Formats in which a document may be records in truth. */
const recordFormats: readonly FileFormat[] = ['csv', 'json', 'jsonl', 'parquet', 'xlsx'];
/** Share of the first records that have a known form, from which on a file among documents holds records. */
const recordShare = 0.5;

/**
 * Reads a file of a source.
 *
 * @throws AttuneError where a file of records cannot be read at all; a document that cannot be read is rejected
 */
export async function* readSourceFile(
  { found, source, check }: ReadRequest,
  signal?: AbortSignal,
): AsyncGenerator<ReadOutcome> {
  const maximum = check?.records ?? Number.POSITIVE_INFINITY;
  try {
    if (source.type === 'records') yield* readRecords(found, source, maximum, signal);
    else if (source.type === 'facts') yield* readFactFile(found, source, signal);
    else yield* readAmongDocuments(found, source, maximum, signal);
  } catch (error) {
    if (!check) throw error;
    yield { failure: problemOf(error) };
  }
}

async function* readRecords(
  found: FoundFile,
  source: RecordsSource,
  maximum: number,
  signal?: AbortSignal,
): AsyncGenerator<ReadOutcome> {
  const recognised = await recogniseRecords(found, source, { signal, readXlsxRows });
  yield { form: formOf(found, recognised) };
  const isOneOfMany = found.name !== source.path;
  let count = 0;
  let unused = 0;
  for await (const outcome of readRecordFile(found, source, { signal, readXlsxRows, recognised })) {
    if (count++ >= maximum) break;
    if ('item' in outcome) {
      unused += outcome.unusedAnswers;
      yield { item: isOneOfMany ? withFileName(outcome.item, found.name) : outcome.item };
    } else {
      yield outcome;
    }
  }
  if (unused > 0) {
    yield { warning: `${found.name}: ${unused} more answers (rejected or further ones) are not learned` };
  }
}

/** A file of facts is read as a whole: one mistake in it is an error, because a fact that is left out is not learned. */
async function* readFactFile(
  found: FoundFile,
  source: FactsSource,
  signal?: AbortSignal,
): AsyncGenerator<ReadOutcome> {
  const { held_out_phrasings } = source;
  const { facts, problems } = await readFacts(found, held_out_phrasings, signal);
  yield { form: found.format };
  for (const failure of problems) yield { failure };
  if (problems.length > 0) return;
  yield { facts: { facts: facts.length, held_out: facts.length * held_out_phrasings } };
  for (const fact of facts) for (const item of factItems(fact, source, found.name)) yield { item };
}

/** Ids of several files may be the same numbers, so each begins with its file. */
function withFileName(item: Item, name: string): Item {
  return item.id.startsWith(name) ? item : { ...item, id: `${name}:${item.id}` };
}

function formOf({ format }: FoundFile, recognised: Recognised): string {
  return `${format}: ${(recognised.format ?? 'unknown').replaceAll('_', ' ')}`;
}

async function* readAmongDocuments(
  found: FoundFile,
  source: DocumentsSource,
  maximum: number,
  signal?: AbortSignal,
): AsyncGenerator<ReadOutcome> {
  try {
    if (recordFormats.includes(found.format)) {
      const settings = recordsSchema.parse({
        type: 'records',
        path: source.path,
        licence: source.licence,
        ...(source.group_by === 'folder' ? { group_by: 'folder' } : {}),
      });
      const { sampled, fitting } = await recogniseRecords(found, settings, { signal, readXlsxRows });
      const fit = Object.values(fitting).reduce((sum, count) => sum + count, 0);
      if (fit >= recordShare * sampled) {
        yield* readRecords(found, settings, maximum, signal);
        return;
      }
    }
    yield* readDocument(found, source);
  } catch (error) {
    // One broken document does not stop a folder of a thousand.
    if (!(error instanceof AttuneError)) throw error;
    const { file = found.file, line, field, message, fix } = error;
    yield { rejected: { file, line, field, message, fix, record: '' } };
  }
}

async function* readDocument(found: FoundFile, source: DocumentsSource): AsyncGenerator<ReadOutcome> {
  const read = readers[found.format];
  if (!read) {
    throw new AttuneError(found.note ?? `cannot be read as a document: it is a ${found.format} file`, {
      file: found.file,
      fix: 'bring PDF, HTML, DOCX, XLSX, Markdown or text, or records in a known form; leave other files out with a glob such as `**/*.pdf`',
    });
  }
  const { title, blocks, warnings, pages } = await read(found.file);
  yield { form: found.format };
  for (const warning of warnings) yield { warning: `${found.name}: ${warning}` };
  if (blocks.length === 0) {
    throw new AttuneError('holds no text', { file: found.file, fix: 'check the file, or leave it out' });
  }
  const note = pages === undefined ? found.format : `${found.format}, ${pages} page${pages === 1 ? '' : 's'}`;
  yield {
    item: {
      id: found.name,
      blocks,
      ...(title === undefined ? {} : { title }),
      task: 'document',
      group: source.group_by === 'folder' ? dirname(found.name) : found.name,
      source: found.name,
      licence: source.licence,
      origin: { file: found.name },
      steps: [{ step: 'read', note }],
    },
  };
}
