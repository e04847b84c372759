/**
 * Finds personal data in a text by its form: one pass over the characters that asks a detector only where its value
 * can begin, so that ordinary prose costs almost nothing.
 * @module
 */
import type { PersonalDataKind } from '../../recipe/data/privacy.js';
import { findCard, findIban } from './account-numbers.js';
import { findEmail, findIpv4, findIpv6, findQueryToken, findSpelledEmail, findUserInfo } from './address.js';
import { type Finding, formalKinds, resolveOverlaps } from './finding.js';
import { findLabelledValues, labelBeginnings } from './labelled-values.js';
import { findNationalId } from './national-ids.js';
import { DigitRun, isDigit } from './numbers.js';
import { findPhone } from './phone.js';
import { findAssignedSecret, findPrivateKeys, findToken, tokenBeginnings } from './secret.js';
import { Surroundings } from './surroundings.js';

const labelledKinds = ['date_of_birth', 'medical_record_number', 'passport', 'driving_licence'] as const;

/**
 * Personal data and secrets in `text`, in order and without overlaps: of overlapping findings the longest is given,
 * of equally long ones the most specific. What is recognised of each kind is in docs/privacy.md.
 *
 * @param kinds the kinds to look for; every kind that is found without a model by default
 */
export function findPersonalData(text: string, kinds: Iterable<PersonalDataKind> = formalKinds): Finding[] {
  const wanted = new Set(kinds);
  const found: Finding[] = [];
  scan(text, wanted, found);
  if (wanted.has('secret')) findPrivateKeys(text, found);
  return resolveOverlaps(found);
}

/** What a character can be the beginning of: 0 nothing, letter, or one of the cases of {@link scan}. */
const trigger = new Uint8Array(128);
const letter = 1;
const digit = 2;
const at = 3;
const colon = 4;
const equals = 5;
const star = 6;
const bracket = 7;
for (let code = 65; code < 91; code++) trigger[code] = trigger[code + 32] = letter;
for (let code = 48; code < 58; code++) trigger[code] = digit;
trigger['@'.charCodeAt(0)] = at;
trigger[':'.charCodeAt(0)] = colon;
trigger['='.charCodeAt(0)] = equals;
trigger['*'.charCodeAt(0)] = star;
trigger['('.charCodeAt(0)] = trigger['['.charCodeAt(0)] = bracket;

/** Index of three characters in {@link beginnings}: case does not count, and other letters share an index. */
function beginningIndex(a: number, b: number, c: number): number {
  return ((a & 31) << 10) | ((b & 31) << 5) | (c & 31);
}

/** Bit 1: a label may begin with these three characters; bit 2: a token. */
const beginnings = new Uint8Array(32_768);
for (const [bit, words] of [
  [1, labelBeginnings],
  [2, tokenBeginnings],
] as const) {
  for (const word of words) {
    const index = beginningIndex(word.charCodeAt(0), word.charCodeAt(1), word.charCodeAt(2));
    beginnings[index] = beginnings[index]! | bit;
  }
}

function scan(text: string, wanted: ReadonlySet<PersonalDataKind>, found: Finding[]): void {
  const surroundings = new Surroundings(text);
  const run = new DigitRun();
  const emails = wanted.has('email');
  const secrets = wanted.has('secret');
  const urls = wanted.has('url_credentials');
  const ips = wanted.has('ip');
  const labels: number[] = [];
  let anyDigit = false;
  /** Colons before it belong to an address that was looked at. */
  let colonsTo = 0;
  // An array of numbers is read several times as fast as a string.
  const bytes = Buffer.from(text, 'utf16le');
  const units = new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
  let before = 0;
  for (let i = 0; i < units.length; before = units[i]!, i++) {
    const code = units[i]!;
    if (code > 127) continue;
    switch (trigger[code]) {
      case 0:
        continue;
      case letter: {
        const known = before < 128 ? trigger[before] : letter;
        // A word begins behind no letter, or with a capital behind a small letter.
        if (known === letter && !(code < 91 && before > 96)) continue;
        const bits = beginnings[beginningIndex(code, units[i + 1]!, units[i + 2]!)]!;
        if (bits === 0) continue;
        if (bits & 1) labels.push(i);
        if (bits & 2 && secrets) i = Math.max(i, findToken(text, i, found) - 1);
        continue;
      }
      case digit:
        anyDigit = true;
        i = readNumber(surroundings, run, i, wanted, found) - 1;
        continue;
      case at:
        if (emails) findEmail(text, i, found);
        continue;
      case colon:
        if (urls && text.startsWith('//', i + 1)) findUserInfo(text, i + 3, found);
        else if (secrets) findAssignedSecret(text, i, found);
        if (ips && i >= colonsTo) {
          findIpv6(text, i, found);
          colonsTo = i + 1;
          while (/[0-9a-fA-F:]/.test(text[colonsTo] ?? '') && colonsTo < i + 45) colonsTo++;
        }
        continue;
      case equals:
        if (urls) findQueryToken(text, i, found);
        if (secrets) findAssignedSecret(text, i, found);
        continue;
      case star:
        if (before === 40) labels.push(i);
        continue;
      case bracket:
        if (emails && units[i + 1] === 97 && units[i + 2] === 116) findSpelledEmail(text, i, found);
    }
  }
  if (anyDigit && labelledKinds.some((kind) => wanted.has(kind))) {
    findLabelledValues(text, labels, wanted, found);
  }
}

/** Asks the detectors of numbers about the groups of digits from `at` on; returns where to go on. */
function readNumber(
  surroundings: Surroundings,
  run: DigitRun,
  at: number,
  wanted: ReadonlySet<PersonalDataKind>,
  found: Finding[],
): number {
  const { text } = surroundings;
  const before = text.charCodeAt(at - 1);
  const joined = isLetter(before);
  if (joined) {
    readLettered(surroundings, at, wanted, found);
  } else if (
    before === 32 &&
    isLetter(text.charCodeAt(at - 2)) &&
    /^[A-Z]{2}$/.test(text.slice(at - 3, at - 1))
  ) {
    // `QQ 12 34 56 C`, `DE 89 3704 ...`
    if (!isLetter(text.charCodeAt(at - 4))) readPrefixed(surroundings, at - 3, wanted, found);
    else if (wanted.has('national_id') && text[at - 5] === ' ') {
      // `RSS MRA 80A01 H501U`
      findNationalId(surroundings, Math.max(0, at - 8), true, found);
    }
  } else if (before === 45 && isLetter(text.charCodeAt(at - 2)) && wanted.has('national_id')) {
    // `X-1234567-L`, `QQ-12-34-56-C`
    findNationalId(surroundings, isLetter(text.charCodeAt(at - 3)) ? at - 3 : at - 2, true, found);
  }
  run.read(text, at);
  if (run.count === 0) {
    let end = at;
    while (isDigit(text.charCodeAt(end))) end++;
    return end;
  }
  const first = run.ends[0]!;
  if (joined || run.digits < 4) return first;
  if (wanted.has('ip') && first - at < 4 && text.charCodeAt(first) === 46) findIpv4(surroundings, at, found);
  if (run.digits < 6) return first;
  // A single digit begins only `2 55 08 14 ...`.
  const single = first === at + 1 && !(run.count > 2 && run.ends[1]! - run.starts[1]! === 2);
  if (wanted.has('national_id') && !single) findNationalId(surroundings, at, false, found);
  if (wanted.has('card') && run.digits > 12 && first - at > 3) findCard(surroundings, at, found);
  if (wanted.has('phone')) {
    const phone = findPhone(surroundings, run, 0, found);
    if (phone) {
      let end = phone.end;
      while (end > first && !isDigit(text.charCodeAt(end - 1))) end--;
      return end;
    }
  }
  return first;
}

/** A number whose first digit follows letters. */
function readLettered(
  surroundings: Surroundings,
  at: number,
  wanted: ReadonlySet<PersonalDataKind>,
  found: Finding[],
): void {
  const { text } = surroundings;
  let start = at - 1;
  while (start > 0 && at - start < 7 && isLetter(text.charCodeAt(start - 1))) start--;
  const letters = at - start;
  if (letters > 6 || isDigit(text.charCodeAt(start - 1))) return;
  if (letters === 2) readPrefixed(surroundings, start, wanted, found);
  else if (wanted.has('national_id')) {
    if (letters === 3 && text[start - 1] === ' ' && isLetter(text.charCodeAt(start - 2))) {
      // `RSS MRA 80A01 H501U`
      findNationalId(surroundings, Math.max(0, start - 4), true, found);
    } else if (letters === 1 || letters > 3) findNationalId(surroundings, start, true, found);
  }
}

function readPrefixed(
  surroundings: Surroundings,
  start: number,
  wanted: ReadonlySet<PersonalDataKind>,
  found: Finding[],
): void {
  if (wanted.has('iban')) findIban(surroundings.text, start, found);
  if (wanted.has('national_id')) findNationalId(surroundings, start, true, found);
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
