/**
 * From a record to an item of the data set.
 * @module
 */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { RecordFormatName, RecordsSource } from '../../../recipe/data/records.js';
import type { Item } from '../../item.js';
import type { FoundFile } from '../find-files.js';
import type { Content, RecordFormat } from './formats/format.js';
import { fits, formats } from './formats/formats.js';
import { fieldAt, mapsContent, recordMapper } from './mapping.js';
import type { RawRecord } from './readers/raw-record.js';
import {
  type Field,
  type Flaw,
  missing,
  plainText,
  RecordFields,
  RecordFlaw,
  requireText,
} from './record-fields.js';

/** What became of a record. */
export interface ReadRecord {
  item: Item;
  format: RecordFormatName;
  /** Answers of the record that are not learned. */
  unusedAnswers: number;
}

const formsInWords = formats.map(({ fields }) => fields).join('; or ');

/** That a file has no records. */
export const noRecords: Flaw = {
  message: 'holds no records',
  fix: `write one record a line, with ${formsInWords}`,
};

/**
 * What turns the records of a file into items.
 *
 * @param usual form that the file's records have; the others are tried where a record does not have it
 * @returns throws a RecordFlaw for a record that is broken or of no known form
 */
export function recordReader(
  { name }: FoundFile,
  settings: RecordsSource,
  usual?: RecordFormatName,
): (raw: RawRecord) => ReadRecord {
  const map = recordMapper(settings.mapping);
  const only = onlyFormat(settings);
  const tried = [...formats.filter((format) => format.name === usual), ...formats];
  return (raw) => {
    if (typeof raw.value !== 'object' || raw.value === null || Array.isArray(raw.value)) {
      throw new RecordFlaw({
        message: 'a record has to be an object',
        fix: `write an object with ${formsInWords}`,
      });
    }
    const original = new RecordFields(raw.value);
    const { record, answer: mappedAnswer } = map(original);
    const format = only ?? tried.find((one) => fits(one, record));
    if (!format) throw new RecordFlaw(unknownForm(record));
    if (!fits(format, record)) throw new RecordFlaw(missingField(format, record)!);
    const { unusedAnswers = 0, groupedBy, ...content } = format.read(record);
    const answer = mappedAnswer ? text(mappedAnswer) : (content.answer ?? ownAnswer(format, record));
    const place = `${name}:${raw.place}`;
    const item: Item = {
      id: ownId(record) ?? raw.key ?? place,
      ...content,
      task: record.optionalText('task') ?? settings.task,
      group: groupOf(name, settings, original, record) ?? defaultGroup(content, groupedBy),
      source: record.optionalText('source') ?? place,
      licence: record.optionalText('licence', 'license') ?? settings.licence,
      origin: { file: name, row: raw.line },
      steps: [],
      ...(answer === undefined ? {} : { answer }),
    };
    return { item, format: format.name, unusedAnswers };
  };
}

/** The one form that the settings allow; `undefined` where each record's fields tell. */
function onlyFormat({ format, mapping }: RecordsSource): RecordFormat | undefined {
  const named = mapsContent(mapping)
    ? mapping.messages !== undefined
      ? 'messages'
      : mapping.text !== undefined
        ? 'text'
        : 'prompt_completion'
    : format;
  return formats.find(({ name }) => name === named);
}

/** The record's own name; whole numbers beyond 2^53 were rounded when they were read, and two could be one. */
function ownId(record: RecordFields): string | undefined {
  const value = record.find('id')?.value;
  const rounded = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return rounded ? undefined : record.optionalText('id');
}

/** The field `answer`, where the form does not read it as the answer itself. */
function ownAnswer(format: RecordFormat, record: RecordFields): string | undefined {
  if (format.needs.some(({ names }) => names.includes('answer'))) return undefined;
  return record.optionalText('answer');
}

const text = (field: Field): string => plainText(field.value) ?? requireText(field);

function groupOf(
  name: string,
  { group_by }: RecordsSource,
  original: RecordFields,
  record: RecordFields,
): string | undefined {
  if (group_by === undefined) return record.optionalText('group');
  if (group_by === 'file') return name;
  if (group_by === 'folder') return posix.dirname(name);
  const field = fieldAt(original, group_by);
  if (!field) throw missing(group_by);
  return text(field);
}

/** Equal contexts, or equal prompts, never stand in two splits. */
function defaultGroup({ context, text, messages }: Content, groupedBy: string | undefined): string {
  const shared = context ?? groupedBy ?? text ?? messages?.find(({ role }) => role === 'user')?.content ?? '';
  return `prompt-${createHash('sha256').update(shared).digest('hex').slice(0, 16)}`;
}

function missingField({ needs }: RecordFormat, record: RecordFields): Flaw | undefined {
  const need = needs.find(({ names }) => record.find(...names) === undefined);
  return need && missing(need.names[0]!).flaw;
}

/** Why a record has no known form: one field of a pair is missing, or all names are strange. */
function unknownForm(record: RecordFields): Flaw {
  const half = formats.find(({ needs }) => needs.some(({ names }) => record.find(...names) !== undefined));
  if (half) return missingField(half, record)!;
  const names = record.names();
  const found = names.slice(0, 8).map((name) => `\`${name}\``);
  const nested = names.find((name) => {
    const { value } = record.find(name)!;
    return Array.isArray(value) && typeof value[0] === 'object' && value[0] !== null;
  });
  if (nested !== undefined) {
    return {
      message: `holds several records in \`${nested}\`; its fields are ${found.join(', ')}`,
      field: nested,
      fix: 'write each of them as a record of its own, with what they share repeated',
    };
  }
  return {
    message: `no known form of record; its fields are ${found.join(', ') || 'none'}`,
    fix: `rename the fields to ${formsInWords}, or say in \`mapping\` which field means what`,
  };
}
