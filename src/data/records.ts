/**
 * The user's own examples: one record each, in one of the usual forms.
 * @module
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { AttuneError } from '../errors.js';
import { fileError } from '../files.js';
import type { RecordsSource } from '../recipe/data.js';
import type { Example, Message, UnsplitExample } from './example.js';
import type { DataProblem } from './problems.js';

type Fields = Record<string, unknown>;
/** What a record holds, or what is wrong with it. */
type Content = Pick<Example, 'messages' | 'text' | 'answer'> & { context?: string };
type Flaw = { message: string; field?: string; fix: string };

class RecordFlaw extends Error {
  constructor(readonly flaw: Flaw) {
    super(flaw.message);
  }
}

const forms =
  '`messages`, `prompt` and `completion`, `instruction` (with `input`) and `output`, `question` and `answer` (with `context`), or `text`';

/** The usual forms: the fields that tell one, and how its parts become a conversation. */
const readers: { fields: string[]; read: (record: Fields) => Content }[] = [
  { fields: ['messages'], read: (record) => ({ messages: readMessages(record.messages) }) },
  {
    fields: ['prompt', 'completion'],
    read: (record) => ({ messages: turn(record, textOf(record, 'prompt'), textOf(record, 'completion')) }),
  },
  {
    fields: ['instruction', 'output'],
    read: (record) => {
      const input = optionalText(record, 'input');
      const instruction = textOf(record, 'instruction');
      return {
        messages: turn(record, input ? `${instruction}\n\n${input}` : instruction, textOf(record, 'output')),
      };
    },
  },
  {
    fields: ['question', 'answer'],
    read: (record) => {
      // The context comes first, so that the questions on one document share the beginning of their prompts.
      const context = optionalText(record, 'context');
      const question = textOf(record, 'question');
      const messages = turn(
        record,
        context ? `${context}\n\n${question}` : question,
        textOf(record, 'answer'),
      );
      return { messages, ...(context ? { context } : {}) };
    },
  },
  { fields: ['text'], read: (record) => ({ text: textOf(record, 'text') }) },
];

/** Records of a file as examples, and what is wrong with the others. */
export interface RecordFile {
  examples: UnsplitExample[];
  problems: DataProblem[];
}

/**
 * Reads records from a JSONL file, or from a JSON file that holds a list. Records without a `group` are grouped by
 * their context, or by their prompt where they have none, so that equal prompts never stand in two splits.
 *
 * @throws AttuneError when the file is missing, empty or no JSON list; what is wrong with single records is returned
 */
export async function readRecords(file: string, source: RecordsSource): Promise<RecordFile> {
  const examples: UnsplitExample[] = [];
  const problems: DataProblem[] = [];
  const records =
    extname(file).toLowerCase() === '.json' ? await jsonRecords(file) : await jsonlRecords(file, problems);
  for (const { value, line, place } of records) {
    try {
      examples.push(toExample(value, source, place));
    } catch (error) {
      if (!(error instanceof RecordFlaw)) throw error;
      const field =
        line === undefined ? [place, error.flaw.field].filter(Boolean).join('.') : error.flaw.field;
      problems.push({ severity: 'error', file, line, ...error.flaw, field });
    }
  }
  if (examples.length === 0 && problems.length === 0) {
    throw new AttuneError('holds no records', { file, fix: `write one record a line, with ${forms}` });
  }
  return { examples, problems };
}

interface RawRecord {
  value: unknown;
  /** Where the file has lines. */
  line?: number;
  /** Number of the line or of the item in the list. */
  place: string;
}

async function readText(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  return text.replace(/^\uFEFF/, '');
}

async function jsonRecords(file: string): Promise<RawRecord[]> {
  let list: unknown;
  try {
    list = JSON.parse(await readText(file));
  } catch (error) {
    if (error instanceof AttuneError) throw error;
    throw new AttuneError(`is not valid JSON: ${(error as Error).message}`, {
      file,
      fix: 'mend the file, or give it the ending .jsonl if it holds one record a line',
    });
  }
  if (!Array.isArray(list)) {
    throw new AttuneError('holds no list of records', {
      file,
      fix: 'write `[{...}, {...}]`, or one record a line in a .jsonl file',
    });
  }
  return list.map((value, index) => ({ value, place: `[${index}]` }));
}

async function jsonlRecords(file: string, problems: DataProblem[]): Promise<RawRecord[]> {
  const records: RawRecord[] = [];
  (await readText(file)).split('\n').forEach((text, index) => {
    if (text.trim() === '') return;
    const line = index + 1;
    try {
      records.push({ value: JSON.parse(text), line, place: String(line) });
    } catch (error) {
      problems.push({
        severity: 'error',
        file,
        line,
        message: `is not valid JSON: ${(error as Error).message}`,
        fix: 'write one JSON object a line, with line breaks inside texts as \\n',
      });
    }
  });
  return records;
}

function toExample(value: unknown, source: RecordsSource, place: string): UnsplitExample {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RecordFlaw({ message: 'a record has to be an object', fix: `write an object with ${forms}` });
  }
  const record = value as Fields;
  const reader = readers.find(({ fields }) => fields.every((field) => record[field] !== undefined));
  if (!reader) throw new RecordFlaw(unknownForm(record));
  const { context, ...content } = reader.read(record);
  const answer = reader.fields.includes('answer') ? undefined : optionalText(record, 'answer');
  const prompt =
    context ?? content.text ?? content.messages?.find(({ role }) => role === 'user')?.content ?? '';
  const origin = `${source.path}:${place}`;
  return {
    id: optionalText(record, 'id') ?? origin,
    ...content,
    task: optionalText(record, 'task') ?? source.task,
    group:
      optionalText(record, 'group') ??
      `prompt-${createHash('sha256').update(prompt).digest('hex').slice(0, 16)}`,
    source: optionalText(record, 'source') ?? origin,
    licence: optionalText(record, 'licence') ?? optionalText(record, 'license') ?? source.licence,
    ...(answer === undefined ? {} : { answer }),
  };
}

function unknownForm(record: Fields): Flaw {
  const half = readers.find(({ fields }) => fields.some((field) => record[field] !== undefined));
  if (half) {
    const missing = half.fields.find((field) => record[field] === undefined)!;
    return {
      message: `\`${missing}\` is missing`,
      field: missing,
      fix: `add \`${missing}\`, the text that belongs to the record`,
    };
  }
  const found = Object.keys(record)
    .slice(0, 8)
    .map((name) => `\`${name}\``);
  return {
    message: `no known form of record; its fields are ${found.join(', ') || 'none'}`,
    fix: `rename the fields to ${forms}`,
  };
}

function turn(record: Fields, user: string, assistant: string): Message[] {
  const system = optionalText(record, 'system');
  return [
    ...(system ? [{ role: 'system', content: system } as const] : []),
    { role: 'user', content: user },
    { role: 'assistant', content: assistant },
  ];
}

function readMessages(value: unknown): Message[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new RecordFlaw({
      message: '`messages` has to be a list of turns',
      field: 'messages',
      fix: 'write `[{"role": "user", "content": "..."}, {"role": "assistant", "content": "..."}]`',
    });
  }
  const messages = value.map((item, index): Message => {
    const field = `messages[${index}]`;
    const turn = (typeof item === 'object' && item !== null ? item : {}) as Fields;
    if (turn.role !== 'system' && turn.role !== 'user' && turn.role !== 'assistant') {
      throw new RecordFlaw({
        message: `unknown role ${JSON.stringify(turn.role)}`,
        field: `${field}.role`,
        fix: 'use system, user or assistant',
      });
    }
    return { role: turn.role, content: textOf(turn, 'content', field) };
  });
  messages.forEach(({ role }, index) => {
    const first = messages[0]!.role === 'system' ? 1 : 0;
    const expected = index < first ? 'system' : (index - first) % 2 === 0 ? 'user' : 'assistant';
    if (role !== expected) {
      throw new RecordFlaw({
        message: `a turn of ${expected} is expected here, not one of ${role}`,
        field: `messages[${index}].role`,
        fix: 'write an optional system turn, then user and assistant in turns',
      });
    }
  });
  if (messages.at(-1)!.role !== 'assistant') {
    throw new RecordFlaw({
      message: 'the conversation does not end with an answer',
      field: 'messages',
      fix: 'end it with an assistant turn',
    });
  }
  return messages;
}

/** A text that has to be there. */
function textOf(record: Fields, name: string, place?: string): string {
  const field = place ? `${place}.${name}` : name;
  const value = record[name];
  if (typeof value !== 'string') {
    throw new RecordFlaw({
      message: `\`${field}\` has to be a text`,
      field,
      fix: 'write it as a JSON string',
    });
  }
  if (value.trim() === '') {
    throw new RecordFlaw({ message: `\`${field}\` is empty`, field, fix: 'fill it in or remove the record' });
  }
  // Half of a surrogate pair has no UTF-8 form: it would come back from the disk as another character.
  if (/\p{Surrogate}/u.test(value)) {
    throw new RecordFlaw({
      message: `\`${field}\` holds half of a character (a single surrogate)`,
      field,
      fix: 'write the text again from its source, it was cut inside a character',
    });
  }
  return value;
}

/** A text that may be missing or empty; numbers are taken as they are written. */
function optionalText(record: Fields, name: string): string | undefined {
  const value = record[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number') return String(value);
  return textOf(record, name);
}
