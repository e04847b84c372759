/**
 * When two JSON texts say the same.
 * @module
 */
import { parseJson } from './json-text.js';

/** Deeper JSON is compared as text. */
const deepest = 100;
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|[[\]{},:]/g;

/**
 * A JSON object or array in the one spelling that all equal texts share: keys sorted, no white space, strings unescaped,
 * numbers as digits and exponent without zeros around them, so that 1.50 is 1.5 and integers beyond 2^53 stay apart. A key that
 * is given twice stays there twice. Undefined for other text, and for JSON nested deeper than 100 levels.
 */
export function canonicalJson(text: string): string | undefined {
  const trimmed = text.trim();
  if (!/^[{[]/.test(trimmed) || parseJson(trimmed) === undefined) return undefined;
  const tokens = trimmed.match(token)!;
  let position = 0;
  let depth = 0;

  /** The parts up to the closing bracket; JSON that was parsed before is well formed. */
  const list = (close: string, read: () => string): string[] | undefined => {
    if (++depth > deepest) return undefined;
    const parts: string[] = [];
    while (tokens[position] !== close) {
      if (tokens[position] === ',') position++;
      parts.push(read());
      if (depth > deepest) return undefined;
    }
    position++;
    depth--;
    return parts;
  };
  const value = (): string => {
    const next = tokens[position++]!;
    if (next === '[') return `[${list(']', value)?.join(',') ?? ''}]`;
    if (next === '{') {
      const entries = list('}', () => {
        const key = JSON.stringify(JSON.parse(tokens[position]!));
        position += 2;
        return `${key}:${value()}`;
      });
      return `{${entries?.sort().join(',') ?? ''}}`;
    }
    if (next.startsWith('"')) return JSON.stringify(JSON.parse(next));
    return /^[-\d]/.test(next) ? canonicalNumber(next) : next;
  };

  const canonical = value();
  return depth > deepest ? undefined : canonical;
}

/** A JSON number as its digits and a power of ten. */
function canonicalNumber(text: string): string {
  const [, sign, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(
    text,
  )!;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return '0';
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  const exponent = BigInt(power) - BigInt(fraction.length) + BigInt(digits.length - end);
  return `${sign}${digits.slice(0, end)}e${exponent}`;
}
