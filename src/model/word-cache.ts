/**
 * Encodes texts word by word, each different word once: the words of a domain repeat, and looking a word up is much
 * cheaper than encoding it again and taking it over from the native package.
 * @module
 */
import { visitWords, type WordSplitter } from './byte-level-words.js';
import type { Encoding } from './tokenizer.js';

/** Encodes texts that are no part of others. */
export type EncodeTexts = (texts: string[]) => Promise<Encoding[]>;

/** Characters of a word that is still kept: longer ones are rarely words. */
const longestWord = 48;
/** Words that are kept, some 100 MB; then the cache begins anew. */
const mostWords = 500_000;

/** Encodes with what was encoded before. */
export class WordCache {
  private words = new Map<string, Encoding>();

  constructor(
    private readonly splitter: WordSplitter,
    private readonly encodeTexts: EncodeTexts,
  ) {}

  /** The same as encoding each text as a whole. */
  async encodeBatch(texts: readonly string[]): Promise<Encoding[]> {
    const parts: (Encoding | number)[] = [];
    const starts: number[] = [];
    const missing = new Map<string, number>();
    const need = (word: string): void => {
      let number = missing.get(word);
      if (number === undefined) {
        number = missing.size;
        missing.set(word, number);
      }
      parts.push(number);
    };
    const takePart = (text: string, from: number, to: number): void => {
      const begun = parts.length;
      const sure = visitWords(this.splitter, text, from, to, (start, end) => {
        const word = text.slice(start, end);
        const known = this.words.get(word);
        if (known) parts.push(known);
        else need(word);
      });
      if (sure) return;
      parts.length = begun;
      need(text.slice(from, to));
    };
    for (const text of texts) {
      starts.push(parts.length);
      let done = 0;
      for (const found of this.splitter.added ? text.matchAll(this.splitter.added) : []) {
        if (found.index > done) takePart(text, done, found.index);
        takeWord(this.words, found[0], parts, need);
        done = found.index + found[0].length;
      }
      if (done < text.length) takePart(text, done, text.length);
    }
    starts.push(parts.length);
    const encoded = missing.size > 0 ? await this.encodeTexts([...missing.keys()]) : [];
    this.keep(missing, encoded);
    return texts.map((_, i) => join(parts, starts[i]!, starts[i + 1]!, encoded));
  }

  private keep(missing: ReadonlyMap<string, number>, encoded: readonly Encoding[]): void {
    if (this.words.size + missing.size > mostWords) this.words = new Map();
    for (const [word, number] of missing) {
      if (word.length > longestWord) continue;
      const { ids, offsets } = encoded[number]!;
      // A slice would hold its whole text in memory.
      this.words.set(Buffer.from(word).toString(), { ids, offsets });
    }
  }
}

function takeWord(
  words: ReadonlyMap<string, Encoding>,
  word: string,
  parts: (Encoding | number)[],
  need: (word: string) => void,
): void {
  const known = words.get(word);
  if (known) parts.push(known);
  else need(word);
}

/** The encodings one after the other; offsets are made when they are asked for, since few need them. */
function join(
  parts: readonly (Encoding | number)[],
  from: number,
  to: number,
  encoded: readonly Encoding[],
): Encoding {
  const ids: number[] = [];
  for (let i = from; i < to; i++) {
    const part = parts[i]!;
    const added = (typeof part === 'number' ? encoded[part]! : part).ids;
    for (let k = 0; k < added.length; k++) ids.push(added[k]!);
  }
  return {
    ids,
    get offsets() {
      return joinOffsets(parts, from, to, encoded);
    },
  };
}

function joinOffsets(
  parts: readonly (Encoding | number)[],
  from: number,
  to: number,
  encoded: readonly Encoding[],
): [number, number][] {
  const offsets: [number, number][] = [];
  let shift = 0;
  for (let i = from; i < to; i++) {
    const part = parts[i]!;
    const added = (typeof part === 'number' ? encoded[part]! : part).offsets;
    for (const [start, end] of added) offsets.push([start + shift, end + shift]);
    shift += added.at(-1)![1];
  }
  return offsets;
}
