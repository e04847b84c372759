/**
 * What Python does with numbers and white space, where it is not what JavaScript does: TAT-QA's evaluation compares
 * numbers as texts, so their last digit and their spelling count.
 * @module
 */

/** Python keeps whole numbers exact and apart from floating-point ones: `bigint` is its int, `number` its float. */
export type PythonNumber = bigint | number;

/** What Python takes for white space, for a character class. */
export const space = String.raw`\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const spaces = new RegExp(`[${space}]+`, 'u');
const oneSpace = new RegExp(`^[${space}]$`, 'u');

/** `text.split()`. */
export function splitWords(text: string): string[] {
  return text.split(spaces).filter((word) => word !== '');
}

/** `text.strip()`. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && oneSpace.test(text[start]!)) start++;
  while (end > start && oneSpace.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

/** `a * b`. */
export function times(a: PythonNumber, b: PythonNumber): PythonNumber {
  return typeof a === 'bigint' && typeof b === 'bigint' ? a * b : Number(a) * Number(b);
}

/** `round(value, digits)`: of the exact binary value, ties to even. */
export function round(value: PythonNumber, digits: number): PythonNumber {
  if (typeof value === 'bigint' || Math.abs(value) >= 1e21) return value;
  return Number(fixed(value, digits));
}

/** `'%.<digits>f' % value`: of the exact binary value, ties to even (`toFixed` rounds ties up). */
export function fixed(value: PythonNumber, digits: number): string {
  const number = Number(value);
  if (!Number.isFinite(number)) return floatText(number);
  const size = Math.abs(number);
  const sign = number < 0 || Object.is(number, -0) ? '-' : '';
  if (size >= 1e21) return `${sign}${BigInt(size)}.${'0'.repeat(digits)}`;
  // A double that lies on a tie has no more decimals than that tie; others show it within forty.
  const exact = size.toFixed(40);
  const end = exact.indexOf('.') + 1 + digits;
  const isTie = /^50*$/.test(exact.slice(end));
  const even = '02468'.includes(exact[end - 1]!);
  return `${sign}${isTie && even ? exact.slice(0, end) : size.toFixed(digits)}`;
}

/** `str(value)`. */
export function numberText(value: PythonNumber): string {
  return typeof value === 'bigint' ? String(value) : floatText(value);
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (value !== 0 && (power < -4 || power >= 16)) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

const digitRun = /\p{Nd}/u;

/** Decimal digits of any script as those of ASCII, as `int` and `float` read them. */
export function asciiDigits(text: string): string {
  return text.replace(/[^\p{ASCII}]/gu, (character) => {
    let first = character.codePointAt(0)!;
    if (!digitRun.test(character)) return character;
    const point = first;
    // The digits of a script stand in order, and runs of scripts that touch are whole tens.
    while (digitRun.test(String.fromCodePoint(first - 1))) first--;
    return String((point - first) % 10);
  });
}
