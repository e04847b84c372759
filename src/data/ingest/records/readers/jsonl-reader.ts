/**
 * Records as lines of JSON.
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { readUtf8 } from '../../bytes.js';
import type { FoundFile } from '../../find-files.js';
import { type BrokenRecord, maximumRecordBytes, notUtf8, type RawRecord, tooLong } from './raw-record.js';

const lineFeed = 0x0a;

/** Reads one JSON value a line; blank lines count as lines and are no records. */
export async function* readJsonl(
  { file }: FoundFile,
  signal?: AbortSignal,
): AsyncGenerator<RawRecord | BrokenRecord> {
  let line = 0;
  for await (const { bytes, length } of readLines(file, signal)) {
    line++;
    const record = parseLine(bytes, length, line);
    if (record) yield record;
  }
}

function parseLine(bytes: Buffer, length: number, line: number): RawRecord | BrokenRecord | undefined {
  const raw = (): string => bytes.toString('utf8').trim();
  if (length > bytes.length) return { flaw: tooLong, line, raw };
  if (!isUtf8(bytes)) return { flaw: notUtf8, line, raw };
  const text = bytes.toString('utf8');
  if (text.trim() === '') return undefined;
  try {
    return { value: JSON.parse(text), line, place: String(line), raw };
  } catch (error) {
    return {
      flaw: {
        message: `is not valid JSON: ${(error as Error).message}`,
        fix: jsonFix(text, 'write one JSON object a line, with line breaks inside texts as \\n'),
      },
      line,
      raw,
    };
  }
}

/** What to do about a text that is not JSON. Python writes NaN unless it is told otherwise. */
export function jsonFix(text: string, otherwise: string): string {
  return /[:[,]\s?(NaN|-?Infinity)/.test(text)
    ? 'write null in place of NaN and Infinity (in Python: json.dumps(..., allow_nan=False) finds them)'
    : otherwise;
}

/** Lines without their end; of one that is too long only the beginning, with the length that it really has. */
async function* readLines(
  file: string,
  signal?: AbortSignal,
): AsyncGenerator<{ bytes: Buffer; length: number }> {
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer): void => {
    length += part.length;
    if (length <= maximumRecordBytes) parts.push(part);
  };
  const take = (): { bytes: Buffer; length: number } => {
    const line = { bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts), length };
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of readUtf8(file, signal)) {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      add(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  if (length > 0) yield take();
}
