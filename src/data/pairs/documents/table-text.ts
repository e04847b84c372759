/**
 * Tables of documents as text that reads well in a prompt.
 * @module
 */
import type { Block } from '../../document.js';
import { type ParsedTable, parseTable } from '../../tables/parse-table.js';
import { type StatementTable, tableText } from '../../tables/statement.js';

/** A table as it stands in a document. */
export type TableBlock = Extract<Block, { type: 'table' }>;

/** Longest caption that is taken for a table's heading. */
const maximumCaption = 160;
const maximumCell = 500;
const unitRemark = /\((?:[^()]{0,40}\b)?in (?:thousands|millions|billions)\b[^()]{0,60}\)/i;

/**
 * Reads a table of a document as a statement table: with its caption as heading, and with the unit that the sentence
 * before it states (`... by contract type (in millions):`), where the table states none itself.
 *
 * @param before text of the block that stands directly before the table
 */
export function readStatement(
  table: TableBlock,
  before?: string,
): { table: ParsedTable; leftOut: number } | { reason: string } {
  // Labels and figures are short; reading a page of text as one would take long and find nothing.
  if (table.rows.some((row) => row.some((cell) => cell.length > maximumCell))) {
    return { reason: 'a cell holds running text' };
  }
  const width = Math.max(0, ...table.rows.map((row) => row.length));
  const first = (text: string): string[] => [text, ...Array.from({ length: width - 1 }, () => '')];
  const caption = table.caption?.replace(/\s+/g, ' ').trim() ?? '';
  const captioned =
    caption !== '' && caption.length <= maximumCaption && width > 1
      ? [first(caption), ...table.rows]
      : table.rows;
  const own = parseTable(captioned);
  // A caption that can't be told from the header is left out rather than the table.
  const result = 'reason' in own && captioned !== table.rows ? parseTable(table.rows) : own;
  if ('reason' in result || result.table.scale) return result;
  const unit = unitRemark.exec(`${before?.slice(-300) ?? ''}`)?.[0];
  if (!unit) return result;
  const withUnit = parseTable([first(unit), ...('reason' in own ? table.rows : captioned)]);
  return 'reason' in withUnit || withUnit.table.rows.length !== result.table.rows.length ? result : withUnit;
}

/**
 * The text of a table, in one piece where it is at most `limit` characters long, otherwise cut between rows with its
 * title and column names repeated. A statement table reads as in {@link tableText}; any other as its cells joined by
 * ` | `, with nothing left out.
 */
export function tablePieces(table: TableBlock, limit: number, before?: string): string[] {
  const read = readStatement(table, before);
  // Rows of words are no part of a statement table's text, so such a table is given by its cells.
  const isWhole = !('reason' in read) && read.leftOut === 0;
  if (!isWhole) return plainPieces(table, limit);
  const text = statementText(read.table);
  if (text.length <= limit) return [text];
  const { rows } = read.table;
  return piecesOfRows(rows.length, limit, (from, to) =>
    statementText({ ...read.table, rows: rows.slice(from, to) }),
  );
}

function statementText(table: ParsedTable): string {
  const nobody: Pick<StatementTable, 'id' | 'group' | 'source' | 'licence'> = {
    id: '',
    group: '',
    source: '',
    licence: '',
  };
  return tableText({ ...nobody, ...table });
}

function plainPieces(table: TableBlock, limit: number): string[] {
  const lines = table.rows
    .map((row) => row.map((cell) => cell.replace(/\s+/g, ' ').trim()))
    .filter((row) => row.some((cell) => cell !== ''))
    .map((row) => row.join(' | '));
  const caption = table.caption?.trim() ? [table.caption.trim()] : [];
  const [header = '', ...body] = lines;
  const render = (rows: readonly string[]): string => [...caption, header, ...rows].join('\n');
  if (lines.length === 0) return caption;
  const whole = render(body);
  if (whole.length <= limit || body.length === 0) return [whole];
  return piecesOfRows(body.length, limit, (from, to) => render(body.slice(from, to)));
}

/** As many rows as fit in each piece, at least one. */
function piecesOfRows(count: number, limit: number, render: (from: number, to: number) => string): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (from < count) {
    let to = from + 1;
    let text = render(from, to);
    while (to < count) {
      const longer = render(from, to + 1);
      if (longer.length > limit) break;
      text = longer;
      to++;
    }
    pieces.push(text);
    from = to;
  }
  return pieces;
}
