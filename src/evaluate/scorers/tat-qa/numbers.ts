/**
 * What TAT-QA's evaluation takes for a number, and which.
 * @module
 */
import {
  asciiDigits,
  numberText,
  type PythonNumber,
  round,
  space,
  splitWords,
  strip,
  times,
} from './python.js';

/** Characters that are left out before a number is read. */
const ignored = /['"\\$€£¥%(),[\]]/g;
const digits = String.raw`\p{Nd}+(?:_\p{Nd}+)*`;
/** What Python's `float` reads, but not-a-number. */
const float = new RegExp(
  `^[+-]?(?:(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:e[+-]?${digits})?|inf(?:inity)?)$`,
  'iu',
);
const firstNumber = /([+-]?\p{Nd}+(?:\.\p{Nd}+)?)|[+-]?\.\p{Nd}+/u;
const numberAndWord = new RegExp(`(?<![\\p{Nd}.])[\\p{Nd}.]+[${space}]?[a-zA-Z]+`, 'u');
const inBrackets = new RegExp(`\\([\\p{Nd}.${space}]+\\)`, 'u');
const beforePercent = new RegExp(`[\\p{Nd}.${space}]%`, 'u');
/** Python refuses to read longer whole numbers. */
const longestNumber = 4300;

/** What a scale word anywhere in `text` multiplies with; 1 where there is none. */
export function scaleFactor(text: string): PythonNumber {
  const scale = text.toLowerCase();
  if (scale.includes('hundred')) return 100n;
  if (scale.includes('thousand')) return 1000n;
  if (scale.includes('million')) return 1_000_000n;
  if (scale.includes('billion')) return 1_000_000_000n;
  return scale.includes('percent') ? 0.01 : 1n;
}

/** Whether `text` is a number, alone or with a scale word behind it: `$1,023`, `(12.5)%`, `1 million shares`. */
export function isNumber(text: string): boolean {
  const words = splitWords(text.replace(ignored, ''));
  if (words.length === 0 || !float.test(words[0]!)) return false;
  return words.length < 2 || scaleFactor(words[1]!) !== 1n;
}

/**
 * The number that a text begins with or holds, to four decimals: negative where brackets stand around its digits (commas
 * in them prevent that), a hundredth where a percent sign follows, times the scale word after the first digits. Undefined
 * for words and for figures without a digit before the point.
 */
export function toNumber(text: string): PythonNumber | undefined {
  const number = leadingNumber(text.replace(ignored, ''));
  if (number === undefined) return undefined;
  const scaled = times(number, scaleFactor(numberAndWord.exec(text)?.[0] ?? ''));
  const trimmed = strip(text);
  const signed = times(scaled, inBrackets.test(trimmed) ? -1n : 1n);
  return round(times(signed, beforePercent.test(trimmed) ? 0.01 : 1n), 4);
}

function leadingNumber(text: string): PythonNumber | undefined {
  const found = firstNumber.exec(text)?.[1];
  if (found === undefined || found.length > longestNumber) return undefined;
  const plain = asciiDigits(found);
  if (plain.includes('.')) return Number(plain);
  const size = BigInt(plain.replace(/^[+-]/, ''));
  return plain.startsWith('-') ? -size : size;
}

/** A number in its one spelling, any other text as it is. */
export function normalisedNumber(text: string): string {
  if (!isNumber(text)) return text;
  const number = toNumber(text);
  return number === undefined ? 'None' : numberText(number);
}
