/**
 * Which records are asked: those whose fields have given values.
 * @module
 */
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fieldAt } from '../../data/ingest/records/mapping.js';
import { plainText, RecordFields } from '../../data/ingest/records/record-fields.js';
import { AttuneError } from '../../errors.js';
import { readJson } from '../../files.js';
import type { BenchmarkFile } from '../../recipe/benchmark.js';
import { type BenchmarkRecord, fieldNames } from './records.js';

/** Values by field, as a benchmark's file has them. */
export type KeepSettings = NonNullable<BenchmarkFile['keep']>;

/** Values that a field may have. */
interface Wanted {
  field: string;
  values: Set<string>;
  /** The file that lists them. */
  listedIn?: string;
}

/**
 * The records that fit, in their order. Values are compared as texts.
 *
 * @param folder of the benchmark's file; lists are looked for beside the items, then there
 * @throws AttuneError for a field or a value that no record has, and for a list that cannot be read
 */
export async function keepRecords(
  records: readonly BenchmarkRecord[],
  settings: KeepSettings,
  folder: string,
): Promise<BenchmarkRecord[]> {
  const itemsFile = records[0]?.file ?? '';
  const wanted = await Promise.all(
    Object.entries(settings).map(([field, setting]) =>
      readWanted(field, setting, [dirname(itemsFile), folder]),
    ),
  );
  const missing = new Map(wanted.map(({ field, values }) => [field, new Set(values)]));
  const there = new Set<string>();
  const kept = records.filter(({ fields }) => {
    const record = new RecordFields(fields);
    return wanted
      .map(({ field, values }) => {
        const value = fieldAt(record, field)?.value;
        if (value === undefined) return false;
        there.add(field);
        const text = typeof value === 'string' ? value : plainText(value);
        if (text !== undefined) missing.get(field)!.delete(text);
        return text !== undefined && values.has(text);
      })
      .every(Boolean);
  });
  for (const { field, values, listedIn } of wanted) {
    const name = `keep.${field}`;
    if (!there.has(field)) {
      throw new AttuneError(`no record has the field \`${field}\` of \`keep\``, {
        file: itemsFile,
        field: name,
        fix: `the fields of the first record are ${fieldNames(records[0]?.fields ?? {})}`,
      });
    }
    const [first] = missing.get(field)!;
    if (first !== undefined) {
      const count = missing.get(field)!.size;
      throw new AttuneError(
        `no record has ${JSON.stringify(first)} as \`${field}\`${count > 1 ? `, nor ${count - 1} more of ${values.size} values` : ''}`,
        {
          file: itemsFile,
          field: name,
          fix: listedIn
            ? `${listedIn} belongs to other items, or these are not complete`
            : 'check the values of `keep`',
        },
      );
    }
  }
  if (kept.length === 0) {
    throw new AttuneError('no record has all the values of `keep` together', {
      file: itemsFile,
      field: 'keep',
      fix: 'ask for fewer of them',
    });
  }
  return kept;
}

async function readWanted(
  field: string,
  setting: KeepSettings[string],
  folders: readonly string[],
): Promise<Wanted> {
  if (typeof setting !== 'object') return { field, values: new Set([String(setting)]) };
  if (Array.isArray(setting)) return { field, values: new Set(setting.map(String)) };
  const file = await findList(setting.listed_in, folders, field);
  const list = await readJson(file);
  const entries = Array.isArray(list)
    ? list
    : typeof list === 'object' && list !== null
      ? Object.keys(list)
      : [];
  const values = entries.map((entry) => (typeof entry === 'string' ? entry : plainText(entry)));
  if (values.length === 0 || values.includes(undefined)) {
    throw new AttuneError('lists no values', {
      file,
      field: `keep.${field}.listed_in`,
      fix: 'write a list of texts or numbers, or an object whose keys they are',
    });
  }
  return { field, values: new Set(values as string[]), listedIn: file };
}

async function findList(path: string, folders: readonly string[], field: string): Promise<string> {
  const candidates = [...new Set(folders.map((folder) => resolve(folder, path)))];
  for (const candidate of candidates) {
    const exists = await access(candidate).then(
      () => true,
      () => false,
    );
    if (exists) return candidate;
  }
  throw new AttuneError('no such file', {
    file: path,
    field: `keep.${field}.listed_in`,
    fix: `put it at ${candidates.join(' or at ')}`,
  });
}
