/**
 * Addresses of the internet: e-mail, IP, and names with passwords or tokens inside web addresses.
 * @module
 */
import { isIPv6 } from 'node:net';
import type { Finding } from './finding.js';
import { isWord, matchAt } from './numbers.js';
import type { Surroundings } from './surroundings.js';

/** Longest local part (RFC 5321). */
const localLength = 64;
const localCharacter = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u;
const domain =
  /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}(?:xn--[a-z0-9-]{2,59}|[\p{L}]{2,24})(?![\p{L}\p{N}_-]|\.\p{L})/uy;
/** `logo@2x.png` is a file. */
const fileEnding = /\.(?:png|jpe?g|gif|svg|webp|css|js|ts|json|md|pdf|html?)$/i;

/** Adds the e-mail address around the `@` at `at`. */
export function findEmail(text: string, at: number, found: Finding[]): void {
  const match = matchAt(domain, text, at + 1);
  if (!match || fileEnding.test(match[0])) return;
  let start = at;
  while (start > 0 && at - start < localLength && localCharacter.test(text[start - 1]!)) start--;
  // Signs that a mail server allows but that in running text stand before an address.
  const joined = text.slice(start, at).search(/[\p{L}\p{N}_][^=|'`*/?{}]*$/u);
  if (joined < 0) return;
  start += joined;
  const local = text.slice(start, at);
  if (local.endsWith('.') || local.includes('..')) return;
  if (inAuthority(text, start)) return;
  if (local === 'git' && text[at + 1 + match[0].length] === ':') return;
  found.push({ kind: 'email', start, end: at + 1 + match[0].length });
}

const spelledEnd =
  /[([]at[)\]] ?[\p{L}\p{N}-]{1,63}(?:(?: ?[([](?:dot|punkt|punto|point)[)\]] ?|\.)[\p{L}\p{N}-]{1,63}){1,4}(?![\p{L}\p{N}])/uy;
const spelledStart = /[\p{L}\p{N}_+-]{1,32}(?:(?:\.|[([](?:dot|punkt)[)\]])[\p{L}\p{N}_+-]{1,32}){0,3} ?$/u;

/** Adds an address written as `name (at) host.org` or `name[at]host[dot]org`, whose bracket stands at `at`. */
export function findSpelledEmail(text: string, at: number, found: Finding[]): void {
  const end = matchAt(spelledEnd, text, at);
  const start = end && spelledStart.exec(text.slice(Math.max(0, at - 100), at));
  if (start) found.push({ kind: 'email', start: at - start[0].length, end: at + end[0].length });
}

/** Whether the text before `start` is the beginning of a web address up to its user name. */
function inAuthority(text: string, start: number): boolean {
  const piece = text.slice(Math.max(0, start - 80), start);
  return /:\/\/[^\s/?#"'<>]*$/.test(piece);
}

const userInfo = /[^\s:@/"'<>?#]{0,128}:[^\s@/"'<>]{1,256}@(?=[\p{L}\p{N}[])/uy;
const placeholder = /^(?:<.*>|\$?\{.*|%.*%|\*+|x{3,}|user(?:name)?:pass(?:word)?)$/i;

/** Adds `user:password` where `://` ends at `at`. */
export function findUserInfo(text: string, at: number, found: Finding[]): void {
  const match = matchAt(userInfo, text, at);
  if (!match) return;
  const value = match[0].slice(0, -1);
  const password = value.slice(value.indexOf(':') + 1);
  if (placeholder.test(value) || placeholder.test(password)) return;
  found.push({ kind: 'url_credentials', start: at, end: at + value.length });
}

const queryName =
  /[?&#;](?:(?:[a-z0-9]{1,20}[_.-])?(?:access[_-]?token|auth[_-]?token|id[_-]?token|refresh[_-]?token|token|api[_-]?key|apikey|subscription[_-]?key|client[_-]?secret|secret|password|passwd|pwd|signature|sig|auth|key|session(?:[_-]?id)?|sid|jwt|code)|x-(?:amz|goog)-(?:signature|credential|security-token))$/i;
const queryValue = /[^\s&#"'<>)\]]{6,2048}/y;

/** Adds the value of a secret parameter of a web address whose `=` stands at `at`. */
export function findQueryToken(text: string, at: number, found: Finding[]): void {
  if (!queryName.test(text.slice(Math.max(0, at - 40), at))) return;
  const match = matchAt(queryValue, text, at + 1);
  if (!match) return;
  const value = match[0].replace(/[.,;:!?]+$/, '');
  if (placeholder.test(value) || !/\d/.test(value) || value.length < 8) return;
  found.push({ kind: 'url_credentials', start: at + 1, end: at + 1 + value.length });
}

const dottedQuad = /(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}/y;
const versionBefore =
  /(?:version|ver|v|release|rel|build|firmware|driver|software|update|patch|kernel|ios|android|windows|macos|app|api|protocol|schema|node|upgraded? to|section|sections|sec|§+|clauses?|articles?|art|paragraphs?|para|chapters?|kapitel|abschnitt|ziffer|nr|artikel|items?|schedule|annex|appendix|exhibit|rules?|figures?|fig|tables?|tab|oid|rev|revision|java|chrome|firefox|safari)[ .:=#"'-]{0,3}$/i;
const addressNear =
  /(?<![a-z])(?:ip|ipv4|addr|host|server|login|logged|from|client|ping|remote|dns|gateway|proxy|router|request)/i;

/** Adds the public IPv4 address that begins at `at`. */
export function findIpv4(surroundings: Surroundings, at: number, found: Finding[]): void {
  const { text } = surroundings;
  const match = matchAt(dottedQuad, text, at);
  if (!match) return;
  const end = at + match[0].length;
  const before = text.charCodeAt(at - 1);
  const behind = text.charCodeAt(end);
  if (isWord(before) || isWord(behind) || before === 46 || before === 45 || before === 44) return;
  if (before === 47 && text[at - 2] !== '/') return;
  if ((behind === 46 || behind === 45 || behind === 44) && isWord(text.charCodeAt(end + 1))) return;
  const bytes = match[0].split('.').map(Number);
  if (match[0].split('.').some((part) => part.length > 1 && part.startsWith('0')) || !isPublic(bytes)) return;
  const context = surroundings.before(at, 40);
  if (versionBefore.test(context)) return;
  // Numbers of sections have small parts.
  if (bytes.every((byte) => byte <= 30) && !addressNear.test(context)) return;
  found.push({ kind: 'ip', start: at, end });
}

/** IANA's registries of special-purpose addresses; the ranges for documentation count as public. */
function isPublic([a, b]: number[]): boolean {
  return !(
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a! >= 224 ||
    (a === 100 && b! >= 64 && b! <= 127) ||
    (a === 169 && b === 254) ||
    (a === 172 && b! >= 16 && b! <= 31) ||
    (a === 192 && b === 168)
  );
}

/** Adds the global IPv6 address (2000::/3) that the colon at `at`, its first, belongs to. */
export function findIpv6(text: string, at: number, found: Finding[]): void {
  let start = at;
  while (start > 0 && at - start < 5 && /[0-9a-fA-F]/.test(text[start - 1]!)) start--;
  if (
    at - start !== 4 ||
    !/[23]/.test(text[start]!) ||
    isWord(text.charCodeAt(start - 1)) ||
    text[start - 1] === ':'
  ) {
    return;
  }
  const match = /^[0-9a-fA-F:]+(?:\.\d{1,3}){0,3}/.exec(text.slice(start, start + 46));
  if (!match) return;
  const value = match[0].replace(/:$/, '');
  const full = isIPv6(match[0]) ? match[0] : value;
  if (!isIPv6(full) || isWord(text.charCodeAt(start + full.length))) return;
  found.push({ kind: 'ip', start, end: start + full.length });
}
