/**
 * Tables of HTML: data as rows of equal length, layout as what stands in it.
 * @module
 */
import type { Block } from '../../document.js';
import { joinSplitCells } from '../../tables/cell.js';
import { childrenOf, elementsOf, type HtmlNode, isHidden } from './html-dom.js';

/** A block of a table; lists made of bullet tables say so. */
type TableBlock = Exclude<Block, { type: 'list' }> | { type: 'list'; items: string[]; bulleted?: true };

/** A cell before it is spread over its places. */
interface SourceCell {
  text: string;
  /** Tables that stand in the cell, after their outer one. */
  nested: Block[];
  columns: number;
  rows: number;
  header: boolean;
}

/** As much as HTML allows (colspan 1000, rowspan 65534), and no table beyond a size that people make. */
const mostColumns = 1000;
const mostCells = 2_000_000;

/**
 * What a table element holds. A cell that spans several columns or rows stands for all its places, as in
 * `pandas.read_html`; a text alone in its row, and columns that only hold a currency sign or room, do not.
 *
 * @param inside the blocks inside a cell
 */
export function tableRows(table: HtmlNode, inside: (cell: HtmlNode) => Block[]): TableBlock[] {
  const caption = [...childrenOf(table)].find(({ localName }) => localName === 'caption');
  const captionBlocks = caption && !isHidden(caption) ? inside(caption) : [];
  const captionText = captionBlocks.map(blockLine).join(' ').trim();
  const rowElements = tableRowElements(table);
  const groups = rowElements.map(({ parentNode }) => parentNode);
  const ends = groups.map((group) => groups.lastIndexOf(group) + 1);
  const rows = rowElements.map((row) =>
    [...childrenOf(row)].filter(({ localName }) => localName === 'td' || localName === 'th'),
  );
  const contents = rows.map((row) => row.map((cell) => (isHidden(cell) ? [] : inside(cell))));
  if (isLayout(table, contents)) {
    return [...captionBlocks, ...contents.flat(2)];
  }
  const cells = rows.map((row, r) => row.map((cell, c) => sourceCell(cell, contents[r]![c]!)));
  const texts = tidyColumns(spread(cells, ends));
  const nested = cells.flat().flatMap((cell) => cell.nested);
  const bullets = bulletItems(texts);
  if (bullets) return [{ type: 'list', items: bullets, bulleted: true }, ...nested];
  if (texts.length === 0) return [...captionBlocks, ...nested];
  if (texts[0]!.length === 1) return [...captionBlocks, ...contents.flat(2)];
  return [{ type: 'table', rows: texts, ...(captionText ? { caption: captionText } : {}) }, ...nested];
}

/** Rows in the order in which they are shown: heads first, feet last. */
function tableRowElements(table: HtmlNode): HtmlNode[] {
  const rows = elementsOf(table, ['tr'], ['table', 'td', 'th']).filter(
    (row) => !isHidden(row) && !isHidden(row.parentNode!),
  );
  const rank = (row: HtmlNode): number =>
    row.parentNode?.localName === 'thead' ? 0 : row.parentNode?.localName === 'tfoot' ? 2 : 1;
  return rows
    .map((row, index) => ({ row, index }))
    .sort((a, b) => rank(a.row) - rank(b.row) || a.index - b.index)
    .map(({ row }) => row);
}

const length = (blocks: readonly Block[]): number =>
  blocks.reduce((sum, block) => sum + blockLine(block).length, 0);

/** Whether a table only arranges the page: it says so, has one cell in a row, or holds the real tables. */
function isLayout(table: HtmlNode, contents: readonly Block[][][]): boolean {
  if (/^(?:presentation|none)$/.test(table.getAttribute('role') ?? '')) return true;
  if (contents.every((row) => row.filter((cell) => cell.length > 0).length <= 1)) return true;
  const cells = contents.flat();
  const nested = cells.map((cell) => length(cell.filter(({ type }) => type === 'table')));
  const all = cells.reduce((sum, cell) => sum + length(cell), 0);
  if (nested.reduce((sum, size) => sum + size, 0) > all / 2) return true;
  const isPage = (cell: readonly Block[]): boolean =>
    cell.some(({ type }) => type === 'heading') || cell.filter(({ type }) => type === 'paragraph').length > 3;
  return contents.length === 1 && cells.some(isPage);
}

function blockLine(block: Block): string {
  if (block.type === 'list') return block.items.join(' ');
  if (block.type === 'table') return block.rows.flat().join(' ');
  return block.text.replaceAll('\n', ' ');
}

function sourceCell(cell: HtmlNode, inside: readonly Block[]): SourceCell {
  return {
    text: inside
      .filter(({ type }) => type !== 'table')
      .map(blockLine)
      .join(' ')
      .trim(),
    nested: inside.filter(({ type }) => type === 'table'),
    columns: spanOf(cell, 'colspan', mostColumns),
    rows: spanOf(cell, 'rowspan', 65_534),
    header: cell.localName === 'th',
  };
}

/** `rowspan="0"` reaches to the end of the table. */
function spanOf(cell: HtmlNode, name: string, most: number): number {
  const value = Number.parseInt(cell.getAttribute(name) ?? '1', 10);
  if (Number.isNaN(value) || value < 0) return 1;
  return value === 0 ? (name === 'rowspan' ? most : 1) : Math.min(value, most);
}

/** Texts by place, and which cell each comes from (0 for none), so that repeated ones are known. */
interface Spread {
  texts: string[][];
  sources: number[][];
}

/** @param ends the row after each row's group (`tbody`), which no cell reaches over */
function spread(rows: readonly SourceCell[][], ends: readonly number[]): Spread {
  const texts: string[][] = rows.map(() => []);
  const sources: number[][] = rows.map(() => []);
  let source = 0;
  let placed = 0;
  rows.forEach((row, top) => {
    let column = 0;
    // A title over the whole table is no label of every column.
    const lone =
      row.filter(({ text }) => text !== '').length === 1 ? row.find(({ text }) => text !== '') : undefined;
    for (const cell of row) {
      while (sources[top]![column] !== undefined) column++;
      source++;
      const alone = cell === lone && column === 0 && !cell.header && cell.columns > 1;
      for (let r = top; r < Math.min(top + cell.rows, ends[top]!); r++) {
        for (let c = column; c < column + cell.columns && placed < mostCells; c++) {
          placed++;
          const shown = alone && c > column ? '' : cell.text;
          texts[r]![c] = shown;
          sources[r]![c] = shown === '' ? 0 : source;
        }
      }
      column += cell.columns;
    }
  });
  const width = texts.reduce((most, row) => Math.max(most, row.length), 0);
  for (const [r, row] of texts.entries()) {
    for (let c = 0; c < width; c++) {
      row[c] ??= '';
      sources[r]![c] ??= 0;
    }
  }
  return { texts, sources };
}

/** Signs in cells of their own join their figure, columns that one heading covers and that never differ become one. */
function tidyColumns({ texts, sources }: Spread): string[][] {
  const rows = texts.map(joinSplitCells);
  const origins = sources.map((row, r) => row.map((source, c) => (rows[r]![c] === '' ? 0 : source)));
  const width = rows[0]?.length ?? 0;
  const keep: number[] = [];
  for (let column = 0; column < width; column++) {
    const left = keep.at(-1);
    if (left !== undefined && isSameColumn(rows, origins, left, column)) {
      for (const [r, row] of rows.entries()) {
        if (row[left] !== '') continue;
        row[left] = row[column]!;
        origins[r]![left] = origins[r]![column]!;
      }
    } else if (rows.some((row) => row[column] !== '')) keep.push(column);
  }
  return rows
    .map((row) => keep.map((column) => row[column]!))
    .filter((row) => row.some((text) => text !== ''));
}

function isSameColumn(rows: string[][], origins: number[][], left: number, right: number): boolean {
  let joined = false;
  for (const [r, row] of rows.entries()) {
    if (row[left] === '' || row[right] === '') continue;
    if (origins[r]![left] !== origins[r]![right]) return false;
    joined = true;
  }
  return joined;
}

const mark = /^(?:[•·▪◦‣●○■□➢✓–—*-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,5})[.)])$/i;

/** The items of a list that is set as a table of marks and texts. */
function bulletItems(rows: readonly string[][]): string[] | undefined {
  if (rows.length === 0) return undefined;
  const items: string[] = [];
  for (const row of rows) {
    const [first = '', second = '', ...rest] = row;
    if (
      !mark.test(first) ||
      second.length < 2 ||
      /^[\d.,$€£()%-]+$/.test(second) ||
      rest.some((text) => text !== '')
    ) {
      return undefined;
    }
    items.push(/[a-z\d]/i.test(first) ? `${first} ${second}` : second);
  }
  return items;
}
