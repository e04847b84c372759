/**
 * Text of a page as a browser would lay it out: white space collapsed, `<br>` as line breaks.
 * @module
 */
import { childrenOf, type HtmlNode, isHidden } from './html-dom.js';

/** Stands for `<br>` while text is gathered; parsing takes such characters out of the page's own text. */
export const lineBreak = '\0';

const raised = new Map([...'0123456789+-−()n'].map((plain, i) => [plain, [...'⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ'][i]!]));
const lowered = new Map([...'0123456789+-−()'].map((plain, i) => [plain, [...'₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎'][i]!]));

/** `10<sup>6</sup>` must not read as 106: digits are raised, everything else stays as it is written. */
export function scriptText(text: string, name: string): string {
  const forms = name === 'sup' ? raised : lowered;
  const plain = [...text.trim()];
  if (plain.length === 0 || plain.length > 8 || plain.some((character) => !forms.has(character))) return text;
  return plain.map((character) => forms.get(character)).join('');
}

/** A formula as its source or as it is read aloud, where the page gives one. */
export function formulaText(node: HtmlNode): string {
  const open: HtmlNode[] = [node];
  while (open.length > 0) {
    const current = open.pop()!;
    if (current.localName === 'annotation' && /tex/i.test(current.getAttribute('encoding') ?? '')) {
      return current.textContent ?? '';
    }
    open.push(...childrenOf(current));
  }
  return node.getAttribute('alttext') ?? node.textContent ?? '';
}

/** Paragraphs of gathered text: one line break is one, two or more part paragraphs. */
export function paragraphsOf(gathered: string): string[] {
  return gathered
    .replace(/[ \t\r\n\f\u00a0]+/g, ' ')
    .split(/\0 ?(?:\0 ?)+/)
    .map((paragraph) =>
      paragraph
        .split(lineBreak)
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .join('\n'),
    )
    .filter((paragraph) => paragraph !== '');
}

/** Text whose spaces and lines are meant: without its common margin and empty ends. */
export function preformattedText(node: HtmlNode): string {
  const lines = rawText(node)
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd());
  while (lines.length > 0 && lines[0] === '') lines.shift();
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return lines.join('\n');
}

function rawText(node: HtmlNode): string {
  let text = '';
  const open: HtmlNode[] = [node];
  while (open.length > 0) {
    const current = open.pop()!;
    if (current.nodeType === 3) text += current.data ?? '';
    else if (current.localName === 'br') text += '\n';
    else if (current === node || (current.nodeType === 1 && !isHidden(current))) {
      open.push(...[...childrenOf(current)].reverse());
    }
  }
  return text;
}
