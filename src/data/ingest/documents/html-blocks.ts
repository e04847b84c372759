/**
 * From a tree of HTML to blocks in reading order; pages, Word files and HTML inside Markdown come through here.
 * @module
 */
import type { Block } from '../../document.js';
import { childrenOf, type HtmlNode, isHidden, isSitePart } from './html-dom.js';
import { tableRows } from './html-table.js';
import { formulaText, lineBreak, paragraphsOf, preformattedText, scriptText } from './html-text.js';

const blockLevel = new Set(
  'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header hgroup html legend li main nav p search section summary tbody td tfoot th thead tr'.split(
    ' ',
  ),
);

/** Deeper than any page that a person wrote; what lies below is taken as one text. */
const deepest = 400;

/** What to make blocks of. */
export interface HtmlBlockOptions {
  /** Whether navigation and the page's footer stay. Default: false. */
  keepSiteParts?: boolean;
}

/** The blocks below a node, in reading order. */
export function htmlBlocks(root: HtmlNode, options: HtmlBlockOptions = {}): Block[] {
  const builder = new BlockBuilder(options);
  builder.children(root, 0);
  builder.flush();
  return builder.blocks;
}

class BlockBuilder {
  readonly blocks: Block[] = [];
  /** Inline text of the paragraph that is being read. */
  private gathered = '';

  constructor(private readonly options: HtmlBlockOptions) {}

  children(node: HtmlNode, depth: number): void {
    for (const child of childrenOf(node)) this.node(child, depth);
  }

  /** Ends the paragraph that is being read. */
  flush(): void {
    for (const text of paragraphsOf(this.gathered)) this.blocks.push({ type: 'paragraph', text });
    this.gathered = '';
  }

  private node(node: HtmlNode, depth: number): void {
    if (node.nodeType === 3) {
      this.gathered += node.data ?? '';
      return;
    }
    if (node.nodeType !== 1 || isHidden(node)) return;
    if (!this.options.keepSiteParts && isSitePart(node)) return;
    if (depth > deepest) {
      this.gathered += ` ${node.textContent ?? ''} `;
      return;
    }
    this.element(node, node.localName ?? '', depth);
  }

  private element(node: HtmlNode, name: string, depth: number): void {
    const level = headingLevel(node, name);
    if (level !== undefined) {
      this.heading(node, level, depth);
      return;
    }
    switch (name) {
      case 'br':
        this.gathered += lineBreak;
        return;
      case 'wbr':
      case 'img':
        return;
      case 'hr':
        this.flush();
        return;
      case 'sup':
      case 'sub':
        this.gathered += scriptText(this.inlineText(node, depth), name);
        return;
      case 'math':
        this.gathered += formulaText(node);
        return;
      case 'q':
        this.gathered += `“${this.inlineText(node, depth)}”`;
        return;
      case 'pre':
      case 'listing':
      case 'xmp': {
        this.flush();
        const text = preformattedText(node);
        if (text.trim() !== '') this.blocks.push({ type: 'paragraph', text });
        return;
      }
      case 'ul':
      case 'ol':
      case 'menu':
      case 'dir':
        this.flush();
        this.list(node, depth);
        return;
      case 'dl':
        this.flush();
        this.definitions(node, depth);
        return;
      case 'table':
        this.flush();
        this.table(node, depth);
        return;
      default: {
        const isBlock = blockLevel.has(name);
        if (isBlock) this.flush();
        this.children(node, depth + 1);
        if (isBlock) this.flush();
      }
    }
  }

  private heading(node: HtmlNode, level: number, depth: number): void {
    this.flush();
    const text = this.inlineText(node, depth);
    if (text !== '') this.blocks.push({ type: 'heading', level, text });
  }

  /** What stands below a node, as blocks of its own. */
  private inside(node: HtmlNode, depth: number): Block[] {
    const builder = new BlockBuilder(this.options);
    builder.children(node, depth + 1);
    builder.flush();
    return builder.blocks;
  }

  /** A node itself, as blocks of its own. */
  private itself(node: HtmlNode, depth: number): Block[] {
    const builder = new BlockBuilder(this.options);
    builder.node(node, depth + 1);
    builder.flush();
    return builder.blocks;
  }

  private inlineText(node: HtmlNode, depth: number): string {
    return oneText(this.inside(node, depth));
  }

  /** Items of nested lists follow the item that they stand under; tables inside items follow the list. */
  private list(node: HtmlNode, depth: number): void {
    const parts = [...childrenOf(node)]
      .filter((child) => child.nodeType === 1 && !isHidden(child))
      .map((child) =>
        /^(?:ul|ol|menu|dir|table)$/.test(child.localName ?? '')
          ? this.itself(child, depth)
          : this.inside(child, depth),
      );
    if (parts.some(isCard)) {
      this.blocks.push(...parts.flat());
      return;
    }
    const items: string[] = [];
    const tables: Block[] = [];
    for (const part of parts) {
      const own = oneText(part.filter(({ type }) => type === 'paragraph' || type === 'heading'));
      if (own !== '') items.push(own);
      for (const block of part) {
        if (block.type === 'list') items.push(...block.items);
        else if (block.type === 'table') tables.push(block);
      }
    }
    if (items.length > 0) this.blocks.push({ type: 'list', items });
    this.blocks.push(...tables);
  }

  private definitions(node: HtmlNode, depth: number): void {
    const items: string[] = [];
    const others: Block[] = [];
    let term: string | undefined;
    const read = (parent: HtmlNode): void => {
      for (const child of childrenOf(parent)) {
        if (child.nodeType !== 1 || isHidden(child)) continue;
        if (child.localName === 'div') read(child);
        else if (child.localName === 'dt') {
          if (term) items.push(term);
          term = this.inlineText(child, depth);
        } else {
          const inside = this.inside(child, depth);
          const text = oneText(inside.filter(({ type }) => type !== 'table'));
          if (text !== '') items.push(term ? `${term.replace(/:$/, '')}: ${text}` : text);
          others.push(...inside.filter(({ type }) => type === 'table'));
          term = undefined;
        }
      }
    };
    read(node);
    if (term) items.push(term);
    if (items.length > 0) this.blocks.push({ type: 'list', items });
    this.blocks.push(...others);
  }

  private table(node: HtmlNode, depth: number): void {
    const found = tableRows(node, (cell) => this.inside(cell, depth));
    for (const block of found) {
      const last = this.blocks.at(-1);
      // Filings set every bullet as a table of its own.
      if (block.type === 'list' && block.bulleted && last?.type === 'list') last.items.push(...block.items);
      else if (block.type === 'list') this.blocks.push({ type: 'list', items: block.items });
      else this.blocks.push(block);
    }
  }
}

function headingLevel(node: HtmlNode, name: string): number | undefined {
  if (/^h[1-6]$/.test(name)) return Number(name[1]);
  if (node.getAttribute('role') !== 'heading') return undefined;
  const level = Number(node.getAttribute('aria-level') ?? 2);
  return Number.isInteger(level) && level >= 1 ? Math.min(level, 6) : 2;
}

/** A list item that is a small page of its own. */
function isCard(inside: readonly Block[]): boolean {
  const texts = inside.filter(({ type }) => type === 'paragraph');
  return inside.some(({ type }) => type === 'heading') && texts.length > 0
    ? true
    : texts.length > 1 && oneText(texts).length > 500;
}

/** The texts of blocks as one line. */
export function oneText(blocks: readonly Block[]): string {
  return blocks
    .flatMap((block) =>
      block.type === 'list' ? block.items : block.type === 'table' ? block.rows.flat() : block.text,
    )
    .map((text) => text.replaceAll('\n', ' '))
    .join(' ')
    .trim();
}
