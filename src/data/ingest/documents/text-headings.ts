/**
 * Headings of plain text, by what people do to make them stand out.
 * @module
 */
import type { Block } from '../../document.js';

type Heading = Extract<Block, { type: 'heading' }>;

/** A text with a line of the same length of `=` or `-` below it. */
export function underlinedHeading(lines: readonly string[]): Heading | undefined {
  const [text = '', line = ''] = lines;
  const rule = /^\s*([=\-~_*^"])\1{2,}\s*$/.exec(line);
  const title = text.trim();
  if (!rule || title.length > 120 || !/\p{L}/u.test(title)) return undefined;
  const ratio = line.trim().length / title.length;
  if (ratio < 0.5 || ratio > 2) return undefined;
  return {
    type: 'heading',
    level: rule[1] === '=' || rule[1] === '*' ? 1 : 2,
    text: title.replace(/\s+/g, ' '),
  };
}

/** From these shares of capitals on, they mark nothing; a text of a few words may well be half heading. */
const capitalsEverywhere = { short: 0.9, long: 0.5 };
const longText = 300;

/** Whether a whole text is written in capitals. */
export function isMostlyCapitals(text: string): boolean {
  const sample = text.slice(0, 200_000);
  const capitals = sample.match(/\p{Lu}/gu)?.length ?? 0;
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  return capitals > letters * (letters < longText ? capitalsEverywhere.short : capitalsEverywhere.long);
}

const longest = 90;
const numbered = /^(\d{1,2}(?:\.\d{1,3}){0,4})\.?\s+(\S.*)$/;
const named =
  /^(?:chapter|part|section|article|item|appendix|annex|schedule|exhibit|note)\s+(?:\d{1,3}[a-z]?|[ivxlc]{1,6}|[a-z])\b[.:\s–—-]*/i;

/**
 * The heading that a line between blank lines is, if it is one: numbered, named by its kind (`Item 1A.`), or in
 * capitals. A line that ends like a sentence is none.
 *
 * @param next the line after the blank lines, which tells a heading from an item of a list
 * @param capitals whether the whole file is in capitals
 */
export function headingOf(line: string, next: string | undefined, capitals: boolean): Heading | undefined {
  const text = line.trim().replace(/\s+/g, ' ');
  if (next === undefined || text.length > longest || /[.,;:!?]$/.test(text.replace(/\betc\.$/, '')))
    return undefined;
  // Dots or a gap before a number: a line of the table of contents.
  if (/\.{4,}|(?:\. ){3,}/.test(text) || /\S\s{3,}\S*\d$/.test(line)) return undefined;
  const number = numbered.exec(text);
  if (number) {
    const title = number[2]!;
    const isTitle = /^[\p{Lu}\p{Lt}\p{Lo}]/u.test(title) && title.split(' ').length <= 12;
    const depth = number[1]!.split('.').length;
    // `1. Milk` before `2. Bread` is a list.
    const listed = depth === 1 && numbered.test(next.trim()) && !/^\d{1,2}\.\d/.test(next.trim());
    return isTitle && !listed ? { type: 'heading', level: Math.min(depth, 6), text } : undefined;
  }
  if (named.test(text) && /^\p{Lu}/u.test(text)) {
    const rest = text.replace(named, '');
    if (rest === '' || /^\p{Lu}/u.test(rest)) return { type: 'heading', level: 1, text };
  }
  if (capitals || text !== text.toUpperCase()) return undefined;
  const letters = text.match(/\p{Lu}/gu)?.length ?? 0;
  const digits = text.match(/\d/g)?.length ?? 0;
  return letters >= 4 && letters > digits * 2 ? { type: 'heading', level: 1, text } : undefined;
}
