/**
 * Files of documents for tests, written into a folder of their own.
 * @module
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipBytes } from '../../../model/zip.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'attune-documents-'));
let count = 0;

/** Writes a file and gives its path. */
export function fileWith(content: string | Uint8Array, ending: string): string {
  const file = join(folder, `file-${++count}${ending}`);
  writeFileSync(file, content);
  return file;
}

const contentTypes = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`;
const relations = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`;

/** The bytes of a zip archive of texts. */
export function archiveOf(members: Record<string, string>): Buffer {
  return zipBytes(
    Object.entries(members).map(([name, content]) => ({
      name,
      content: Buffer.from(content),
      deflated: true,
    })),
  );
}

/** A Word file with this body, and other parts. */
export function docxWith(body: string, parts: Record<string, string> = {}): string {
  const document = `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><w:body>${body}</w:body></w:document>`;
  return fileWith(
    archiveOf({
      '[Content_Types].xml': contentTypes,
      '_rels/.rels': relations,
      'word/document.xml': document,
      ...parts,
    }),
    '.docx',
  );
}

/** The parts of a workbook with one sheet of this XML, as programs other than Excel write them. */
export function workbookParts(sheet: string, others: Record<string, string> = {}): Record<string, string> {
  return {
    'xl/workbook.xml':
      '<x:workbook xmlns:x="main" xmlns:r="rel"><x:sheets><x:sheet name="Data" sheetId="1" r:id="R1"/></x:sheets></x:workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Type="worksheet" Target="/xl/worksheets/data.xml" Id="R1"/></Relationships>',
    'xl/worksheets/data.xml': sheet,
    ...others,
  };
}
