/**
 * Passages in quotation marks, of all kinds, and in quoted lines.
 * @module
 */

/** What closes a quotation that a mark opens, by the customs of English, German, French and others. */
const closers = new Map([
  ['“', '”"'],
  ['„', '“”"'],
  ['«', '»'],
  ['»', '«'],
  ['‹', '›'],
  ['"', '"'],
  ['‘', '’'],
  ["'", "'"],
  ['「', '」'],
]);

/** Longer passages than this are no quotations; a mark without a partner is none either. */
const longestQuotation = 4000;
/** Marks inside a quotation may be taken for its end, so that many are tried. */
const mostEnds = 8;

/** A passage that may be quoted: the mark that closes it may be the first one that fits, or a later one. */
export interface OpenQuotation {
  /** What stands between the marks, for each mark that may be the closing one, the nearest first. */
  readings: { text: string; end: number }[];
}

/** The quotation that begins at a place of a text; undefined where no mark opens one there. */
export function quotationAt(text: string, start: number): OpenQuotation | undefined {
  const mark = text[start]!;
  const ends = closers.get(mark);
  if (ends === undefined || !opens(text, start)) return undefined;
  const readings: OpenQuotation['readings'] = [];
  const last = Math.min(text.length, start + longestQuotation);
  for (let at = start + 1; at < last && readings.length < mostEnds; at++) {
    if (text.startsWith('\n\n', at)) break;
    if (ends.includes(text[at]!) && closes(text, at))
      readings.push({ text: text.slice(start + 1, at), end: at + 1 });
  }
  return readings.length > 0 ? { readings } : undefined;
}

/** Inches, feet and apostrophes stand behind a letter or a digit; opening marks do not. */
function opens(text: string, at: number): boolean {
  const before = text[at - 1] ?? ' ';
  const after = text[at + 1] ?? ' ';
  return /[\s([{—–:;,>*_/“‘„«"'-]/.test(before) && /\S/.test(after);
}

/** Apostrophes inside words are no closing marks. */
function closes(text: string, at: number): boolean {
  const before = text[at - 1] ?? ' ';
  const after = text[at + 1] ?? ' ';
  return /\S/.test(before) && !/[\p{L}\d]/u.test(after);
}

/** The passages that are quoted by `>` before their lines; lines that follow each other are one. */
export function quotedLines(text: string): { passages: string[]; rest: string } {
  const passages: string[] = [];
  const rest: string[] = [];
  let open = false;
  for (const line of text.split('\n')) {
    const quoted = /^\s{0,3}>\s?(.*)$/.exec(line)?.[1];
    if (quoted === undefined) rest.push(line);
    else if (open) passages.push(`${passages.pop()}\n${quoted}`);
    else passages.push(quoted);
    open = quoted !== undefined;
  }
  return { passages, rest: rest.join('\n') };
}
