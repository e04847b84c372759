/**
 * What form the records of a file have, by its first records, for the user to see before they are used.
 * @module
 */
import { AttuneError } from '../../../errors.js';
import {
  type RecordFormatName,
  type RecordMapping,
  type RecordsSource,
  recordFormats,
} from '../../../recipe/data/records.js';
import type { Item } from '../../item.js';
import type { FoundFile } from '../find-files.js';
import { formats } from './formats/formats.js';
import { mapsContent } from './mapping.js';
import { type ReadOptions, rawRecords } from './readers/readers.js';
import { RecordFields, RecordFlaw } from './record-fields.js';
import { noRecords, recordReader } from './record-item.js';

const sampleRecords = 200;
const shownRecords = 3;
const rawCharacters = 2000;

/** What the first records of a file are. */
export interface Recognised {
  /** The form of most of them; `undefined` where none of them has a known form. */
  format: RecordFormatName | undefined;
  /** Field, or template of the recipe's mapping, and what it is read as. */
  mapping: { field: string; role: keyof RecordMapping }[];
  /** How many records were looked at. */
  sampled: number;
  /** How many of them can be read, by their form. */
  fitting: Partial<Record<RecordFormatName, number>>;
  /** The first of them that can be read, as they stand in the file and as they are used. */
  samples: { record: string; item: Item }[];
  /** What is wrong with the first one that cannot be read. */
  problem?: string;
}

/**
 * Looks at the first 200 records of a file.
 *
 * @throws {AttuneError} when the file cannot be read or holds no records
 */
export async function recogniseRecords(
  found: FoundFile,
  settings: RecordsSource,
  options: ReadOptions = {},
): Promise<Recognised> {
  const read = recordReader(found, settings);
  const fitting = new Map<RecordFormatName, number>();
  const fields = new Map<RecordFormatName, Map<string, keyof RecordMapping>>();
  const samples: Recognised['samples'] = [];
  let sampled = 0;
  let problem: string | undefined;
  for await (const raw of rawRecords(found, options)) {
    if (sampled++ === sampleRecords) break;
    try {
      if ('flaw' in raw) throw new RecordFlaw(raw.flaw);
      const { item, format } = read(raw);
      fitting.set(format, (fitting.get(format) ?? 0) + 1);
      noteFields(fields, format, raw.value as object);
      if (samples.length < shownRecords) samples.push({ record: beginning(raw.raw()), item });
    } catch (error) {
      if (!(error instanceof RecordFlaw)) throw error;
      problem ??= error.flaw.message;
    }
  }
  if (sampled === 0) throw new AttuneError(noRecords.message, { file: found.file, fix: noRecords.fix });
  const format = recordFormats.reduce<RecordFormatName | undefined>(
    (best, name) => ((fitting.get(name) ?? 0) > ((best && fitting.get(best)) ?? 0) ? name : best),
    undefined,
  );
  return {
    format,
    mapping: usedFields(settings, (format && fields.get(format)) ?? new Map()),
    sampled: Math.min(sampled, sampleRecords),
    fitting: Object.fromEntries(
      recordFormats.flatMap((name) => (fitting.has(name) ? [[name, fitting.get(name)!]] : [])),
    ),
    samples,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** The beginning of a record as it stands in its file, for messages. */
export function beginning(record: string): string {
  return record.length > rawCharacters
    ? record.slice(0, rawCharacters).replace(/\p{Surrogate}$/u, '')
    : record;
}

/** Fields that every form may have. */
const metadata = ['id', 'task', 'group', 'source', 'licence', 'answer'] as const;

function noteFields(
  fields: Map<RecordFormatName, Map<string, keyof RecordMapping>>,
  name: RecordFormatName,
  value: object,
): void {
  const format = formats.find((one) => one.name === name)!;
  const record = new RecordFields(value);
  const known = fields.get(name) ?? new Map<string, keyof RecordMapping>();
  fields.set(name, known);
  for (const { role, names } of [...format.needs, ...format.also]) {
    const field = record.find(...names);
    if (field) known.set(field.name, role);
  }
  for (const role of metadata) {
    const field = record.find(role, ...(role === 'licence' ? ['license'] : []));
    if (field && !known.has(field.name)) known.set(field.name, role);
  }
}

/** The mapping's own entries go before the fields that the form knows. */
function usedFields(
  { mapping, group_by }: RecordsSource,
  known: ReadonlyMap<string, keyof RecordMapping>,
): Recognised['mapping'] {
  const own = (Object.entries(mapping) as [keyof RecordMapping, string | undefined][]).flatMap(
    ([role, field]) => (field === undefined ? [] : [{ field, role }]),
  );
  if (group_by !== undefined) own.push({ field: group_by, role: 'group' });
  const taken = own.map(({ role }) => role);
  const apart = ['id', 'task', 'group', 'source', 'licence'];
  const others = [...known]
    .map(([field, role]) => ({ field, role }))
    .filter(({ role }) => !taken.includes(role) && (!mapsContent(mapping) || apart.includes(role)));
  return [...own, ...others];
}
