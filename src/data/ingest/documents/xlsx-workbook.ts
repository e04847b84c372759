/**
 * What a workbook says about its sheets before their cells are read: names, formats, shared texts.
 * @module
 */
import { AttuneError } from '../../../errors.js';
import { type Archive, openArchive } from './archive.js';
import { builtInFormat } from './number-format.js';
import { fileKind, readSource, wrongKind } from './source-bytes.js';
import { attributeOf, xmlEvents } from './xml.js';

/** A sheet of a workbook, its cells not read yet. */
export interface SheetEntry {
  name: string;
  hidden: boolean;
  /** Its member of the archive; absent for charts and macros. */
  member?: string;
}

/** An opened workbook. */
export interface Workbook {
  file: string;
  archive: Archive;
  sheets: SheetEntry[];
  strings: string[];
  /** Format codes by number of style. */
  formats: string[];
  /** Whether days are counted from 1904 instead of 1900. */
  from1904: boolean;
}

const binaryWorkbook = 'xl/workbook.bin';

/** Opens a workbook and reads everything but the cells. */
export async function openWorkbook(file: string): Promise<Workbook> {
  const bytes = await readSource(file);
  const kind = fileKind(bytes);
  if (kind !== 'zip') throw wrongKind(file, kind, '.xlsx');
  const archive = openArchive(bytes, file);
  const main = archive.names.find((name) => /(?:^|\/)workbook\d*\.xml$/i.test(name));
  if (!main) {
    throw new AttuneError(
      archive.names.includes(binaryWorkbook)
        ? 'is a binary workbook (.xlsb)'
        : 'is no Excel file: its archive holds no workbook',
      { file, fix: 'open it in Excel or LibreOffice and save it as .xlsx' },
    );
  }
  const folder = main.slice(0, main.lastIndexOf('/') + 1);
  const read = (name: string): string => archive.read(name)?.toString('utf8') ?? '';
  const targets = relations(read(`${folder}_rels/${main.slice(folder.length)}.rels`), folder);
  const workbook: Workbook = {
    file,
    archive,
    sheets: [],
    strings: sharedStrings(read(`${folder}sharedStrings.xml`)),
    formats: styleFormats(read(`${folder}styles.xml`)),
    from1904: false,
  };
  for (const event of xmlEvents(read(main))) {
    if (event.type !== 'open') continue;
    if (event.name === 'workbookPr') {
      workbook.from1904 = /^(?:1|true)$/.test(attributeOf(event.attributes, 'date1904') ?? '');
    }
    if (event.name !== 'sheet') continue;
    const target = targets.get(attributeOf(event.attributes, 'id') ?? '');
    workbook.sheets.push({
      name: attributeOf(event.attributes, 'name') ?? `Sheet${workbook.sheets.length + 1}`,
      hidden: /hidden/i.test(attributeOf(event.attributes, 'state') ?? ''),
      ...(target && archive.names.includes(target) && /worksheets\//i.test(target) ? { member: target } : {}),
    });
  }
  return workbook;
}

function relations(xml: string, folder: string): Map<string, string> {
  const targets = new Map<string, string>();
  for (const event of xmlEvents(xml)) {
    if (event.type !== 'open' || event.name !== 'Relationship') continue;
    const target = attributeOf(event.attributes, 'Target') ?? '';
    const path = target.startsWith('/') ? target.slice(1) : `${folder}${target}`;
    targets.set(attributeOf(event.attributes, 'Id') ?? '', path.replace(/^\.\//, ''));
  }
  return targets;
}

/** The texts that cells refer to by number; the reading aids of East Asian texts (`rPh`) are left out. */
function sharedStrings(xml: string): string[] {
  const strings: string[] = [];
  let text = '';
  let inText = false;
  let aside = false;
  for (const event of xmlEvents(xml)) {
    if (event.type === 'text') {
      if (inText && !aside) text += event.text;
      continue;
    }
    const opens = event.type === 'open';
    if (event.name === 't') inText = opens && !event.empty;
    else if (event.name === 'rPh') aside = opens && !event.empty;
    else if (event.name === 'si') {
      if (opens) text = '';
      if (!opens || event.empty) strings.push(text);
    }
  }
  return strings;
}

function styleFormats(xml: string): string[] {
  const custom = new Map<number, string>();
  const formats: string[] = [];
  let inCells = false;
  for (const event of xmlEvents(xml)) {
    if (event.type === 'text') continue;
    if (event.name === 'cellXfs') inCells = event.type === 'open' && !event.empty;
    if (event.type !== 'open') continue;
    if (event.name === 'numFmt') {
      custom.set(
        Number(attributeOf(event.attributes, 'numFmtId')),
        attributeOf(event.attributes, 'formatCode') ?? '',
      );
    } else if (event.name === 'xf' && inCells) {
      const id = Number(attributeOf(event.attributes, 'numFmtId') ?? 0);
      formats.push(custom.get(id) ?? builtInFormat(id));
    }
  }
  return formats;
}
