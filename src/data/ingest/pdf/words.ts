/**
 * Joining the lines of a paragraph: words that were broken at the end of a line are made whole.
 * @module
 */

/** The words of a document, by which a broken word is told from a compound one. */
export class Vocabulary {
  readonly #words = new Set<string>();

  /** Adds the words of a line; the last piece of a broken word is none. */
  add(line: string): void {
    for (const word of line.toLowerCase().match(/\p{L}[\p{L}’'-]*/gu) ?? []) {
      if (!word.endsWith('-')) this.#words.add(word);
    }
  }

  has(word: string): boolean {
    return this.#words.has(word.toLowerCase());
  }
}

/**
 * Two lines as one text. A soft hyphen at the end of the first is taken away; a hyphen is taken away where the document
 * has the joined word elsewhere, and kept where it has the compound, or both halves as words.
 */
export function joinLines(first: string, second: string, vocabulary: Vocabulary): string {
  if (first.endsWith('\u00ad')) return first.slice(0, -1) + second;
  const head = /(\p{L}[\p{L}’'-]*)-$/u.exec(first.slice(-60))?.[1];
  const tail = /^\p{L}[\p{L}’'-]*/u.exec(second.slice(0, 60))?.[0];
  if (!head || !tail) return /\S[–—/]$/u.test(first) ? first + second : `${first} ${second}`;
  if (!/^\p{Ll}/u.test(tail)) return first + second;
  const joined = `${head}${tail}`;
  if (vocabulary.has(joined)) return first.slice(0, -1) + second;
  if (vocabulary.has(`${head}-${tail}`) || head.includes('-')) return first + second;
  const compound = vocabulary.has(head) && vocabulary.has(tail) && head.length > 2;
  return compound ? first + second : first.slice(0, -1) + second;
}

/** Soft hyphens inside a line are only for printing. */
export function withoutSoftHyphens(text: string): string {
  return text.replace(/\u00ad(?!$)/g, '');
}
