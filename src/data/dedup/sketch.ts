/**
 * What is kept of an item for finding its duplicates: a digest, keys of its bands, hashes of its shingles and numbers.
 * @module
 */
import type { DedupSettings } from '../../recipe/data/dedup.js';
import { type Item, itemText } from '../item.js';
import { type Bands, chooseBands } from './bands.js';
import { mix } from './hash.js';
import { IntegerList } from './integer-list.js';
import { conversationParts } from './item-parts.js';
import { MinHash } from './min-hash.js';
import { WordScanner } from './word-scanner.js';

/** Kinds of items; items of different forms are never duplicates of each other. */
export const form = { none: 0, text: 1, conversation: 2 } as const;

/** Parts of an item that are compared on their own: one of a text, three of a conversation. */
export const partsPerItem = 3;

/** Lists in an item's record: the shingles of each part, the numbers, the words of a short question. */
export const listsPerItem = partsPerItem + 2;

/** Words of a question in which every word counts. */
const shortQuestion = 40;

/** Sketches items one after the other, always into the same memory. */
export class Sketcher {
  readonly bands: Bands;
  /** See {@link form}. */
  form = 0;
  /** False where near-duplicates are not looked for: a text shorter than a shingle. */
  comparable = false;
  /** One key a band; equal for items that are worth comparing. */
  readonly keys: Int32Array;
  /** Shingles of the parts, numbers, and words of a short question, one after the other. */
  readonly record = new IntegerList(4096);
  /** Length of each of the {@link listsPerItem} lists of the record. */
  readonly lengths = new Uint32Array(listsPerItem);

  readonly #size: number;
  readonly #minHash: MinHash;
  readonly #signatures: Int32Array[];
  readonly #scanner = new WordScanner();
  /** Numbers and operators of question and answer, until every shingle has been written. */
  readonly #pending = new IntegerList(64);
  readonly #questionWords = new IntegerList(shortQuestion);

  constructor({ shingle_size, num_perm, threshold }: DedupSettings) {
    this.#size = shingle_size;
    this.#minHash = new MinHash(num_perm);
    this.bands = chooseBands(num_perm, threshold);
    this.keys = new Int32Array(this.bands.bands);
    this.#signatures = Array.from({ length: partsPerItem }, () => new Int32Array(this.#minHash.size));
  }

  /** 128-bit hash of the normalised item. */
  get digest(): Int32Array {
    return this.#scanner.digest;
  }

  /** Replaces the sketch by that of `item`. */
  sketch(item: Item): void {
    this.record.length = 0;
    this.lengths.fill(0);
    if (item.messages) this.#conversation(item, item.messages);
    else this.#text(itemText(item));
  }

  #text(text: string): void {
    const scanner = this.#scanner;
    this.form = form.text;
    scanner.reset(form.text);
    scanner.scan(text);
    this.comparable = scanner.words.length >= this.#size;
    this.#addPart(0);
    this.#addList(partsPerItem, scanner.numbers);
    this.#writeKeys([0], 0);
  }

  #conversation(item: Item, messages: NonNullable<Item['messages']>): void {
    const scanner = this.#scanner;
    this.form = form.conversation;
    this.comparable = true;
    const { context, question, answer } = conversationParts(item);
    // The digest is that of the messages, which the parts alone do not tell.
    scanner.reset(form.conversation);
    for (const { role, content } of messages) {
      scanner.separate(role.charCodeAt(0));
      scanner.scan(content);
    }
    const digest = scanner.digest.slice();
    let numbersKey = 0;
    for (const [part, text] of [context, question, answer].entries()) {
      scanner.clear();
      scanner.scan(text);
      this.#addPart(part);
      if (part === 1 && scanner.words.length <= shortQuestion)
        for (const word of scanner.words.values.subarray(0, scanner.words.length))
          this.#questionWords.push(word);
      if (part > 0) numbersKey = mix(numbersKey ^ this.#pendNumbers(part));
    }
    this.#addList(partsPerItem, this.#pending);
    this.#addList(partsPerItem + 1, this.#questionWords);
    this.#pending.length = 0;
    this.#questionWords.length = 0;
    scanner.digest.set(digest);
    this.#writeKeys([0, 1, 2], numbersKey);
  }

  /** Sets aside the different numbers and operators of a part in a fixed order; gives a hash of them. */
  #pendNumbers(part: number): number {
    const { numbers, operators } = this.#scanner;
    for (let i = 0; i < operators.length; i++) numbers.push(operators.values[i]!);
    let hash = part;
    let previous: number | undefined;
    for (const number of numbers.values.slice(0, numbers.length).sort()) {
      if (number === previous) continue;
      previous = number;
      this.#pending.push(mix(number ^ part));
      hash = mix(hash ^ number);
    }
    return hash;
  }

  /** Shingles of `#size` words; a part of fewer words is one shingle. */
  #addPart(part: number): void {
    const { values, length } = this.#scanner.words;
    const { record } = this;
    const start = record.length;
    if (length > 0) {
      const size = Math.min(this.#size, length);
      const count = length - size + 1;
      record.reserve(start + count);
      for (let first = 0; first < count; first++) {
        let hash = size;
        for (let word = first; word < first + size; word++)
          hash = Math.imul(((hash << 13) | (hash >>> 19)) ^ values[word]!, 0x9e3779b1);
        record.values[start + first] = mix(hash);
      }
      record.length = start + count;
    }
    this.lengths[part] = record.length - start;
    this.#minHash.sign(record.values, start, record.length, this.#signatures[part]!);
  }

  #addList(list: number, { values, length }: IntegerList): void {
    for (let i = 0; i < length; i++) this.record.push(values[i]!);
    this.lengths[list] = length;
  }

  /**
   * The rows of a band are taken from the parts in turn, so that a band agrees only where every part is similar: many
   * questions on one table, or one question on many tables, do not meet.
   */
  #writeKeys(parts: readonly number[], seed: number): void {
    const { bands, rows } = this.bands;
    for (let band = 0; band < bands; band++) {
      let key = mix(seed ^ this.form);
      for (let row = band * rows; row < (band + 1) * rows; row++)
        key = mix(key ^ this.#signatures[parts[row % parts.length]!]![row]!);
      this.keys[band] = key;
    }
  }
}
