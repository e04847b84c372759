/**
 * The records that a benchmark's items are made from.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { type FoundFile, findFiles } from '../../data/ingest/find-files.js';
import { findHubFiles } from '../../data/ingest/hub.js';
import { rawRecords } from '../../data/ingest/records/readers/readers.js';
import { AttuneError } from '../../errors.js';
import { fileError } from '../../files.js';
import type { OnProgress } from '../../progress.js';
import { isHubPath } from '../../recipe/paths.js';

/** One record with the place that it comes from. */
export interface BenchmarkRecord {
  /** What templates see. `_key` is its key in an object of records, `_parent` the record that it was taken out of. */
  fields: Readonly<Record<string, unknown>>;
  /** How messages and ids name it: `12`, `[3]`, `["21645374"]`, `[3].questions[0]`. */
  place: string;
  file: string;
  /** 1-based line or row. */
  line?: number;
}

/** Where records are and how they lie in their file. */
export interface RecordsPath {
  /** File, folder, glob or `hub:` path. */
  path: string;
  /** Folder that `path` is relative to. */
  folder: string;
  rows?: string;
  explode?: string;
  split?: string;
}

/** How to read. */
export interface ReadRecordsOptions {
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/** A longer JSON file does not fit into one text. */
const maximumJsonBytes = 500 << 20;

/**
 * Reads all records.
 *
 * @throws AttuneError with file and line of a record that is broken or no object, and for files that hold none
 */
export async function readBenchmarkRecords(
  source: RecordsPath,
  options: ReadRecordsOptions = {},
): Promise<BenchmarkRecord[]> {
  const files = await findRecordFiles(source, options);
  const records: BenchmarkRecord[] = [];
  for (const found of files) {
    const prefix = files.length > 1 ? `${found.name}:` : '';
    for await (const record of source.rows === undefined
      ? recordsOfFile(found, options)
      : recordsWithin(found, source.rows)) {
      if (records.length % 1024 === 0) {
        options.signal?.throwIfAborted();
        options.onProgress?.({ phase: 'read', done: records.length, unit: 'records', note: found.name });
      }
      const placed = { ...record, place: `${prefix}${record.place}` };
      for (const one of source.explode === undefined ? [placed] : explode(placed, source.explode))
        records.push(one);
    }
  }
  const kept = source.split === undefined || isHubPath(source.path) ? records : ofSplit(records, source);
  if (kept.length === 0) {
    throw new AttuneError('holds no records', {
      file: files[0]?.file ?? source.path,
      fix: 'name a file with one record a line, or say with `rows` where in it the records are',
    });
  }
  return kept;
}

async function findRecordFiles(
  { path, folder, split }: RecordsPath,
  { signal, onProgress }: ReadRecordsOptions,
): Promise<FoundFile[]> {
  if (!isHubPath(path)) return findFiles(path, folder);
  const named = split === undefined || /:[^:/]+$/.test(path.slice('hub:'.length)) ? path : `${path}:${split}`;
  return (await findHubFiles(named, { signal, onProgress })).files;
}

/** Records of a file whose form tells where they are. */
async function* recordsOfFile(
  found: FoundFile,
  { signal }: ReadRecordsOptions,
): AsyncGenerator<BenchmarkRecord> {
  const { file } = found;
  for await (const raw of rawRecords(found, { signal })) {
    if ('flaw' in raw) {
      const { message, field, fix } = raw.flaw;
      throw new AttuneError(raw.place === undefined ? message : `${raw.place}: ${message}`, {
        file,
        line: raw.line,
        field,
        fix,
      });
    }
    yield recordOf(raw.value, raw.key, { place: raw.place, file, line: raw.line });
  }
}

type Place = Omit<BenchmarkRecord, 'fields'>;

function recordOf(value: unknown, key: string | undefined, at: Place): BenchmarkRecord {
  if (!isRecord(value)) {
    throw new AttuneError(`${at.place}: a record has to be an object`, {
      file: at.file,
      line: at.line,
      fix: 'write one object a record, or name the path to the records with `rows`',
    });
  }
  return { ...at, fields: key === undefined ? value : { ...value, _key: key } };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Records at a path inside one JSON value: a list, or an object by their keys. */
async function* recordsWithin(
  { file, bytes, format }: FoundFile,
  rows: string,
): AsyncGenerator<BenchmarkRecord> {
  if (format !== 'json') {
    throw new AttuneError(`\`rows\` leads into JSON, and this is a ${format} file`, {
      file,
      field: 'rows',
      fix: 'leave `rows` out',
    });
  }
  if (bytes > maximumJsonBytes) {
    throw new AttuneError(
      `is longer than ${maximumJsonBytes >> 20} MiB, too long to look into with \`rows\``,
      {
        file,
        fix: 'write the records one a line into a .jsonl file',
      },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse((await readFile(file, 'utf8')).replace(/^\ufeff/, ''));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw fileError(error, file);
    throw new AttuneError(`is not valid JSON: ${error.message}`, {
      file,
      fix: 'mend or download the file again',
    });
  }
  const path: string[] = [];
  for (const part of rows.split('.')) {
    const inside: unknown = isRecord(value) || Array.isArray(value) ? entryOf(value, part) : undefined;
    if (inside === undefined) {
      const known = isRecord(value)
        ? Object.keys(value)
            .slice(0, 8)
            .map((key) => `\`${key}\``)
        : [];
      throw new AttuneError(
        `\`rows: ${rows}\`: there is no \`${part}\`${path.length ? ` in \`${path.join('.')}\`` : ''}`,
        {
          file,
          field: 'rows',
          fix: known.length > 0 ? `the fields there are ${known.join(', ')}` : 'check the path',
        },
      );
    }
    value = inside;
    path.push(part);
  }
  if (!isRecord(value) && !Array.isArray(value)) {
    throw new AttuneError(`\`rows: ${rows}\` leads to no list of records`, {
      file,
      field: 'rows',
      fix: 'check the path',
    });
  }
  for (const [key, one] of Object.entries(value)) {
    const isList = Array.isArray(value);
    const place = isList ? `${rows}[${key}]` : `${rows}[${JSON.stringify(key)}]`;
    yield recordOf(one, isList ? undefined : key, { place, file });
  }
}

function entryOf(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/** The entries of a record's list, each with the record's other fields; its own go before them. */
function explode({ fields, ...at }: BenchmarkRecord, name: string): BenchmarkRecord[] {
  const list = entryOf(fields, name);
  if (!Array.isArray(list)) {
    throw new AttuneError(`${at.place}: \`${name}\` is no list, so that it cannot be exploded`, {
      file: at.file,
      line: at.line,
      field: 'explode',
      fix:
        list === undefined
          ? `its fields are ${fieldNames(fields)}`
          : 'name a field that holds a list of objects',
    });
  }
  const { [name]: _, ...parent } = fields;
  return list.map((entry: unknown, index) => {
    const place = `${at.place}.${name}[${index}]`;
    const { fields: own } = recordOf(entry, undefined, { ...at, place });
    return { ...at, place, fields: { ...parent, ...own, _parent: parent } };
  });
}

/** The records of a file that name their split. */
function ofSplit(records: BenchmarkRecord[], { split, path }: RecordsPath): BenchmarkRecord[] {
  const kept = records.filter(({ fields }) => entryOf(fields, 'split') === split);
  if (kept.length > 0) return kept;
  const known = [...new Set(records.map(({ fields }) => entryOf(fields, 'split')))].filter(
    (value) => typeof value === 'string',
  );
  throw new AttuneError(`no record has \`split: ${split}\``, {
    file: records[0]?.file ?? path,
    field: 'split',
    fix:
      known.length > 0
        ? `its splits are ${known.slice(0, 8).join(', ')}`
        : 'leave `split` out: the records have no such field',
  });
}

/** Names of a record's fields, for messages. */
export function fieldNames(fields: object): string {
  const names = Object.keys(fields);
  const shown = names.slice(0, 12).map((name) => `\`${name}\``);
  return names.length === 0 ? 'none' : shown.join(', ') + (names.length > 12 ? ', ...' : '');
}
