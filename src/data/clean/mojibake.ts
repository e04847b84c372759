/**
 * UTF-8 that was read as Windows-1252 or Latin-1: `é` has become `Ã©`. A repair is made where no language writes the
 * characters side by side; everything else stays.
 * @module
 */
import { windowsBytes, windowsCharacters } from './windows-1252.js';

const next = `[\\u0080-\\u00bf${[...windowsCharacters].filter((character) => character > '\u009f').join('')}]`;
const sequence = `(?:[\\u00c2-\\u00df]${next}|[\\u00e0-\\u00ef]${next}{2}|[\\u00f0-\\u00f4]${next}{3})`;
const suspicious = new RegExp(sequence);
const single = new RegExp(sequence, 'g');
const runs = new RegExp(`${sequence}+`, 'g');

/** What never follows a letter directly in clean text of any language. */
const implausible = /[\u0080-\u009f€ƒˆ‰˜¢¤¥¦§¨¬¯±´µ¶¸¼½¾£]/;
const lower = /[\p{Ll}]/u;
const letter = /\p{L}/u;
const readable = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\u00a0\u00ad\u200b-\u200f\u2028\u202f\u2060\ufeff]+$/u;

/** Text with certain mojibake repaired, however often it was misread. */
export function repairMojibake(text: string): string {
  let repaired = text;
  // Each round undoes one misreading; three in a row have been seen.
  for (let round = 0; round < 4 && suspicious.test(repaired); round++) {
    const before = repaired;
    repaired = before.split('\n').map(repairLine).join('\n');
    if (repaired === before) break;
  }
  return repaired;
}

/**
 * A line with certain mojibake whose every character is a byte of valid UTF-8 was misread as a whole, so what is not
 * certain by itself is certain in it.
 */
function repairLine(line: string): string {
  if (!suspicious.test(line)) return line;
  const byRuns = line.replace(runs, (run, offset: number) => repairRun(run, line, offset));
  return byRuns === line ? line : (decodeBytes(line) ?? byRuns);
}

/** One or more misread characters side by side: a single certain one among several proves the others. */
function repairRun(run: string, text: string, offset: number): string {
  const parts = run.match(single) ?? [];
  const decoded = parts.map(decode);
  const before = offset > 0 ? lastCharacter(text, offset) : '';
  const after = text[offset + run.length] ?? '';
  let position = 0;
  const certain = parts.map((part, i) => {
    const left = position === 0 ? before : run[position - 1]!;
    position += part.length;
    const right = run[position] ?? after;
    return decoded[i] !== undefined && isCertain(part, left, right, parts.length);
  });
  if (!certain.includes(true)) return run;
  // Scripts other than Latin come as long runs; a Latin neighbour that is not certain may be meant.
  const foreign = parts.length > 2 && decoded.every((text) => text !== undefined);
  return parts.map((part, i) => (certain[i] || foreign ? (decoded[i] ?? part) : part)).join('');
}

function lastCharacter(text: string, end: number): string {
  const code = text.charCodeAt(end - 1);
  return code >= 0xdc00 && code < 0xe000 ? text.slice(end - 2, end) : text[end - 1]!;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that the bytes behind a misread one make, if it could have been misread. */
function decodeBytes(text: string): string | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const byte = windowsBytes.get(code) ?? code;
    if (byte > 255) return undefined;
    bytes[i] = byte;
  }
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A readable character for one misread one. */
function decode(part: string): string | undefined {
  const text = decodeBytes(part);
  return text !== undefined && readable.test(text) ? text : undefined;
}

function isCertain(part: string, left: string, right: string, neighbours: number): boolean {
  const lead = part[0]!;
  const rest = part.slice(1);
  // A control character of Latin-1 stands in no text.
  if (/[\u0080-\u009f]/.test(rest)) return true;
  if (part.length > 2) {
    // `été »` with its non-breaking space is three good characters.
    return rest.includes('\u00a0')
      ? false
      : implausible.test(rest) || (!letter.test(left) && lead === 'â' && rest !== '…»');
  }
  if (lead > 'Å') {
    // Cyrillic, Greek, Arabic and Hebrew come in runs; a lone pair may be a sign of measure (`Ø±0.5`).
    return neighbours > 1 && implausible.test(rest);
  }
  if (implausible.test(rest))
    return !(lead === 'Å' || lead === 'Ä') || letter.test(left) || letter.test(right);
  const insideWord = lower.test(left) || (lower.test(right) && !/[’…–—‘“”]/.test(rest));
  if (lead === 'Ã')
    return insideWord || (/[©ªº¡°²³¹·]/.test(rest) && !letter.test(left) && !/["«“‘']/.test(left));
  if (lead === 'Â') return /[\u00a0-\u00bf]/.test(rest) && isStrayPrefix(left, right, rest);
  return insideWord && !/[šžœŠŽŒŸ]/.test(rest);
}

/** `Â` before a sign of Latin-1 is a leftover, unless it is itself the letter that is written about. */
function isStrayPrefix(left: string, right: string, sign: string): boolean {
  if (/\p{Lu}/u.test(left) || /["«“‘'\u00a0\u202f]/.test(left)) return false;
  return sign !== '\u00a0' || !/["»”]/.test(right);
}
