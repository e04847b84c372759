/**
 * Splits a text into words and numbers, as hashes, in one pass over its characters.
 *
 * Letter case, white space, invisible characters and compatible forms (NFKC: ligatures, full-width letters, composed
 * accents) make no difference. A word is a run of letters and digits; in scripts without spaces every character is one.
 * @module
 */
import { kind, kindOf, lowerOf } from './character-kinds.js';
import { mix } from './hash.js';
import { IntegerList } from './integer-list.js';

const operators = new Map<number, number>(
  [...'+-*/^<>=×÷≤≥'].map((operator) => [operator.charCodeAt(0), operator.charCodeAt(0)]),
);
for (const dash of '−–—') operators.set(dash.charCodeAt(0), '-'.charCodeAt(0));

const [hyphen, fullStop, comma, percent, closing, tab, blank] = [...'-.,%)\t '].map((c) =>
  c.charCodeAt(0),
) as [number, number, number, number, number, number, number];

/** What is found in the texts that were scanned since the last {@link WordScanner.reset}. */
export class WordScanner {
  /** Hashes of the words, in order; a number is one of them. */
  readonly words = new IntegerList();
  /**
   * Hashes of the numbers (every word with a digit), in order. The sign, the operator between two numbers and a
   * percent sign belong to it, so that `5 - 3` and `5 + 3`, or `5%` and `5`, differ.
   */
  readonly numbers = new IntegerList();
  /** The signs of arithmetic and comparison as code units, in order, without the hyphens of words. */
  readonly operators = new IntegerList();
  /** 128-bit hash of everything but white space: equal for texts that are equal after normalisation. */
  readonly digest = new Int32Array(4);

  /** Forgets words, numbers and operators; the digest goes on. */
  clear(): void {
    this.words.length = 0;
    this.numbers.length = 0;
    this.operators.length = 0;
  }

  /** Begins a new digest; `seed` sets apart what must never be equal. */
  reset(seed: number): void {
    this.clear();
    for (let lane = 0; lane < 4; lane++) this.digest[lane] = mix(seed + lane + 1);
  }

  /** Adds a mark between texts to the digest. */
  separate(mark: number): void {
    this.#digest(mix(mark), mark ^ 0x5bd1e995);
  }

  /** Adds a text. */
  scan(text: string): void {
    const lists = [this.words, this.numbers, this.operators];
    const lengths = lists.map(({ length }) => length);
    const [d0, d1, d2, d3] = this.digest;
    if (this.#scan(text, false)) return;
    for (const [index, list] of lists.entries()) list.length = lengths[index]!;
    this.digest.set([d0!, d1!, d2!, d3!]);
    this.#scan(text.normalize('NFKC'), true);
  }

  /** False when the text has to be normalised first. */
  #scan(text: string, isNormalised: boolean): boolean {
    const { length } = text;
    for (let i = 0; i < length; ) {
      const unit = text.charCodeAt(i);
      const first = kindOf(unit);
      if (first === kind.fold && !isNormalised) return false;
      switch (first) {
        case kind.space:
        case kind.ignored:
          i++;
          break;
        case kind.other:
          this.#digest(unit, 0x2545f491);
          i++;
          break;
        case kind.operator:
          if (!isHyphen(text, i)) this.operators.push(unit);
          this.#digest(unit, 0x2545f491);
          i++;
          break;
        case kind.single:
          this.#word(unit ^ 0x1b873593, unit);
          i++;
          break;
        case kind.high:
          this.#word((unit << 16) | (i + 1 < length ? text.charCodeAt(i + 1) : 0), unit);
          i += 2;
          break;
        default: {
          const end = this.#run(text, i, isNormalised);
          if (end < 0) return false;
          i = end;
        }
      }
    }
    return true;
  }

  /** A run of letters and digits from `start`; gives its end, or -1 when the text has to be normalised first. */
  #run(text: string, start: number, isNormalised: boolean): number {
    const { length } = text;
    let a = 0x811c9dc5 | 0;
    let b = 0x3c6ef372;
    let digits = false;
    let last = 0;
    let i = start;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      const current = kindOf(unit);
      if (current === kind.letter) {
        const lower = lowerOf(unit);
        a = Math.imul(a ^ lower, 0x01000193);
        b = Math.imul(((b << 5) | (b >>> 27)) ^ lower, 0x9e3779b1);
      } else if (current === kind.digit) {
        digits = true;
        a = Math.imul(a ^ unit, 0x01000193);
        b = Math.imul(((b << 5) | (b >>> 27)) ^ unit, 0x9e3779b1);
      } else if (current === kind.fold) {
        if (!isNormalised) return -1;
        a = Math.imul(a ^ unit, 0x01000193);
        b = Math.imul(((b << 5) | (b >>> 27)) ^ unit, 0x9e3779b1);
      } else if (current !== kind.ignored) {
        // A decimal point or thousands separator stands between two digits.
        const inside =
          last === kind.digit &&
          (unit === fullStop || unit === comma) &&
          i + 1 < length &&
          kindOf(text.charCodeAt(i + 1)) === kind.digit;
        if (!inside) break;
        a = Math.imul(a ^ unit, 0x01000193);
        b = Math.imul(((b << 5) | (b >>> 27)) ^ unit, 0x9e3779b1);
      }
      if (current !== kind.ignored) last = current;
    }
    if (digits) {
      const unit = i < length && text.charCodeAt(i) === percent ? percent : 0;
      this.numbers.push(mix(a ^ Math.imul(operatorBefore(text, start) + (unit << 16), 0x27d4eb2f)));
    }
    this.#word(a, b);
    return i;
  }

  #word(a: number, b: number): void {
    const hash = mix(a);
    this.words.push(hash);
    this.#digest(hash, b);
  }

  /** Mixes 64 bits into the digest (the rounds of MurmurHash3 x86-128 with two words each). */
  #digest(a: number, b: number): void {
    const { digest } = this;
    let d0 = digest[0]!;
    let d1 = digest[1]!;
    let d2 = digest[2]!;
    let d3 = digest[3]!;
    d0 ^= Math.imul(a, 0x239b961b);
    d0 = (((d0 << 19) | (d0 >>> 13)) + d1) | 0;
    d0 = (Math.imul(d0, 5) + 0x561ccd1b) | 0;
    d1 ^= Math.imul(b, 0xab0e9789);
    d1 = (((d1 << 17) | (d1 >>> 15)) + d2) | 0;
    d1 = (Math.imul(d1, 5) + 0x0bcaa747) | 0;
    d2 ^= Math.imul(a ^ ((b << 16) | (b >>> 16)), 0x38b34ae5);
    d2 = (((d2 << 15) | (d2 >>> 17)) + d3) | 0;
    d2 = (Math.imul(d2, 5) + 0x96cd1c35) | 0;
    d3 ^= Math.imul(b + a, 0xa1e38b93);
    d3 = (((d3 << 13) | (d3 >>> 19)) + d0) | 0;
    d3 = (Math.imul(d3, 5) + 0x32ac3b17) | 0;
    digest[0] = d0;
    digest[1] = d1;
    digest[2] = d2;
    digest[3] = d3;
  }
}

/** True for a minus sign between two letters. */
function isHyphen(text: string, at: number): boolean {
  return (
    text.charCodeAt(at) === hyphen &&
    at > 0 &&
    kindOf(text.charCodeAt(at - 1)) === kind.letter &&
    at + 1 < text.length &&
    kindOf(text.charCodeAt(at + 1)) === kind.letter
  );
}

/** The sign of the number that begins at `start`, or the operator that joins it to a number before; 0 for none. */
function operatorBefore(text: string, start: number): number {
  if (start === 0) return 0;
  const adjacent = operators.get(text.charCodeAt(start - 1));
  // The hyphen of a word like covid-19 is neither.
  if (adjacent !== undefined)
    return start > 1 && kindOf(text.charCodeAt(start - 2)) === kind.letter ? 0 : adjacent;
  const at = beforeBlanks(text, start - 1);
  if (at === start - 1 || at < 0) return 0;
  const apart = operators.get(text.charCodeAt(at));
  if (apart === undefined) return 0;
  const before = beforeBlanks(text, at - 1);
  if (before < 0) return 0;
  const unit = text.charCodeAt(before);
  return kindOf(unit) === kind.digit || unit === closing || unit === percent ? apart : 0;
}

/** The last position up to `from` that is no blank or tab; a few are looked at, which bounds the work. */
function beforeBlanks(text: string, from: number): number {
  let i = from;
  while (i >= 0 && i > from - 16 && (text.charCodeAt(i) === blank || text.charCodeAt(i) === tab)) i--;
  return i;
}
