/**
 * Whether what an answer quotes stands in the text word for word.
 * @module
 */
import { documentOf, questionOf } from './given-text.js';
import { quotationAt, quotedLines } from './quotation-marks.js';
import { isRefusal } from './refusal.js';
import type { Scorer } from './scorer.js';

/** What counts as a quotation, and how strict the comparison is. */
export interface QuotationSettings {
  /** What is quoted: passages in quotation marks, or the answer as a whole (its own marks left aside). */
  of: 'marks' | 'answer';
  /** Whether dots may stand for words that are left out. */
  ellipsis: boolean;
}

/** Characters of an answer that are looked at. */
const readLength = 20_000;
/** A quotation of fewer words may be a term that the question names. */
const fewWords = 3;

/**
 * Scorer `verbatim_quotation`: 1 where every passage that the answer quotes stands in the item's context, word for word.
 *
 * White space, the kind of quotation marks and dashes, the case of the first letter and a punctuation mark at the end may differ,
 * nothing else. Dots (`...`, `[…]`) may stand for words that are left out: the parts have to follow each other in the text, and what is
 * left out of their sentences may not hold a negation or an exception, which would turn the meaning around. A quotation that ends inside
 * a word is none.
 *
 * Undefined without a context, where neither answer nor reference quotes anything, and, of whole answers, where the reference
 * declines. An answer that quotes nothing is wrong where the reference quotes.
 */
export function verbatimQuotation({
  of = 'marks',
  ellipsis = true,
}: Partial<QuotationSettings> = {}): Scorer {
  return {
    name: 'verbatim_quotation',
    score({ text }, item) {
      const document = documentOf(item);
      if (document === undefined) return undefined;
      if (of === 'answer' && isRefusal(item.reference.text)) return undefined;
      const within = plain(document);
      const asked = plain(questionOf(item));
      const stands = (passage: string): boolean =>
        isQuoted(passage, within, ellipsis) ||
        (wordCount(passage) < fewWords && isQuoted(passage, asked, false));
      const answer = text.slice(0, readLength).replaceAll('**', '').trim();
      if (of === 'answer') return Number(answer !== '' && (stands(answer) || stands(withoutMarks(answer))));
      const quotations = findQuotations(answer, stands);
      if (quotations.length > 0) return Number(quotations.every(({ verbatim }) => verbatim));
      return findQuotations(item.reference.text, () => true).length > 0 ? 0 : undefined;
    },
  };
}

/** The passages that a text quotes, and whether each stands in what `stands` knows. */
function findQuotations(
  text: string,
  stands: (passage: string) => boolean,
): { text: string; verbatim: boolean }[] {
  const { passages, rest } = quotedLines(text);
  const found = passages
    .filter((passage) => wordCount(passage) > 0)
    .map((passage) => ({ text: passage, verbatim: stands(passage) || stands(withoutMarks(passage)) }));
  for (let at = 0; at < rest.length; ) {
    const readings = quotationAt(rest, at)?.readings.filter((reading) => wordCount(reading.text) > 0);
    const [nearest] = readings ?? [];
    if (!readings || !nearest) {
      at++;
      continue;
    }
    const right = readings.find((reading) => stands(reading.text));
    found.push({ text: (right ?? nearest).text, verbatim: right !== undefined });
    at = (right ?? nearest).end;
  }
  return found;
}

function withoutMarks(text: string): string {
  return text.trim().replace(/^["'“”„‘’«»‹›]|["'“”„‘’«»‹›]$/g, '');
}

const wordCount = (text: string): number => text.match(/[\p{L}\d]+/gu)?.length ?? 0;

/** A text without differences that a reader would not call a change of words. */
function plain(text: string): string {
  return (
    text
      .normalize('NFKC')
      // Marks within a quotation are written as single ones by custom.
      .replace(/["“”„«»″‘’‚′`‹›]/g, "'")
      .replace(/[‐‑‒–—−]/g, '-')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

const omission = /\[ ?\.{3} ?\]|\( ?\.{3} ?\)|\.{3,}/;
const turning =
  /\b(?:no|not|never|nor|neither|none|nothing|cannot|except|excluding|unless|without|only)\b|n't\b/i;

/** Whether a passage stands in a text; both are brought into the form of {@link plain}. */
function isQuoted(passage: string, within: string, ellipsis: boolean): boolean {
  // An editor's brackets around a letter whose case was changed: "[t]he buyer".
  const words = plain(passage).replace(/^\[(\p{L})\]/u, '$1');
  if (findWords(words, within, 0)) return true;
  if (!ellipsis || !omission.test(words)) return false;
  const parts = words
    .split(omission)
    .map((part) => part.trim())
    .filter((part) => wordCount(part) > 0);
  let last: Place | undefined;
  for (const part of parts) {
    const found: Place | undefined = findWords(part, within, last?.end ?? 0);
    if (!found || (last && turns(within.slice(last.end, found.start)))) return false;
    last = found;
  }
  return last !== undefined;
}

/** Whether what is left out belongs to the sentences around it and turns their meaning. */
function turns(leftOut: string): boolean {
  const sentences = leftOut.split(/[.!?] /);
  return turning.test(sentences[0]!) || turning.test(sentences.at(-1)!);
}

interface Place {
  start: number;
  end: number;
}

/** The first place of the words at or after a position, as whole words. */
function findWords(words: string, within: string, from: number): Place | undefined {
  const bare = words.replace(/[.,;:!?]{1,3}$/, '').trim();
  const wanted = bare === '' ? words : bare;
  const first = wanted[0]!;
  const other = first === first.toLowerCase() ? first.toUpperCase() : first.toLowerCase();
  const places = [wanted, other + wanted.slice(1)]
    .map((text) => wholeWords(text, within, from))
    .filter((start) => start >= 0);
  if (places.length === 0) return undefined;
  const start = Math.min(...places);
  return { start, end: start + wanted.length };
}

function wholeWords(words: string, within: string, from: number): number {
  const glued = (inner: string, outer: string): boolean =>
    /[\p{L}\d]/u.test(inner) && /[\p{L}\d]/u.test(outer);
  for (let at = within.indexOf(words, from); at >= 0; at = within.indexOf(words, at + 1)) {
    const before = within[at - 1] ?? ' ';
    const after = within[at + words.length] ?? ' ';
    // Neither 30 nor 5 stands in 30.5.
    const cutBefore = /\d[.,]$/.test(within.slice(Math.max(0, at - 2), at)) && /^\d/.test(words);
    const cut = /^[.,]\d/.test(within.slice(at + words.length, at + words.length + 2));
    if (
      !glued(words[0]!, before) &&
      !glued(words.at(-1)!, after) &&
      !(cut && /\d$/.test(words)) &&
      !cutBefore
    )
      return at;
  }
  return -1;
}
