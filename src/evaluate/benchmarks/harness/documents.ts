/**
 * The documents of a task: the records of its data set's splits, all with the same columns.
 * @module
 */
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AttuneError } from '../../../errors.js';
import type { LoadBenchmarkOptions } from '../load-options.js';
import { type BenchmarkRecord, readBenchmarkRecords } from '../records.js';
import { Float, toValue, type Value } from '../templates/values.js';
import type { HarnessTask } from './task-file.js';

/** A document of a split. */
export interface TaskDocument {
  /** Columns in the order of the data set, null where the record has none. */
  values: ReadonlyMap<string, Value>;
  record: BenchmarkRecord;
}

/** Builders of the library `datasets` that read files. */
const builders = ['json', 'csv', 'parquet'];

/**
 * Reads a split.
 *
 * @throws AttuneError when the data set has no such split or cannot be read
 */
export async function readSplit(
  task: HarnessTask,
  split: string,
  file: string,
  options: Pick<LoadBenchmarkOptions, 'signal' | 'onProgress'> & { itemsPath?: string },
): Promise<TaskDocument[]> {
  const folder = dirname(resolve(file));
  if (options.itemsPath !== undefined) {
    return documents(await readBenchmarkRecords({ path: options.itemsPath, folder: process.cwd() }, options));
  }
  const { dataset_path: path, dataset_name: name, dataset_kwargs: kwargs } = task;
  if (builders.includes(path)) {
    const files = filesOfSplit(kwargs?.data_files, split);
    if (files.length === 0) {
      throw new AttuneError(`\`dataset_kwargs.data_files\` names no files of the split \`${split}\``, {
        file,
        field: 'dataset_kwargs',
        fix: `write for example \`data_files: {${split}: ${split}.jsonl}\``,
      });
    }
    const records: BenchmarkRecord[] = [];
    for (const one of files) {
      const source = { path: one, folder: await folderOf(one, folder), rows: kwargs?.field };
      records.push(...(await readBenchmarkRecords(source, options)));
    }
    return documents(records);
  }
  if (!/^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(path)) {
    throw new AttuneError(`the data set \`${path}\` is not named as owner/name`, {
      file,
      field: 'dataset_path',
      fix: 'download it, and name its file as the path of the items',
    });
  }
  const hub = `hub:${path}${name ? `/${name}` : ''}:${split}`;
  return documents(await readBenchmarkRecords({ path: hub, folder }, options));
}

/** `data_files`: a path or a list of them is the split `train`; an object names the files of each. */
function filesOfSplit(dataFiles: unknown, split: string): string[] {
  const isList = typeof dataFiles === 'string' || Array.isArray(dataFiles);
  const bySplit = isList ? { train: dataFiles } : dataFiles;
  if (typeof bySplit !== 'object' || bySplit === null || !Object.hasOwn(bySplit, split)) return [];
  const files = (bySplit as Record<string, unknown>)[split];
  return (Array.isArray(files) ? files : [files]).filter((one): one is string => typeof one === 'string');
}

/** Beside the task, otherwise from where the program runs, as the harness has it. */
async function folderOf(path: string, folder: string): Promise<string> {
  return access(resolve(folder, path)).then(
    () => folder,
    () => process.cwd(),
  );
}

/** Documents of records as the library `datasets` (5) gives them: every record has all columns. */
export function documents(records: readonly BenchmarkRecord[]): TaskDocument[] {
  const rows = records.map(({ fields: { _key, _parent, ...fields } }) => fields);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((name) =>
    oneType(rows.map((row) => (Object.hasOwn(row, name) ? row[name] : null))).map(toValue),
  );
  return records.map((record, row) => ({
    record,
    values: new Map(names.map((name, column) => [name, columns[column]![row]!])),
  }));
}

/**
 * Values of a column in one type: whole numbers become floats where one has a fraction. Objects whose keys differ have no
 * type, and stay as they are.
 */
function oneType(values: readonly unknown[]): unknown[] {
  const there = values.filter((value) => value !== null && value !== undefined);
  if (there.every((value) => typeof value === 'number')) {
    const isFloat = there.some((value) => !Number.isInteger(value));
    return values.map((value) => (typeof value === 'number' && isFloat ? new Float(value) : value));
  }
  if (there.every(Array.isArray)) {
    const flat = oneType((there as unknown[][]).flat());
    let next = 0;
    return values.map((value) => {
      if (!Array.isArray(value)) return value;
      next += value.length;
      return flat.slice(next - value.length, next);
    });
  }
  if (!there.every((value) => typeof value === 'object' && !Array.isArray(value))) return [...values];
  const objects = values as readonly (Record<string, unknown> | null | undefined)[];
  const names = Object.keys(there[0]!);
  const areAlike = (there as object[]).every((value) => {
    return Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
  });
  if (!areAlike) return [...values];
  const columns = names.map((name) => oneType(objects.map((value) => value?.[name] ?? null)));
  return objects.map((value, row) =>
    value ? Object.fromEntries(names.map((name, column) => [name, columns[column]![row]])) : value,
  );
}
