/**
 * Telephone and fax numbers: international form for every country, national forms of the United States and Canada,
 * the United Kingdom, Germany, France, Spain, Italy, the Netherlands, Switzerland, Austria, India and Australia.
 * @module
 */
import type { Finding } from './finding.js';
import { type DigitRun, isDigit, matchAt, standsAlone } from './numbers.js';
import type { Surroundings } from './surroundings.js';

/**
 * Least and most digits behind the country code (ITU-T E.164 and the national numbering plans); other countries
 * have 7 to 12.
 */
const nationalLengths = new Map<string, readonly [number, number]>(
  Object.entries({
    1: [10, 10],
    7: [10, 10],
    20: [8, 10],
    27: [9, 9],
    30: [10, 10],
    31: [9, 9],
    32: [8, 9],
    33: [9, 9],
    34: [9, 9],
    36: [8, 9],
    39: [8, 11],
    40: [9, 9],
    41: [9, 9],
    43: [6, 13],
    44: [9, 10],
    45: [8, 8],
    46: [7, 10],
    47: [8, 8],
    48: [9, 9],
    49: [7, 12],
    52: [10, 10],
    54: [10, 11],
    55: [10, 11],
    60: [8, 10],
    61: [9, 9],
    62: [8, 12],
    63: [8, 10],
    64: [8, 10],
    65: [8, 8],
    66: [8, 9],
    81: [9, 10],
    82: [8, 10],
    84: [9, 10],
    86: [10, 11],
    90: [10, 10],
    91: [10, 10],
    92: [9, 10],
    351: [9, 9],
    352: [6, 9],
    353: [7, 9],
    358: [6, 11],
    380: [9, 9],
    420: [9, 9],
    421: [9, 9],
    852: [8, 8],
    886: [8, 9],
    966: [8, 9],
    971: [8, 9],
    972: [8, 9],
  }),
) as Map<string, readonly [number, number]>;

/** Country codes of two digits; the others but 1 and 7 have three. */
const twoDigitCodes = /^(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** A word that names the number that follows it, with nothing but joining words between. */
const directLabel =
  /(?<![a-zà-ÿ./])(?:t[ée]l[ée]phones?|tel[eé]?fon(?:nummer|os?|i)?|telefoon(?:nummer)?|tel|tél|ph|phones?|fax|t[ée]l[ée]copie(?:ur)?|mobile?s?|mobil(?:nummer|e|telefon)?|mobiel|cell(?:ulare|phone|ular)?|m[óo]vil|portable|handy(?:nummer)?|rufnummer|hotline|helpline|whatsapp|sms|mob|fon|tlfn?|tfno|natel|durchwahl|switchboard|landline|pager|kontakttelefon|contact (?:number|no))(?![a-zà-ÿ])[.)\]]?["']?(?: ?(?:numbers?|no|nos|nr|num[ée]ro|n[°ºo]|is|at|ist|lautet|unter|est|es|è|to|office|home|work|work phone|mobile|fax|phone|direct|[(]?[a-z]{1,9}[)])\b\.?){0,3}["']?\s{0,4}[|:=–\t-]?\s{0,4}["']?[(+]?$/i;

/** A word that makes a number of a telephone's form one. */
const nearbyLabel =
  /(?<![a-zà-ÿ])(?:t[ée]l(?:[ée]phon|[eé]fo|\.|:|\s)|phon|fon(?![a-zà-ÿ])|tlfn?(?![a-z])|tfno|natel|mob(?![a-z])|fax|mobil|mobiel|cell|call|dial|ring|reach|text(?:ed|s)? (?:me|us|him|her|them)|contact|hotline|helpline|whatsapp|sms|anruf|ruf|angerufen|erreich|handy|kontakt|appel|joindre|joignable|portable|num[ée]ro|contacter|llam|ll[áa]m|m[óo]vil|contact|chiam|cellulare|recapito|contatt|bel(?:len|t|lt)?(?![a-z])|bereik)/i;

const extension =
  /(?:[ ,;]{0,3}(?:ext(?:ension|n)?\.?|x|durchwahl|dw|poste|int(?:erno)?\.?|toestel|anexo)[ .:]{0,2}\d{1,6}|[ ]?#\d{1,5})(?![\dA-Za-z])/iy;

/**
 * Three digits of an area and of an exchange in North America: none begins with 0 or 1, none is N11. People who make
 * up a number begin it with 555 and go on as they like.
 */
const northAmerican = /^(?:555[1-9]|[2-9](?!11)\d{2}[2-9](?!11))\d{6}$/;

/** Group lengths of numbers with a leading zero that nothing else is written in. */
const unlabelledShapes = new Set([
  '2-2-2-2-2',
  '3-4-4',
  '4-3-4',
  '4-3-3',
  '5-6',
  '5-3-3',
  '4-4-3',
  '5-5',
  '4-7',
  '3-3-2-2',
  '2-4-4',
  '3-3-4',
  '4-8',
  '3-8',
  '3-7',
  '5-7',
  '3-3-3-2',
  '4-6',
  '5-2-2-2',
  '4-2-2-2',
  '3-2-2-2-2',
  '4-2-2-2-2',
  '5-4',
  '3-2-2-2',
  '4-3-2-2',
  '2-8',
  '5-8',
  '4-4-4',
  '5-3-4',
  '3-4-3',
  '4-2-3',
  '4-5',
  '3-6',
  '6-4',
  '6-5',
]);

/** Adds the telephone number that begins at group `from` of the run, where one does. */
export function findPhone(
  surroundings: Surroundings,
  run: DigitRun,
  from: number,
  found: Finding[],
): Finding | undefined {
  const { text } = surroundings;
  const at = run.starts[from]!;
  const sign = text[at - 1] === '+' ? at - 1 : text[at - 2] === '+' && text[at - 1] === '(' ? at - 2 : -1;
  const span =
    sign >= 0
      ? international(surroundings, run, from, sign, at)
      : text.startsWith('00', at)
        ? international(surroundings, run, from, at, at + 2)
        : national(surroundings, run, from);
  if (!span) return undefined;
  const more = matchAt(extension, text, span.end);
  const finding: Finding = { kind: 'phone', start: span.start, end: span.end + (more?.[0].length ?? 0) };
  found.push(finding);
  return finding;
}

interface Span {
  start: number;
  end: number;
}

function international(
  surroundings: Surroundings,
  run: DigitRun,
  from: number,
  start: number,
  digitsAt: number,
): Span | undefined {
  const { text } = surroundings;
  if (/[\w+]/.test(text[start - 1] ?? ' ')) return undefined;
  for (let last = run.count - 1; last >= from; last--) {
    const end = run.ends[last]!;
    if (!standsAlone(text, start, end)) continue;
    const piece = text.slice(digitsAt, end);
    // The trunk zero in brackets is not dialled from abroad.
    const digits = piece.replace(/\(0\)/, '').replace(/\D/g, '');
    if (digits.length > 15) continue;
    const code = /^[17]/.test(digits) ? digits[0]! : digits.slice(0, twoDigitCodes.test(digits) ? 2 : 3);
    if (code.startsWith('0')) return undefined;
    const rest = digits.slice(code.length).replace(code === '39' ? /^$/ : /^0/, '');
    const [least, most] = nationalLengths.get(code) ?? [7, 12];
    if (rest.length < least || rest.length > most) continue;
    if (code === '1' && !northAmerican.test(rest)) continue;
    // Behind 00 the country code stands apart and no digits before it, or a label tells.
    const clear =
      text[start] === '+' ||
      (apart(text, digitsAt, code) && !/\d[ \u00a0]$/.test(text.slice(start - 2, start)));
    if (!clear && !labelled(surroundings, start)) continue;
    if (text[start] !== '+' && surroundings.ofThing(start) && !labelled(surroundings, start)) continue;
    return { start, end };
  }
  return undefined;
}

function national(surroundings: Surroundings, run: DigitRun, from: number): Span | undefined {
  const { text } = surroundings;
  const bracket = text[run.starts[from]! - 1] === '(';
  const start = run.starts[from]! - (bracket ? 1 : 0);
  for (let last = Math.min(run.count - 1, from + 6); last >= from; last--) {
    const end = run.ends[last]!;
    const lengths: number[] = [];
    for (let i = from; i <= last; i++) lengths.push(run.ends[i]! - run.starts[i]!);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    if (total < 6 || total > 13 || !standsAlone(text, start, end)) continue;
    const raw = text.slice(start, end);
    if (!balanced(raw) || mixed(raw) || looksLikeDate(raw) || yearRange.test(raw)) continue;
    const open = from > 0 && /^[ \u00a0]$/.test(text.slice(run.ends[from - 1]!, start));
    const followed = last + 1 < run.count && /^[ \u00a0]$/.test(text.slice(end, run.starts[last + 1]!));
    const shape = { raw, lengths, digits: raw.replace(/\D/g, ''), among: open || followed };
    if (isNational(surroundings, start, end, shape)) return { start, end };
  }
  return undefined;
}

/** Whether the country code is a group of digits of its own, behind 00 with or without a space. */
function apart(text: string, at: number, code: string): boolean {
  const start = isDigit(text.charCodeAt(at)) ? at : at + 1;
  return text.startsWith(code, start) && !isDigit(text.charCodeAt(start + code.length));
}

interface Shape {
  raw: string;
  lengths: number[];
  digits: string;
  /** Whether other groups of digits stand beside it, with nothing but a space between. */
  among: boolean;
}

function isNational(surroundings: Surroundings, start: number, end: number, shape: Shape): boolean {
  const { raw, digits, lengths, among } = shape;
  const groups = lengths.join('-');
  const separators = raw.replace(/[\d()]/g, '').replace(/ (?=[-/–])|(?<=[-/–]) /g, '');
  const blank = /^[ \u00a0]*$/.test(separators);
  const label = () => labelled(surroundings, start);
  const free = () =>
    !among && !surroundings.ofThing(start) && !(blank && surroundings.besideFigures(start, end));

  const american = digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits;
  if (american.length === 10 && northAmerican.test(american)) {
    if (/^(?:1[ .-]?)?\(\d{3}\)[ .-]?\d{3}[ .‑–-]\d{4}$/.test(raw))
      return !surroundings.ofThing(start) || label();
    if (/^(?:1[ .-])?\d{3}([-.‑])\d{3}\1\d{4}$/.test(raw)) return !surroundings.ofThing(start) || label();
    if (/^(?:1 )?\d{3}(?:[ /]\d{3}-|\/\d{3} )\d{4}$/.test(raw) && free()) return true;
    if (/^1?\d{10}$/.test(raw)) return label();
  }
  if (/^(?:1-)?3-3-4$/.test(groups) && !digits.startsWith('0')) return label();
  if (/^0[1-9]/.test(digits) && digits.length >= 8) {
    // An American employer's number is written as two digits, a hyphen and seven.
    if (/^\d{2}-\d{7}$/.test(raw)) return label();
    const mobile = /^(?:06-\d{8}|01[5-7]\d[-/]\d{7,8}|06[4-9]\d[-/]\d{6,8}|07\d{3}-\d{6})$/.test(raw);
    const clear =
      digits.length >= 9 &&
      (mobile ||
        (/^\(/.test(raw) && lengths.length > 1) ||
        /^0\d{1,4} ?\/ ?\d[^/]*$/.test(raw) ||
        (lengths.length > 1 &&
          unlabelledShapes.has(groups) &&
          !(separators.startsWith('-') && lengths.length === 2)) ||
        (lengths.length > 2 && /-\d{1,4}$/.test(raw) && /^0\d{1,4}[ /]/.test(raw)));
    if (clear && free()) return true;
    return digits.length <= 12 && label();
  }
  const spanish = /^[6-9]\d{8}$/.test(digits) && /^(?:3-3-3|2-3-2-2|3-2-2-2|9)$/.test(groups);
  const indian = /^[6-9]\d{9}$/.test(digits) && /^(?:5-5|10)$/.test(groups);
  const italian = /^3[1-9]\d{7,8}$/.test(digits) && /^(?:3-7|3-6|3-3-4|3-3-3|9|10)$/.test(groups);
  const australian = /^1[38]00\d{6}$/.test(digits) && /^(?:4-3-3|4-6|10)$/.test(groups);
  if (groups === '3-7' && italian && separators === ' ' && free()) return true;
  if ((spanish || indian || italian || australian) && label()) return true;
  return (
    lengths.length <= 5 &&
    directLabel.test(surroundings.before(start, 48)) &&
    digits.length >= 6 &&
    !isYearList(raw)
  );
}

function labelled(surroundings: Surroundings, start: number): boolean {
  const before = surroundings.before(start, 48);
  if (directLabel.test(before)) return true;
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const near = nearbyLabel.exec(line);
  if (near && !surroundings.ofThing(start)) return true;
  const head = surroundings.columnHead(start);
  return head !== '' && (directLabel.test(head) || nearbyLabel.test(head));
}

function balanced(raw: string): boolean {
  const open = raw.indexOf('(');
  const close = raw.indexOf(')');
  if (open < 0 && close < 0) return true;
  return open >= 0 && close > open && raw.indexOf('(', open + 1) < 0 && raw.indexOf(')', close + 1) < 0;
}

/** Points among other signs: figures and other numbers, but no telephone number. */
function mixed(raw: string): boolean {
  const inner = raw.replace(/^\(\d+\)[ .]?/, '');
  return inner.includes('.') && /[ \u00a0-]/.test(inner);
}

/** Dates, and dates with a time or another date behind. */
function looksLikeDate(raw: string): boolean {
  return (
    (/(?<!\d)(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)?\d{2}(?!\d)/.test(raw) &&
      !/^0\d([.-])\d{2}\1\d{2}\1\d{2}\1\d{2}$/.test(raw)) ||
    /(?<!\d)(?:19|20)\d{2}([./-])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)/.test(raw)
  );
}

/** `01/2000 - 12/2006` */
const yearRange =
  /(?:19|20)\d{2} ?[-–] ?(?:0?[1-9]|1[0-2])\/(?:19|20)\d{2}|^(?:0?[1-9]|1[0-2])[/.](?:19|20)\d{2}/;

function isYearList(raw: string): boolean {
  return /^(?:(?:19|20)\d{2}[ /–-]*)+$/.test(raw);
}
