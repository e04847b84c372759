/**
 * The bytes of a document file, and what kind of file they really are.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { AttuneError } from '../../../errors.js';
import { fileError } from '../../../files.js';

/** Kinds of files that are told by how their bytes begin. */
export type FileKind = 'pdf' | 'zip' | 'ole' | 'rtf' | 'html' | 'binary' | 'text';

/** The whole file; an empty one is an error. */
export async function readSource(file: string): Promise<Buffer> {
  const bytes = await readFile(file).catch((error) => {
    throw fileError(error, file);
  });
  if (bytes.length === 0) {
    throw new AttuneError('is empty', { file, fix: 'export or download the file again, or remove it' });
  }
  return bytes;
}

const imagesAndArchives = [
  '\x89PNG',
  'GIF8',
  '\xff\xd8\xff',
  '\x1f\x8b',
  'BZh',
  '7z\xbc\xaf',
  '\x7fELF',
  'MZ\x90',
];

/** The kind of file by its content, whatever its name says. */
export function fileKind(bytes: Uint8Array): FileKind {
  const start = Buffer.from(bytes.subarray(0, 4096)).toString('latin1');
  if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return 'zip';
  if (start.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return 'ole';
  if (start.slice(0, 1024).includes('%PDF-')) return 'pdf';
  if (start.startsWith('{\\rtf')) return 'rtf';
  if (imagesAndArchives.some((signature) => start.startsWith(signature))) return 'binary';
  // UTF-16 has a zero byte in every second place, so its mark is looked at before zero bytes are counted.
  if (start.startsWith('\xff\xfe') || start.startsWith('\xfe\xff')) return 'text';
  if (looksBinary(start)) return 'binary';
  const head = start
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (
    /^(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:!doctype html|html|head|body)\b/.test(head)
  ) {
    return 'html';
  }
  return 'text';
}

/** Zero bytes never stand in text, and other control characters hardly ever. */
function looksBinary(start: string): boolean {
  let odd = 0;
  for (let i = 0; i < start.length; i++) {
    const code = start.charCodeAt(i);
    if (code === 0) return true;
    if (code < 32 && code !== 9 && code !== 10 && code !== 12 && code !== 13 && code !== 27) odd++;
  }
  return odd > start.length * 0.05;
}

const kindNames: Record<FileKind, string> = {
  pdf: 'a PDF file',
  zip: 'a zip archive (a Word or Excel file, perhaps)',
  ole: 'an old Office file (.doc, .xls), or a newer one with a password',
  rtf: 'an RTF file',
  html: 'a web page',
  binary: 'no text: it holds binary data',
  text: 'plain text',
};

/** The error for a file whose content is not what its ending says. */
export function wrongKind(file: string, kind: FileKind, wanted: string): AttuneError {
  const fixes: Record<FileKind, string> = {
    pdf: 'give it the ending .pdf',
    zip: 'unpack it, or give it the ending that belongs to it (.docx, .xlsx)',
    ole: `open it in Office or LibreOffice and save it as ${wanted}, without a password`,
    rtf: `open it in Office or LibreOffice and save it as ${wanted}`,
    html: 'give it the ending .html',
    binary: 'remove it, or export it in a format that is read (.pdf, .docx, .xlsx, .html, .md, .txt)',
    text: 'give it the ending that belongs to it (.txt, .md, .csv)',
  };
  return new AttuneError(`is no ${wanted} file but ${kindNames[kind]}`, { file, fix: fixes[kind] });
}
