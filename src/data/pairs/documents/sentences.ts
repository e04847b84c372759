/**
 * Sentences of a text.
 * @module
 */

/** Words that end in a full stop without ending a sentence. */
const abbreviations = new Set(
  'mr mrs ms dr prof sr jr st no nos vs inc ltd co corp llc plc approx fig figs eq sec secs art al est dept div ext vol ed eds pp p cf e.g i.e viz resp gen gov rev jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k e.u a.m p.m ph.d bros'.split(
    ' ',
  ),
);

/**
 * The sentences of a text, white space around them removed. A stop ends a sentence where white space and something
 * that may begin one follow it, and no abbreviation or initial stands before it; a blank line ends one too, a line break does not.
 */
export function sentences(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap(paragraphSentences);
}

function paragraphSentences(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  const end = /[.!?][)\]"”’']{0,2}(?=\s)/g;
  for (let match = end.exec(text); match; match = end.exec(text)) {
    const after = match.index + match[0].length;
    const next = /\S/.exec(text.slice(after, after + 40))?.[0] ?? '';
    if (!/[\p{Lu}\d“"‘'([$€£•–-]/u.test(next)) continue;
    if (match[0] === '.' && isAbbreviation(text.slice(Math.max(start, match.index - 12), match.index)))
      continue;
    found.push(text.slice(start, after));
    start = after;
  }
  found.push(text.slice(start));
  return found.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
}

/** Whether the word at the end of `before` is an abbreviation or an initial. */
function isAbbreviation(before: string): boolean {
  const word = before.slice(before.search(/[^\s([“"]*$/));
  return /^\p{Lu}$/u.test(word) || /^(?:\p{L}\.)+\p{L}$/u.test(word) || abbreviations.has(word.toLowerCase());
}
