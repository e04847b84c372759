/**
 * Files of recorded answers: which field is the id, which the answer, and what is wrong with a record.
 * @module
 */
import { readXlsxRows } from '../../data/ingest/documents/xlsx.js';
import type { FoundFile } from '../../data/ingest/find-files.js';
import { scanJson } from '../../data/ingest/records/readers/json-scanner.js';
import { rawRecords } from '../../data/ingest/records/readers/readers.js';
import { plainText, RecordFields } from '../../data/ingest/records/record-fields.js';
import { AttuneError } from '../../errors.js';

/** An answer as it was recorded. */
export interface RecordedAnswer {
  text: string;
  /** Line or row of its record. */
  line: number;
  /** Of files that an evaluation of ours wrote. */
  stopped?: boolean;
  seconds?: number;
  cost?: number;
}

/** Which fields and records are meant. */
export interface RecordedFields {
  id?: string;
  answer?: string;
  rows?: string;
}

/** Names that are tried in this order where none is given. */
const idNames = ['id', 'item_id', 'question_id', 'qid', 'example_id', 'uid', 'key', 'pmid', 'pubmed_id'];
const answerNames = [
  'answer',
  'prediction',
  'predicted_answer',
  'model_answer',
  'response',
  'output',
  'completion',
  'generated_text',
  'pred',
  'label',
  'choice',
  'text',
];
const namesShown = 12;

interface RawAnswer {
  /** A record, or the answer itself where the file is an object of answers by id. */
  value: unknown;
  line: number;
  key?: string;
}

/** Reads all answers of a file; see `createRecordedSystem`. */
export async function readRecordedAnswers(
  found: FoundFile,
  fields: RecordedFields,
): Promise<{ answers: Map<string, RecordedAnswer>; notes: string[] }> {
  const { file } = found;
  const answers = new Map<string, RecordedAnswer>();
  const lines = new Map<string, number>();
  const isList = found.format === 'json' && !fields.rows?.includes('=');
  const filter = isList ? undefined : rowFilter(fields.rows, file);
  let names: { id?: string; answer: string } | undefined;
  let rows = 0;
  const notes = new Set<string>();
  for await (const raw of recordsOf(found, fields)) {
    const { value, line, key } = raw;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      if (key === undefined) throw problem('is no record', 'write one object with id and answer', raw, file);
      rows++;
      note(key, value, line);
      continue;
    }
    const record = new RecordFields(value);
    if (filter && !filter(record)) continue;
    rows++;
    names ??= chooseNames(record, key, fields, line, file, notes);
    const id = names.id === undefined ? key : idOf(record, names.id, line, file);
    note(id!, record.find(names.answer)?.value, line, record, names.answer);
  }
  if (rows === 0) {
    throw new AttuneError(fields.rows ? `holds no record with ${fields.rows}` : 'holds no answers', {
      file,
      field: fields.rows ? 'rows' : undefined,
      fix: 'check the file and the field names',
    });
  }
  return { answers, notes: [...notes] };

  function note(id: string, value: unknown, line: number, record?: RecordFields, field = 'answer'): void {
    const earlier = lines.get(id);
    if (earlier !== undefined) {
      throw new AttuneError(`answers ${JSON.stringify(id)} a second time, after line ${earlier}`, {
        file,
        line,
        field: names?.id ?? 'id',
        fix: 'remove one of the two; where several people answered in one column, choose one by rows: column=value',
      });
    }
    lines.set(id, line);
    const text = typeof value === 'string' ? value : plainText(value);
    if (text === undefined && value !== undefined && value !== null) {
      const kind = Array.isArray(value) ? 'a list' : 'an object';
      throw new AttuneError(`the answer to ${JSON.stringify(id)} is ${kind} and no text`, {
        file,
        line,
        field,
        fix: 'write it as text, or name the field of the answer as `answer`',
      });
    }
    if (text === undefined || text.trim() === '') return;
    answers.set(id, { text, line, ...ofOurs(record) });
  }
}

/** What a line of `evaluation/<benchmark>/<system>.jsonl` says besides. */
function ofOurs(record: RecordFields | undefined): Partial<RecordedAnswer> {
  if (!record?.has('key') || !record.has('scores') || !record.has('reference')) return {};
  const [stopped, seconds, cost] = ['stopped', 'seconds', 'cost'].map((name) => record.find(name)?.value);
  return {
    ...(typeof stopped === 'boolean' ? { stopped } : {}),
    ...(typeof seconds === 'number' ? { seconds } : {}),
    ...(typeof cost === 'number' ? { cost } : {}),
  };
}

function rowFilter(rows: string | undefined, file: string): ((record: RecordFields) => boolean) | undefined {
  if (rows === undefined) return undefined;
  const at = rows.indexOf('=');
  if (at <= 0) {
    throw new AttuneError(`rows is ${JSON.stringify(rows)}, which names no column and value`, {
      file,
      field: 'rows',
      fix: 'write it as column=value, for example annotator=anna',
    });
  }
  const [name, wanted] = [rows.slice(0, at).trim(), rows.slice(at + 1).trim()];
  return (record) => {
    const value = record.find(name)?.value;
    return (typeof value === 'string' ? value.trim() : plainText(value)) === wanted;
  };
}

function chooseNames(
  record: RecordFields,
  key: string | undefined,
  fields: RecordedFields,
  line: number,
  file: string,
  notes: Set<string>,
): { id?: string; answer: string } {
  const choose = (what: 'id' | 'answer', candidates: readonly string[]): string => {
    const given = fields[what];
    const name = given ?? candidates.find((one) => record.has(one));
    if (name !== undefined && record.has(name)) {
      if (given === undefined && name !== what)
        notes.add(`${what} is taken from the field ${name} of ${file}`);
      return name;
    }
    throw new AttuneError(
      given === undefined ? `has no field that looks like the ${what}` : `has no field ${given}`,
      {
        file,
        line,
        field: given ?? what,
        fix: `name the field as \`${what}\`; there are: ${shown(record.names())}`,
      },
    );
  };
  const answer = choose('answer', answerNames);
  if (fields.id === undefined && key !== undefined) return { answer };
  return { answer, id: choose('id', idNames) };
}

const shown = (names: readonly string[]): string =>
  `${names.slice(0, namesShown).join(', ')}${names.length > namesShown ? ', …' : ''}`;

function idOf(record: RecordFields, name: string, line: number, file: string): string {
  const value = record.find(name)?.value;
  const id = typeof value === 'string' ? value : plainText(value);
  if (id !== undefined && id.trim() !== '') return id;
  throw new AttuneError('the record has no id', {
    file,
    line,
    field: name,
    fix: 'write the id of the item that it answers',
  });
}

function problem(message: string, fix: string, { line }: RawAnswer, file: string): AttuneError {
  return new AttuneError(message, { file, line, fix });
}

async function* recordsOf(found: FoundFile, { rows }: RecordedFields): AsyncGenerator<RawAnswer> {
  if (found.format === 'json') {
    yield* jsonRecords(found.file, rows?.includes('=') ? undefined : rows);
    return;
  }
  for await (const record of rawRecords(found, { readXlsxRows })) {
    if ('flaw' in record) {
      const { message, fix, field } = record.flaw;
      throw new AttuneError(message, { file: found.file, line: record.line, field, fix });
    }
    yield { value: record.value, line: record.line };
  }
}

/** The records of a list, of the only list in an object or the named one, or of an object of records by id. */
async function* jsonRecords(file: string, rows: string | undefined): AsyncGenerator<RawAnswer> {
  const within = rows ?? (await onlyList(file));
  for await (const { key, bytes, line, cut } of scanJson(file, { within, texts: true })) {
    // The values beside the list are about the file.
    if (within !== undefined && key !== undefined) continue;
    if (cut) {
      throw new AttuneError('ends inside this record', {
        file,
        line,
        fix: 'write or download the file again',
      });
    }
    try {
      const value: unknown = JSON.parse(bytes.toString('utf8'));
      yield { value, line, ...(key === undefined ? {} : { key }) };
    } catch (error) {
      throw new AttuneError(`is not valid JSON: ${(error as Error).message}`, {
        file,
        line,
        fix: 'mend the record: look for missing commas and quotes',
      });
    }
  }
}

/** The list of records that an object wraps, where it holds one and no records of its own. */
async function onlyList(file: string): Promise<string | undefined> {
  const lists: string[] = [];
  for await (const { key, first, inside } of scanJson(file, { texts: false })) {
    if (key === undefined || first === '{') return undefined;
    if (first === '[' && inside === '{') lists.push(key);
  }
  return lists.length === 1 ? lists[0] : undefined;
}
