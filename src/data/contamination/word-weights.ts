/**
 * How much a word says about where a text comes from: its inverse document frequency over the held-out texts.
 * @module
 */
import { WordKind } from './words.js';

/**
 * Texts that every count is mixed with, so that a benchmark of ten items isn't taken for the language: a held-out set
 * of a thousand texts outweighs it.
 */
const imaginedTexts = 500;
/** Share of the imagined texts that hold a word, by its kind. */
const imaginedShare: Record<WordKind, number> = {
  [WordKind.word]: 0.002,
  [WordKind.functionWord]: 0.4,
  [WordKind.shortNumber]: 0.15,
  [WordKind.figure]: 0.002,
};

/** Counts in how many texts each word stands; an open-addressing table, so that millions of words stay cheap. */
export class WordFrequencies {
  private keys = new Uint32Array(1 << 16);
  private counts = new Uint32Array(1 << 16);
  private lastText = new Uint32Array(1 << 16);
  private size = 0;
  /** Texts so far. */
  texts = 0;

  /** Begins a text: words that are added until the next call count once. */
  nextText(): void {
    this.texts++;
  }

  add(word: number): void {
    const place = this.find(word);
    if (this.counts[place] === 0) {
      this.keys[place] = word;
      this.size++;
    }
    if (this.lastText[place] === this.texts) return;
    this.lastText[place] = this.texts;
    this.counts[place]!++;
    if (this.size * 2 > this.keys.length) this.grow();
  }

  /** In nats: minus the logarithm of the share of texts that hold the word. */
  weight(word: number, kind: WordKind): number {
    const count = this.counts[this.find(word)]!;
    return Math.log((this.texts + imaginedTexts) / (count + imaginedTexts * imaginedShare[kind]));
  }

  private find(word: number): number {
    const mask = this.keys.length - 1;
    let place = word & mask;
    while (this.counts[place] !== 0 && this.keys[place] !== word) place = (place + 1) & mask;
    return place;
  }

  private grow(): void {
    const { keys, counts, lastText } = this;
    this.keys = new Uint32Array(keys.length * 2);
    this.counts = new Uint32Array(keys.length * 2);
    this.lastText = new Uint32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      if (counts[i] === 0) continue;
      const place = this.find(keys[i]!);
      this.keys[place] = keys[i]!;
      this.counts[place] = counts[i]!;
      this.lastText[place] = lastText[i]!;
    }
  }
}
