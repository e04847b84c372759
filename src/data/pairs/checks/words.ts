/**
 * Words of a text as the checks compare them.
 * @module
 */

/** Words that say nothing about a subject by themselves. */
const functionWords = new Set(
  'the a an and or but nor of in on at to for from by with without as is are was were be been being has have had do does did will would shall should may might can could must not no it its this that these those they them their there then than so such we our us you your he she his her i who whom whose which what when where why how if because while although though since until unless about above after again against all also any before below between both down during each either else ever every few further here into just more most much neither only other others over own per same some still through too under up very via whether within yet one two three according text state give says say'.split(
    ' ',
  ),
);

/** Lower-case words, hyphens and apostrophes inside them kept. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\d]+(?:[-'’][\p{L}\d]+)*/gu) ?? [];
}

/** Words that carry meaning, in order; repeated ones repeatedly. */
export function contentWords(text: string): string[] {
  return wordsOf(text).filter((word) => word.length > 2 && !/^\d+$/.test(word) && !functionWords.has(word));
}

/** Endings taken off, so that forms of one word agree: `increased`, `increases` and `increasing` are `increas`. */
export function stem(word: string): string {
  const base = word.replace(/['’]s$/, '');
  if (base.length <= 4) return base.replace(/s$/, '');
  const short = base
    .replace(/ies$/, 'y')
    .replace(/(?:ings?|ed|es|e|s)$/, '')
    .replace(/([^aeiou])\1$/, '$1');
  return short.length >= 3 ? short.replace(/y$/, 'i') : base;
}

/** Equal for texts that differ only in white space, quotes, dashes and capitals. */
export function normalised(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[“”„«»″]/g, '"')
    .replace(/[‘’‚′`]/g, "'")
    .replace(/[‐‑‒–—−]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Whether `text` holds `words` as whole words; white space, quotes, dashes, capitals and a stop at the end are left
 * aside. `12` does not stand in `$312 million`.
 */
export function holds(text: string, words: string): boolean {
  const wanted = normalised(words).replace(/^["'\s]{1,9}|["'.\s]{1,9}$/g, '');
  if (wanted === '') return true;
  const within = normalised(text);
  const glued = (inner: string, outer: string): boolean =>
    /[\p{L}\d]/u.test(inner) && /[\p{L}\d]/u.test(outer);
  for (let found = within.indexOf(wanted); found >= 0; found = within.indexOf(wanted, found + 1)) {
    const before = within[found - 1] ?? ' ';
    const after = within[found + wanted.length] ?? ' ';
    if (!glued(wanted[0]!, before) && !glued(wanted.at(-1)!, after)) return true;
  }
  return false;
}
