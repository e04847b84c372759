/**
 * Finds many words and phrases in one pass over a text.
 * @module
 */

/** A phrase as its words; the last one may stand for any ending. */
interface Phrase {
  words: string[];
  open: boolean;
  owner: number;
}

const wordPattern = /[\p{L}\p{N}]+/gu;
/** Scripts that write no spaces between words. */
const dense = /[\u2e80-\ud7ff]/;

/** Looks for the phrases of several owners at once. */
export class PhraseFinder {
  private readonly byFirst = new Map<string, Phrase[]>();
  /** Phrases of one word with any ending, by their beginning, and the lengths of those beginnings. */
  private readonly byBeginning = new Map<string, Phrase[]>();
  private readonly lengths: number[] = [];
  private readonly texts: { text: string; owner: number }[] = [];

  /** @param phrases words and phrases of each owner; a `*` at the end stands for any ending */
  constructor(phrases: readonly (readonly string[])[]) {
    phrases.forEach((list, owner) => {
      for (const text of list) this.add(text.toLowerCase().trim(), owner);
    });
  }

  private add(text: string, owner: number): void {
    const open = text.endsWith('*');
    const words = text.match(wordPattern) ?? [];
    const [first] = words;
    if (first === undefined || dense.test(text)) {
      const literal = text.replace(/\*$/, '');
      if (literal !== '') this.texts.push({ text: literal, owner });
      return;
    }
    const phrase = { words, open, owner };
    if (open && words.length === 1) {
      put(this.byBeginning, first, phrase);
      if (!this.lengths.includes(first.length)) this.lengths.push(first.length);
    } else put(this.byFirst, first, phrase);
  }

  /** Numbers of the owners that have a phrase in the text. */
  find(text: string): Set<number> {
    const found = new Set<number>();
    const lower = text.toLowerCase();
    for (const { text: literal, owner } of this.texts) if (lower.includes(literal)) found.add(owner);
    if (this.byFirst.size === 0 && this.byBeginning.size === 0) return found;
    const words = lower.match(wordPattern) ?? [];
    words.forEach((word, at) => {
      for (const phrase of this.byFirst.get(word) ?? []) {
        if (!found.has(phrase.owner) && continues(phrase, words, at)) found.add(phrase.owner);
      }
      for (const length of this.lengths) {
        if (word.length < length) continue;
        for (const { owner } of this.byBeginning.get(word.slice(0, length)) ?? []) found.add(owner);
      }
    });
    return found;
  }
}

function put(map: Map<string, Phrase[]>, key: string, phrase: Phrase): void {
  const list = map.get(key);
  if (list) list.push(phrase);
  else map.set(key, [phrase]);
}

function continues({ words, open }: Phrase, text: readonly string[], at: number): boolean {
  for (let n = 1; n < words.length; n++) {
    const word = text[at + n];
    if (word === undefined) return false;
    const last = open && n === words.length - 1;
    if (last ? !word.startsWith(words[n]!) : word !== words[n]) return false;
  }
  return true;
}
