/**
 * The cells of one sheet as texts.
 * @module
 */
import { AttuneError } from '../../../errors.js';
import { displayNumber } from './number-format.js';
import type { SheetEntry, Workbook } from './xlsx-workbook.js';
import { attributeOf, xmlEvents } from './xml.js';

/** A row of a sheet that holds something. */
export interface SheetRow {
  /** 1-based, as the sheet counts. */
  row: number;
  /** From the first column; trailing empty cells are left out. */
  cells: string[];
}

/** A rectangle of cells that are joined to one; 1-based, both ends included. */
export interface MergedRange {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** What a sheet holds. */
export interface SheetContent {
  rows: SheetRow[];
  merges: MergedRange[];
  warnings: string[];
}

/** Most cells of one sheet; a table beyond this belongs in a file that is read row by row. */
const mostCells = 5_000_000;
/** The last column of Excel, XFD. */
const mostColumns = 16_384;

/** Reads the cells of a sheet, each as it is displayed. */
export function readSheet(workbook: Workbook, sheet: SheetEntry): SheetContent {
  const xml = sheet.member ? workbook.archive.read(sheet.member)?.toString('utf8') : undefined;
  const rows = new Map<number, string[]>();
  const merges: MergedRange[] = [];
  const errors: string[] = [];
  const uncomputed: string[] = [];
  let row = 0;
  let column = 0;
  let cell: RawCell | undefined;
  let part: 'v' | 't' | undefined;
  let count = 0;
  for (const event of xmlEvents(xml ?? '')) {
    if (event.type === 'text') {
      if (cell && part) cell.text += event.text;
      continue;
    }
    const opens = event.type === 'open';
    if (event.name === 'c') {
      if (opens) {
        const place = cellPlace(attributeOf(event.attributes, 'r') ?? '');
        column = place?.column ?? column + 1;
        if (place) row = place.row;
        cell = {
          type: attributeOf(event.attributes, 't') ?? 'n',
          style: Number(attributeOf(event.attributes, 's') ?? 0),
          text: '',
          formula: false,
        };
      }
      if (cell && (!opens || event.empty)) {
        const text = displayed(cell, workbook);
        const name = `${columnName(column)}${row}`;
        if (cell.type === 'e') errors.push(`${name} (${cell.text})`);
        else if (cell.formula && cell.text === '' && cell.type !== 'str') uncomputed.push(name);
        if (text !== '' && column <= mostColumns) {
          if (++count > mostCells) throw tooManyCells(workbook.file, sheet.name);
          const cells = rows.get(row) ?? [];
          rows.set(row, cells);
          while (cells.length < column - 1) cells.push('');
          cells[column - 1] = text;
        }
        cell = undefined;
      }
    } else if (event.name === 'row' && opens) {
      row = Number(attributeOf(event.attributes, 'r') ?? row + 1);
      column = 0;
    } else if (event.name === 'v' || (event.name === 't' && cell)) {
      part = opens && !event.empty ? event.name : undefined;
    } else if (event.name === 'f' && cell && opens) {
      cell.formula = true;
    } else if (event.name === 'mergeCell' && opens) {
      const range = mergedRange(attributeOf(event.attributes, 'ref') ?? '');
      if (range) merges.push(range);
    }
  }
  const warnings: string[] = [];
  if (errors.length > 0) {
    warnings.push(
      `sheet ${sheet.name}: ${counted(errors, 'cell holds an error', 'cells hold errors')}, left empty`,
    );
  }
  if (uncomputed.length > 0) {
    warnings.push(
      `sheet ${sheet.name}: ${counted(uncomputed, 'formula has no stored result', 'formulas have no stored results')}, left empty; open the file in Excel or LibreOffice and save it`,
    );
  }
  return {
    rows: [...rows].sort(([a], [b]) => a - b).map(([number, cells]) => ({ row: number, cells })),
    merges,
    warnings,
  };
}

interface RawCell {
  type: string;
  style: number;
  text: string;
  formula: boolean;
}

function tooManyCells(file: string, sheet: string): AttuneError {
  return new AttuneError(`sheet ${sheet} holds more than ${mostCells} cells`, {
    file,
    fix: 'export it as CSV or Parquet, which are read row by row',
  });
}

function counted(places: string[], one: string, many: string): string {
  const named = places.slice(0, 3).join(', ');
  return `${places.length} ${places.length === 1 ? one : many} (${named}${places.length > 3 ? ', ...' : ''})`;
}

function displayed({ type, style, text }: RawCell, workbook: Workbook): string {
  switch (type) {
    case 's':
      return tidy(workbook.strings[Number(text)] ?? '');
    case 'b':
      return text.trim() === '1' ? 'TRUE' : text.trim() === '0' ? 'FALSE' : '';
    case 'e':
      return '';
    case 'n': {
      if (text.trim() === '') return '';
      const value = Number(text);
      if (Number.isNaN(value)) return tidy(text);
      return displayNumber(value, workbook.formats[style] ?? 'General', workbook.from1904);
    }
    case 'd':
      return tidy(text).replace(/T00:00:00(?:\.0+)?Z?$/, '');
    default:
      return tidy(text);
  }
}

/** Excel writes characters that XML has no place for as `_x000D_`. Lines within a cell become one. */
function tidy(text: string): string {
  const plain = text.includes('_x')
    ? text.replace(/_x([\dA-Fa-f]{4})_/g, (_whole, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;
  return plain.replace(/\s+/g, ' ').trim();
}

function cellPlace(reference: string): { row: number; column: number } | undefined {
  const match = /^\$?([A-Za-z]{1,3})\$?(\d{1,7})$/.exec(reference);
  if (!match) return undefined;
  let column = 0;
  for (const letter of match[1]!.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  return { row: Number(match[2]), column };
}

function columnName(column: number): string {
  let name = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}

function mergedRange(reference: string): MergedRange | undefined {
  const [from = '', to = ''] = reference.split(':');
  const start = cellPlace(from);
  const end = cellPlace(to);
  if (!start || !end) return undefined;
  return { top: start.row, bottom: end.row, left: start.column, right: end.column };
}
