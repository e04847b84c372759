/**
 * What a UTF-16 code unit means for splitting a text into words, looked up once a code unit.
 * @module
 */

/** Kinds of code units. */
export const kind = {
  /** Punctuation and symbols: between words, counted only for exact equality. */
  other: 1,
  space: 2,
  letter: 3,
  digit: 4,
  /** A word of its own: scripts that write no spaces between words (Han, Kana, Thai, ...). */
  single: 5,
  /** Invisible and without meaning: soft hyphens, zero-width characters. */
  ignored: 6,
  /** Has another compatible form (ligatures, full-width letters) or combines with what precedes it. */
  fold: 7,
  /** First half of a character outside the basic plane, which is a word of its own. */
  high: 8,
  /** Signs of arithmetic and comparison. */
  operator: 9,
} as const;

const kinds = new Uint8Array(0x10000);
const lowers = new Uint16Array(0x10000);

const letter = /[\p{L}\p{M}]/u;
const mark = /\p{M}/u;
const digit = /\p{N}/u;
const ignored = /\p{Cf}|\p{Variation_Selector}|\u034f/u;
const operator = /[-+*/^<>=×÷≤≥−]/u;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

function classify(unit: number): number {
  if (unit >= 0xd800 && unit <= 0xdfff) return unit < 0xdc00 ? kind.high : kind.other;
  const character = String.fromCharCode(unit);
  if (unit < 0x20 || /\s/u.test(character)) return kind.space;
  if (ignored.test(character)) return kind.ignored;
  const isLetter = letter.test(character);
  if (mark.test(character)) return kind.fold;
  if ((isLetter || digit.test(character)) && character.normalize('NFKC') !== character) return kind.fold;
  if (unspaced.test(character)) return kind.single;
  if (isLetter) return kind.letter;
  if (operator.test(character)) return kind.operator;
  return digit.test(character) ? kind.digit : kind.other;
}

/** The kind of a code unit. */
export function kindOf(unit: number): number {
  const known = kinds[unit]!;
  if (known !== 0) return known;
  lowers[unit] = String.fromCharCode(unit).toLowerCase().charCodeAt(0);
  kinds[unit] = classify(unit);
  return kinds[unit]!;
}

/** The lower case of a code unit whose kind was asked for before. */
export function lowerOf(unit: number): number {
  return lowers[unit]!;
}
