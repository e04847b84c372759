/**
 * A document as a sequence of blocks in reading order: what every reader of files gives.
 * @module
 */

/** One piece of a document. `page` is 1-based, where the format has pages. */
export type Block =
  | { type: 'heading'; level: number; text: string; page?: number }
  | { type: 'paragraph'; text: string; page?: number }
  | { type: 'list'; items: string[]; page?: number }
  /** Cells by row; every row has the same number of cells. The first column holds the labels where there are any. */
  | { type: 'table'; rows: string[][]; caption?: string; page?: number };

/** What a reader found in a file. */
export interface ParsedDocument {
  title?: string;
  blocks: Block[];
  /** Number of pages, where the format has pages. */
  pages?: number;
  /** What could not be read or was left out, in words for the user, with the page where known. */
  warnings: string[];
}

/** The texts of a block, in reading order. */
export function blockTexts(block: Block): string[] {
  switch (block.type) {
    case 'list':
      return block.items;
    case 'table':
      return [...(block.caption ? [block.caption] : []), ...block.rows.flat()];
    default:
      return [block.text];
  }
}

/** The same block with every text replaced by what `change` makes of it. */
export function mapBlock(block: Block, change: (text: string) => string): Block {
  switch (block.type) {
    case 'list':
      return { ...block, items: block.items.map(change) };
    case 'table':
      return {
        ...block,
        ...(block.caption ? { caption: change(block.caption) } : {}),
        rows: block.rows.map((row) => row.map(change)),
      };
    default:
      return { ...block, text: change(block.text) };
  }
}

/** A block as plain text: list items on lines of their own, table cells joined by ` | `. */
export function blockText(block: Block): string {
  switch (block.type) {
    case 'list':
      return block.items.map((item) => `- ${item}`).join('\n');
    case 'table':
      return [...(block.caption ? [block.caption] : []), ...block.rows.map((row) => row.join(' | '))].join(
        '\n',
      );
    default:
      return block.text;
  }
}

/** A whole document as plain text, blocks separated by blank lines. */
export function documentText(blocks: readonly Block[]): string {
  return blocks.map(blockText).join('\n\n');
}
