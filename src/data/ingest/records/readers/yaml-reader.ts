/**
 * Records as a YAML list.
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { isMap, isSeq, LineCounter, type Node, parseDocument, type YAMLSeq } from 'yaml';
import { readUtf8 } from '../../bytes.js';
import type { FoundFile } from '../../find-files.js';
import { type BrokenRecord, maximumRecordBytes, notUtf8, type RawRecord, tooLong } from './raw-record.js';

/** Columns that a line may be indented, its dashes included: far deeper ones end the parser's process. */
const deepest = 1000;

/** Reads the entries of a list, or of the one list that an object wraps. The file is read as a whole. */
export async function* readYaml(
  { file }: FoundFile,
  signal?: AbortSignal,
): AsyncGenerator<RawRecord | BrokenRecord> {
  const raw = (): string => '';
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readUtf8(file, signal)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= maximumRecordBytes) continue;
    yield { flaw: tooLong, line: 1, raw };
    return;
  }
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) {
    yield { flaw: notUtf8, line: 1, raw };
    return;
  }
  const text = bytes.toString('utf8');
  const deep = deepLine(text);
  if (deep !== undefined) {
    const fix = 'write the records less deep, or as JSON lines';
    yield { flaw: { message: `begins deeper than column ${deepest}`, fix }, line: deep, raw };
    return;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number | undefined): number =>
    offset === undefined ? 1 : lines.linePos(offset).line;
  const [error] = document.errors;
  if (error) {
    const fix = 'mend the file: look at indentation and quotes in this line';
    yield { flaw: { message: `is not valid YAML: ${error.message}`, fix }, line: lineOf(error.pos[0]), raw };
    return;
  }
  const list = listIn(document.contents);
  if (!list) {
    const fix = 'write a list, each record behind a dash';
    yield { flaw: { message: 'holds no list of records', fix }, line: 1, raw };
    return;
  }
  for (const [index, entry] of list.items.entries()) {
    const node = entry as Node;
    const [start, end] = node.range ?? [];
    const record = {
      place: `[${index}]`,
      line: lineOf(start),
      raw: () => text.slice(start, end).trim(),
    };
    try {
      // Limits how often aliases repeat a part of the file, so that a small file cannot fill the memory.
      yield { ...record, value: node.toJS(document, { maxAliasCount: 100 }) };
    } catch (cause) {
      const fix = 'write the record out, without aliases';
      yield { ...record, flaw: { message: `cannot be read: ${(cause as Error).message}`, fix } };
    }
  }
}

/** The number of the first line that begins too deep. */
function deepLine(text: string): number | undefined {
  let line = 1;
  for (let start = 0; start < text.length; line++) {
    let at = start;
    while (at < text.length && ' \t-?:'.includes(text[at]!)) at++;
    if (at - start > deepest) return line;
    const end = text.indexOf('\n', at);
    start = end < 0 ? text.length : end + 1;
  }
  return undefined;
}

function listIn(contents: unknown): YAMLSeq | undefined {
  if (isSeq(contents)) return contents;
  if (!isMap(contents)) return undefined;
  const lists = contents.items.map(({ value }) => value).filter((value) => isSeq(value));
  return lists.length === 1 ? lists[0] : undefined;
}
