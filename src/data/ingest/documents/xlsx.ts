/**
 * Excel workbooks: every visible sheet as the tables that people see in it, or as rows.
 *
 * The sheets' XML is read here rather than with a library: reading stops at limits while a file unpacks, and files of
 * other programs (prefixed tags, comments in places of their own, ranges merged over whole columns) read as Excel's do.
 * @module
 */
import { AttuneError } from '../../../errors.js';
import type { Block, ParsedDocument } from '../../document.js';
import { sheetBlocks } from './sheet-tables.js';
import { readSheet, type SheetContent, type SheetRow } from './xlsx-sheet.js';
import { openWorkbook, type Workbook } from './xlsx-workbook.js';

/**
 * Reads a workbook as a document: a heading with each sheet's name, then its tables. Cells are as displayed, numbers
 * without thousands separators and dates in ISO form; formulas give their stored result.
 *
 * @throws AttuneError when the file is no workbook, damaged, protected, or unpacks beyond the limits
 */
export async function readXlsx(file: string): Promise<ParsedDocument> {
  const workbook = await openWorkbook(file);
  const warnings: string[] = [];
  const blocks: Block[] = [];
  for (const { name, content } of visibleSheets(workbook, warnings)) {
    warnings.push(...content.warnings);
    const found = sheetBlocks(content);
    if (found.length > 0) blocks.push({ type: 'heading', level: 1, text: name }, ...found);
  }
  if (blocks.length === 0) throw noCells(file);
  return { blocks, warnings };
}

/** The rows of every visible sheet that hold something, with their numbers in the sheet. */
export async function readXlsxRows(file: string): Promise<{ sheet: string; rows: SheetRow[] }[]> {
  const workbook = await openWorkbook(file);
  const sheets: { sheet: string; rows: SheetRow[] }[] = [];
  for (const { name, content } of visibleSheets(workbook, []))
    sheets.push({ sheet: name, rows: content.rows });
  if (sheets.every(({ rows }) => rows.length === 0)) throw noCells(file);
  return sheets;
}

function* visibleSheets(
  workbook: Workbook,
  warnings: string[],
): Generator<{ name: string; content: SheetContent }> {
  for (const sheet of workbook.sheets) {
    if (sheet.hidden) warnings.push(`sheet ${sheet.name} is hidden and was left out`);
    else if (!sheet.member)
      warnings.push(`sheet ${sheet.name} holds no cells (a chart, perhaps) and was left out`);
    else yield { name: sheet.name, content: readSheet(workbook, sheet) };
  }
}

function noCells(file: string): AttuneError {
  return new AttuneError('holds no visible cells with content', {
    file,
    fix: 'show the sheets that are hidden, or save the file with the results of its formulas',
  });
}
