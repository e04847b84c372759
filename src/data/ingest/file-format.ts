/**
 * What a file is: by the ending of its name, checked against its content.
 * @module
 */
import { open } from 'node:fs/promises';
import { firstBytes, firstUtf8, isGzip } from './bytes.js';

/** The kinds of files that are read; `unknown` is not. */
export type FileFormat =
  | 'pdf'
  | 'html'
  | 'docx'
  | 'xlsx'
  | 'markdown'
  | 'text'
  | 'csv'
  | 'json'
  | 'jsonl'
  | 'parquet'
  | 'yaml'
  | 'unknown';

/** What a file was recognised as. */
export interface RecognisedFile {
  format: FileFormat;
  /** In words, where the content is not what the name says, or why the format is unknown. */
  note?: string;
}

const byEnding = new Map<string, FileFormat>([
  ['pdf', 'pdf'],
  ['html', 'html'],
  ['htm', 'html'],
  ['xhtml', 'html'],
  ['docx', 'docx'],
  ['docm', 'docx'],
  ['xlsx', 'xlsx'],
  ['xlsm', 'xlsx'],
  ['md', 'markdown'],
  ['markdown', 'markdown'],
  ['txt', 'text'],
  ['text', 'text'],
  ['csv', 'csv'],
  ['tsv', 'csv'],
  ['tab', 'csv'],
  ['json', 'json'],
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['parquet', 'parquet'],
  ['yaml', 'yaml'],
  ['yml', 'yaml'],
]);

/** Formats that a file cannot be without their first bytes. */
const binary: readonly FileFormat[] = ['pdf', 'docx', 'xlsx', 'parquet'];
/** Formats that may be packed with gzip. */
const packable: readonly FileFormat[] = ['csv', 'json', 'jsonl'];
const sampleBytes = 1 << 16;

/** Recognises a file. Content goes before the name: a PDF that is called `.txt` is a PDF. */
export async function recogniseFile(file: string): Promise<RecognisedFile> {
  const head = await firstBytes(file, sampleBytes);
  if (isGzip(head)) return recogniseGzip(file);
  const ending = endingOf(file);
  const named = byEnding.get(ending);
  if (head.length === 0) return { format: named ?? 'unknown', note: 'is empty' };
  const signed = (await bySignature(file, head)) ?? byText(await firstUtf8(file, sampleBytes), named);
  if (signed) {
    const differs = named !== signed.format && signed.format !== 'unknown' && ending !== '';
    return differs ? { ...signed, note: `is named .${ending} but holds ${signed.format}` } : signed;
  }
  if (named && binary.includes(named)) {
    return { format: 'unknown', note: `is named .${ending} but is no ${named} file: damaged or misnamed` };
  }
  return named ? { format: named } : { format: 'unknown', note: 'its kind of file is not known' };
}

async function recogniseGzip(file: string): Promise<RecognisedFile> {
  const named = byEnding.get(endingOf(file.replace(/\.gz$/i, '')));
  const content = await firstUtf8(file, sampleBytes).catch(() => undefined);
  if (content === undefined) return { format: 'unknown', note: 'its gzip compression is damaged' };
  const format = byText(content, named)?.format ?? named;
  return format && packable.includes(format)
    ? { format }
    : { format: 'unknown', note: 'is packed with gzip: only CSV, JSON and JSONL are read so, unpack it' };
}

function endingOf(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

/** What the first bytes say without doubt. */
async function bySignature(file: string, head: Buffer): Promise<RecognisedFile | undefined> {
  // A PDF may begin with up to 1024 bytes of something else (PDF 1.7, annex H, note 13).
  const pdf = head.subarray(0, 1024).indexOf('%PDF-');
  if (pdf === 0 || (pdf > 0 && endingOf(file) === 'pdf')) return { format: 'pdf' };
  if (head.subarray(0, 4).equals(Buffer.from('PAR1'))) return { format: 'parquet' };
  if (head.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) return officeFormat(file);
  if (head.subarray(0, 8).equals(Buffer.from('d0cf11e0a1b11ae1', 'hex'))) {
    return {
      format: 'unknown',
      note: 'is an Office file of the old or an encrypted kind: save it as .docx or .xlsx',
    };
  }
  if (head.indexOf('version https://git-lfs.github.com/spec/') === 0) {
    return { format: 'unknown', note: 'is a pointer of Git LFS, not the file: run `git lfs pull`' };
  }
  if (head.indexOf('{\\rtf') === 0)
    return { format: 'unknown', note: 'is an RTF file: save it as .docx or .txt' };
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (!utf16 && head.includes(0)) return { format: 'unknown', note: 'is a binary file of an unknown kind' };
  return undefined;
}

/** A ZIP file's kind, by the names in its directory, which is at its end (APPNOTE.TXT, 4.3.16). */
async function officeFormat(file: string): Promise<RecognisedFile> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const read = async (from: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
      return buffer.subarray(0, bytesRead);
    };
    const tailBytes = Math.min(size, 22 + 0xffff);
    const tail = await read(size - tailBytes, tailBytes);
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06'));
    if (end < 0 || end + 22 > tail.length) {
      return { format: 'unknown', note: 'is a damaged ZIP or Office file: its end is missing' };
    }
    const directoryBytes = Math.min(tail.readUInt32LE(end + 12), size, 1 << 24);
    const directory = await read(tail.readUInt32LE(end + 16), directoryBytes);
    if (directory.includes('word/document.xml')) return { format: 'docx' };
    if (directory.includes('xl/workbook.xml')) return { format: 'xlsx' };
    return { format: 'unknown', note: 'is a ZIP file without a Word or Excel document: unpack it' };
  } finally {
    await handle.close();
  }
}

/** What a text is by its beginning, where that is more telling than the name. */
function byText(sample: Buffer, named: FileFormat | undefined): RecognisedFile | undefined {
  const text = sample.toString('utf8').trimStart();
  const markup = text.slice(0, 4096).replace(/^<\?xml[^>]*>\s*/i, '');
  if (/^(<!--[^>]*>\s*)*<(!doctype\s+html|html)[\s>]/i.test(markup)) return { format: 'html' };
  if (named === 'markdown' || named === 'html') return undefined;
  const lines = jsonForm(text);
  if (lines === undefined) return undefined;
  // A name without a known ending, or .txt and .csv, is trusted less than one whole JSON object in the first line.
  return named === 'json' || named === 'jsonl' || lines === 'jsonl' ? { format: lines } : undefined;
}

/** Whether a text is one JSON value or one object a line; `undefined` where its beginning does not tell. */
function jsonForm(text: string): 'json' | 'jsonl' | undefined {
  if (text.startsWith('[')) return 'json';
  if (!text.startsWith('{')) return undefined;
  const end = text.indexOf('\n');
  const firstLine = end < 0 ? text : text.slice(0, end);
  const next = end < 0 ? '' : text.slice(end).trimStart();
  const whole = isJsonObject(firstLine);
  if (whole) return next === '' ? undefined : 'jsonl';
  // A broken first line followed by an object is a broken record; otherwise the value goes on over the lines.
  return next === '' || next.startsWith('{') ? undefined : 'json';
}

function isJsonObject(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
