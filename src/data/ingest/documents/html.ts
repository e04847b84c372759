/**
 * Web pages: the article where there is one, else the whole page without the parts of the site.
 * @module
 */
import { Readability } from '@mozilla/readability';
import { AttuneError } from '../../../errors.js';
import type { Block, ParsedDocument } from '../../document.js';
import { htmlBlocks, oneText } from './html-blocks.js';
import { depthOf, elementsOf, type HtmlNode, parseHtml, removeHidden } from './html-dom.js';
import { fileKind, readSource, wrongKind } from './source-bytes.js';
import { decodeText } from './text-encoding.js';

/** A page of more elements is a report or a listing, which readability would only cut. */
const mostArticleElements = 10_000;

/** Readability's work grows with the square of the depth. */
const deepestArticle = 150;

/** Characters of a page below which nothing is taken away from it. */
const smallestArticle = 1000;

/** An article has to keep this share of the page's text outside links, or something was lost with the frame. */
const articleShare = 0.5;

/** From this share of the text in tables on, a page is data and no article. */
const tableShare = 0.3;

/**
 * Reads a web page. Nothing is fetched and nothing is executed: what scripts would have written is not there.
 *
 * @throws AttuneError when the file is empty or no text
 */
export async function readHtml(file: string): Promise<ParsedDocument> {
  const bytes = await readSource(file);
  const kind = fileKind(bytes);
  if (kind !== 'html' && kind !== 'text') throw wrongKind(file, kind, '.html');
  const { text, warning } = decodeText(bytes, declaredEncoding(bytes));
  if (!/<[a-z!][^>]*>/i.test(text)) throw wrongKind(file, 'text', '.html');
  const document = parseHtml(text);
  removeHidden(document);
  const whole = htmlBlocks(document);
  const title = pageTitle(document);
  const article = wantsArticle(whole, document) ? articleOf(text, whole, document) : undefined;
  const blocks = article ?? whole;
  if (blocks.length === 0) {
    throw new AttuneError('holds no text that people would see', {
      file,
      fix: 'save the page from the browser after it has loaded (as complete page), or remove the file',
    });
  }
  return { ...(title ? { title } : {}), blocks, warnings: warning ? [warning] : [] };
}

/** The encoding that a page names in its first bytes, as browsers look for it. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 4096)).toString('latin1');
  const xml = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w:.-]+)["']/i.exec(head);
  const meta = /<meta\s[^>]*charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(head);
  return meta?.[1] ?? xml?.[1];
}

function pageTitle(document: HtmlNode): string | undefined {
  const text = (name: string): string =>
    (elementsOf(document, [name])[0]?.textContent ?? '').replace(/\s+/g, ' ').trim();
  return text('title') || text('h1') || undefined;
}

const size = (blocks: readonly Block[]): number =>
  blocks.reduce((sum, block) => sum + oneText([block]).length, 0);

function wantsArticle(whole: readonly Block[], document: HtmlNode): boolean {
  const tables = whole.filter(({ type }) => type === 'table');
  if (size(tables) > size(whole) * tableShare) return false;
  if (size(whole) < smallestArticle || depthOf(document) > deepestArticle) return false;
  return elementsOf(document, ['p', 'div', 'td', 'li', 'span', 'a', 'section']).length <= mostArticleElements;
}

/** Letters outside links: navigation is mostly links, text is not. */
function plainSize(root: HtmlNode): number {
  const links = elementsOf(root, ['a']).reduce(
    (sum, link) => sum + (link.textContent ?? '').trim().length,
    0,
  );
  return size(htmlBlocks(root)) - links;
}

/** The article of a page, or nothing where that would lose text or tables. */
function articleOf(html: string, whole: readonly Block[], document: HtmlNode): Block[] | undefined {
  // Readability takes the tree apart, so it gets one of its own.
  const copy = parseHtml(html);
  removeHidden(copy);
  let content: HtmlNode | null | undefined;
  try {
    content = new Readability<HtmlNode>(copy as never, {
      maxElemsToParse: mostArticleElements,
      charThreshold: 250,
      serializer: (node) => node as unknown as HtmlNode,
    }).parse()?.content;
  } catch {
    // It gives up on pages that are built in a way it does not know; the whole page is still there.
    return undefined;
  }
  if (!content) return undefined;
  const blocks = htmlBlocks(content);
  const tables = (list: readonly Block[]): number => list.filter(({ type }) => type === 'table').length;
  if (tables(blocks) < tables(whole)) return undefined;
  if (plainSize(content) < plainSize(document) * articleShare) return undefined;
  return withHeadings(blocks, whole);
}

/** Readability takes the page's main heading out of the article and sets other first headings lower. */
function withHeadings(blocks: readonly Block[], whole: readonly Block[]): Block[] {
  const headings = whole.filter((block) => block.type === 'heading');
  const levels = new Map(headings.map(({ text, level }) => [text, level]));
  const restored = blocks.map((block) =>
    block.type === 'heading' ? { ...block, level: levels.get(block.text) ?? block.level } : block,
  );
  const main = headings.find(({ level }) => level === 1);
  const isThere = restored.some((block) => block.type === 'heading' && block.text === main?.text);
  return main && !isThere ? [main, ...restored] : restored;
}
