/**
 * A web page as a tree, and which of its parts are text for people.
 * @module
 */
import { parseHTML } from 'linkedom';

/** The part of the DOM that readers use. */
export interface HtmlNode {
  /** 1: element, 3: text, 9: document, 11: fragment. */
  nodeType: number;
  /** Lower case; undefined for texts. */
  localName?: string;
  data?: string;
  textContent: string | null;
  firstChild: HtmlNode | null;
  nextSibling: HtmlNode | null;
  parentNode: HtmlNode | null;
  getAttribute(name: string): string | null;
  remove(): void;
}

/** Elements without text of the page: code, media, controls. */
const silent = new Set(
  'script style noscript template head title meta link svg canvas iframe object embed audio video source track map area button select option input textarea datalist progress meter dialog ix:header'.split(
    ' ',
  ),
);

/** Closing tags that XHTML may write short and HTML must not. */
const shortTags =
  /<((?:[a-z][\w-]*:)?[a-z][\w-]*)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*\/>/gi;
const voidTags = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i;

/** Parses a page or a piece of one; a document node is given, whatever tags the text lacks. */
export function parseHtml(html: string): HtmlNode {
  let text = html.replaceAll('\0', '');
  if (/^\s*<\?xml/.test(text)) {
    text = text.replace(shortTags, (whole, name: string, attributes: string) =>
      voidTags.test(name) ? whole : `<${name}${attributes}></${name}>`,
    );
  }
  // The tree cannot be walked past a document type, and nothing is lost without it.
  text = text.replace(/^\s*<\?xml[^>]*>/, '').replace(/<!doctype[^>]*>/gi, '');
  if (!/<html[\s>]/i.test(text)) {
    text = /<body[\s>]/i.test(text)
      ? `<html>${text}</html>`
      : `<html><head></head><body>${text}</body></html>`;
  } else if (!/<body[\s>]/i.test(text)) {
    const head = /<\/head\s*>/i.test(text) ? /<\/head\s*>/i : /<html[^>]*>/i;
    text = text.replace(head, (tag) => `${tag}<body>`);
  }
  return (parseHTML(text) as unknown as { document: HtmlNode }).document;
}

/** How deep the elements of a tree are nested. */
export function depthOf(root: HtmlNode): number {
  let deepest = 0;
  const open: [HtmlNode, number][] = [[root, 0]];
  while (open.length > 0) {
    const [node, depth] = open.pop()!;
    deepest = Math.max(deepest, depth);
    for (const child of childrenOf(node)) if (child.nodeType === 1) open.push([child, depth + 1]);
  }
  return deepest;
}

/** The children of a node, one after the other. */
export function* childrenOf(node: HtmlNode): Generator<HtmlNode> {
  for (let child = node.firstChild; child; child = child.nextSibling) yield child;
}

/** The elements of a name below a node, in order, without those inside `barrier` elements. */
export function elementsOf(
  node: HtmlNode,
  names: readonly string[],
  barrier: readonly string[] = [],
): HtmlNode[] {
  const found: HtmlNode[] = [];
  const open: HtmlNode[] = [node];
  while (open.length > 0) {
    const current = open.pop()!;
    if (current !== node && current.localName && names.includes(current.localName)) found.push(current);
    if (current !== node && current.localName && barrier.includes(current.localName)) continue;
    const children = [...childrenOf(current)];
    for (let i = children.length - 1; i >= 0; i--) if (children[i]!.nodeType === 1) open.push(children[i]!);
  }
  return found;
}

/** Whether an element is no text for readers: code, controls, and what the page itself hides. */
export function isHidden(node: HtmlNode): boolean {
  if (silent.has(node.localName ?? '')) return true;
  if (node.getAttribute('hidden') !== null && node.getAttribute('hidden') !== 'false') return true;
  if (node.getAttribute('aria-hidden') === 'true') return true;
  const style = node.getAttribute('style');
  return style !== null && /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(style);
}

const pageParts = new Set(['navigation', 'banner', 'contentinfo', 'search', 'dialog', 'alertdialog', 'menu']);

/** Whether an element belongs to the site and not to the page: navigation, and the footer of the whole page. */
export function isSitePart(node: HtmlNode): boolean {
  if (node.localName === 'nav' || pageParts.has(node.getAttribute('role') ?? '')) return true;
  if (node.localName !== 'footer') return false;
  for (let above = node.parentNode; above; above = above.parentNode) {
    if (above.localName && /^(?:article|section|blockquote|main|figure)$/.test(above.localName)) return false;
  }
  return true;
}

/** Removes everything that is no text for readers. */
export function removeHidden(root: HtmlNode): void {
  const open: HtmlNode[] = [root];
  while (open.length > 0) {
    for (const child of [...childrenOf(open.pop()!)]) {
      if (child.nodeType !== 1) continue;
      if (isHidden(child) && child.localName !== 'head' && child.localName !== 'title') child.remove();
      else open.push(child);
    }
  }
}
