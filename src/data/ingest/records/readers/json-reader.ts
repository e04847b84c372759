/**
 * Records as one JSON value: a list of them, an object that wraps one list, or an object of records by their ids.
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { AttuneError } from '../../../../errors.js';
import { firstUtf8 } from '../../bytes.js';
import type { FoundFile } from '../../find-files.js';
import { fits, formats } from '../formats/formats.js';
import { type Flaw, RecordFields } from '../record-fields.js';
import { type JsonPiece, scanJson } from './json-scanner.js';
import { jsonFix } from './jsonl-reader.js';
import { type BrokenRecord, notUtf8, type RawRecord, tooLong } from './raw-record.js';

/** Where in the file the records are. */
type Shape = { kind: 'list'; within?: string } | { kind: 'by_id' } | { kind: 'one' };

/** As many names of an object are looked at to see whether it is a record itself. */
const namesLookedAt = 200;

/** Forms whose fields may hold lists of objects. */
const withTurns = ['messages', 'sharegpt', 'preference', 'prompt_completion'];

/**
 * Reads the records one by one; an object is read twice, because only its end tells what it is.
 *
 * @throws {AttuneError} when the file holds something else, or is not well formed between the records
 */
export async function* readJson(
  { file }: FoundFile,
  signal?: AbortSignal,
): AsyncGenerator<RawRecord | BrokenRecord> {
  const shape = await findShape(file, signal);
  if (shape.kind === 'one') {
    yield* readOne(file, signal);
    return;
  }
  let index = 0;
  const within = shape.kind === 'list' ? shape.within : undefined;
  for await (const piece of scanJson(file, { within, texts: true, signal })) {
    // The values beside the wrapped list are about the file.
    if (within !== undefined && piece.key !== undefined) continue;
    const place = shape.kind === 'by_id' ? `[${JSON.stringify(piece.key)}]` : `[${index++}]`;
    yield parsePiece(piece, place);
  }
}

/** A file that is one record. */
async function* readOne(file: string, signal?: AbortSignal): AsyncGenerator<RawRecord | BrokenRecord> {
  const members: [string, unknown][] = [];
  const texts: string[] = [];
  for await (const piece of scanJson(file, { texts: true, signal })) {
    const parsed = parsePiece(piece, piece.key ?? '');
    if ('flaw' in parsed) {
      yield parsed;
      return;
    }
    members.push([piece.key!, parsed.value]);
    texts.push(`${JSON.stringify(piece.key)}: ${parsed.raw()}`);
  }
  yield { value: Object.fromEntries(members), place: '1', line: 1, raw: () => `{${texts.join(', ')}}` };
}

function parsePiece(
  { key, bytes, length, line, cut, first }: JsonPiece,
  place: string,
): RawRecord | BrokenRecord {
  const raw = (): string => bytes.toString('utf8');
  const broken = (flaw: Flaw): BrokenRecord => ({ flaw, place, line, raw });
  if (cut) {
    const where = first === '' ? 'before its last bracket' : 'inside this record';
    return broken({
      message: `the file ends ${where}`,
      fix: 'write or download the file again, it is incomplete',
    });
  }
  if (length > bytes.length) return broken(tooLong);
  if (!isUtf8(bytes)) return broken(notUtf8);
  try {
    return { value: JSON.parse(raw()), place, line, raw, ...(key === undefined ? {} : { key }) };
  } catch (error) {
    const fix = jsonFix(raw(), 'mend the record: look for missing commas and quotes');
    return broken({ message: `is not valid JSON: ${(error as Error).message}`, fix });
  }
}

async function findShape(file: string, signal?: AbortSignal): Promise<Shape> {
  if ((await firstUtf8(file, 4096)).toString('utf8').trimStart().startsWith('[')) return { kind: 'list' };
  const lists: string[] = [];
  const names: { name: string; list: boolean }[] = [];
  let objects = 0;
  let others = 0;
  for await (const { key = '', first, inside, cut } of scanJson(file, { texts: false, signal })) {
    if (cut && first === '') break;
    const list = first === '[' && inside === '{';
    if (list) lists.push(key);
    else if (first === '{') objects++;
    else others++;
    if (names.length < namesLookedAt) names.push({ name: key, list });
  }
  if (isRecord(names)) return { kind: 'one' };
  if (lists.length === 1) return { kind: 'list', within: lists[0]! };
  if (lists.length > 1) {
    throw new AttuneError(
      `holds several lists: ${lists
        .map((name) => `\`${name}\``)
        .slice(0, 8)
        .join(', ')}`,
      {
        file,
        fix: 'write the list that is meant into a file of its own',
      },
    );
  }
  if (objects > others) return { kind: 'by_id' };
  if (objects === 0 && names.length > 0) return { kind: 'one' };
  throw new AttuneError('holds no list of records', {
    file,
    fix: 'write `[{...}, {...}]`, or one record a line in a .jsonl file',
  });
}

/** Whether the names of an object are those of a record. */
function isRecord(names: { name: string; list: boolean }[]): boolean {
  const recordOf = (members: { name: string }[]): RecordFields =>
    new RecordFields(Object.fromEntries(members.map(({ name }) => [name, true])));
  const all = recordOf(names);
  const plain = recordOf(names.filter(({ list }) => !list));
  return formats.some((format) => fits(format, withTurns.includes(format.name) ? all : plain));
}
