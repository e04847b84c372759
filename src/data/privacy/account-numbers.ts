/**
 * International bank account numbers and payment card numbers.
 * @module
 */
import { luhn, mod97 } from './check-digits.js';
import type { Finding } from './finding.js';
import { isWord, matchAt, standsAlone } from './numbers.js';
import type { Surroundings } from './surroundings.js';

/** Length of an IBAN by country: the SWIFT IBAN registry. */
const ibanLengths = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 ' +
    'LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 ' +
    'QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Adds the IBAN that begins with the two letters at `start`, where its length and its check digits are right. */
export function findIban(text: string, start: number, found: Finding[]): Finding | undefined {
  const length = ibanLengths.get(text.slice(start, start + 2).toUpperCase());
  if (length === undefined) return undefined;
  let compact = '';
  let i = start;
  for (; compact.length < length; i++) {
    const character = text[i];
    if (character === undefined) return undefined;
    if (/[A-Za-z0-9]/.test(character)) compact += character.toUpperCase();
    else if (!/[ \u00a0.-]/.test(character) || !/[A-Za-z0-9]/.test(text[i + 1] ?? '')) return undefined;
  }
  if (isWord(text.charCodeAt(i)) || !/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(compact) || !mod97(compact))
    return undefined;
  const finding: Finding = { kind: 'iban', start, end: i };
  found.push(finding);
  return finding;
}

/** Issuers by the first digits (ISO/IEC 7812-1) and the lengths of their numbers. */
const issuers: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:30[0-5]|3095|36|3[89])/, [14, 16]],
  [/^35(?:2[89]|[3-8])/, [16]],
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [16, 18, 19]],
];

const grouped = /\d{4}([ \u00a0-])(?:\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{6}\1\d{4,5})(?!\d)/y;
const together = /\d{13,19}(?!\d)/y;
const cardLabel =
  /(?<![a-z])(?:cards?|visa|master ?card|amex|american express|diners|discover|jcb|unionpay|maestro|pan|cc|kredit-?karte\w*|karte(?:nnummer)?|carte|tarjeta|carta|creditcard|kaart\w*)(?![a-z])/gi;

/** Adds the payment card number that begins at `at`: issuer, length, grouping and Luhn's digit are right. */
export function findCard(surroundings: Surroundings, at: number, found: Finding[]): Finding | undefined {
  const { text } = surroundings;
  const match = matchAt(grouped, text, at) ?? matchAt(together, text, at);
  if (!match) return undefined;
  const end = at + match[0].length;
  const digits = match[0].replace(/\D/g, '');
  const issuer = issuers.find(([prefix]) => prefix.test(digits));
  if (!issuer?.[1].includes(digits.length) || !luhn(digits) || !standsAlone(text, at, end)) return undefined;
  const separated = digits.length !== match[0].length;
  if (separated && match[1] !== '-' && inRowOfFours(text, at, end)) return undefined;
  const certain = separated || digits.length > 14;
  const named = surroundings.labelled(at, end, cardLabel);
  if (!named && (!certain || surroundings.ofThing(at))) return undefined;
  const finding: Finding = { kind: 'card', start: at, end };
  found.push(finding);
  return finding;
}

/** Four figures of four digits among others are a row of a table. */
function inRowOfFours(text: string, start: number, end: number): boolean {
  return (
    /\d{4} $/.test(text.slice(Math.max(0, start - 5), start)) ||
    /^ \d{4}(?!\d)/.test(text.slice(end, end + 6))
  );
}
