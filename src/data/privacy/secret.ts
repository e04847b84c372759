/**
 * Secrets: private keys, access tokens in the forms of their issuers, and values that are called a password or key.
 * @module
 */
import type { Finding } from './finding.js';
import { matchAt } from './numbers.js';

/** Beginnings that issuers document for their tokens, each with its own form. */
const tokenForms = [
  // Amazon Web Services
  'A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}',
  // GitHub
  'gh[pousr]_[A-Za-z0-9]{36,255}',
  'github_pat_[A-Za-z0-9_]{60,255}',
  // GitLab
  'gl(?:pat|ptt|dt|rt|soat|cbt)-[A-Za-z0-9_=-]{20,64}(?:\\.[a-z0-9.]{2,20})?',
  // Slack
  'xox[abeoprs](?:\\.xox[bp])?-[A-Za-z0-9-]{10,250}',
  'xapp-\\d-[A-Za-z0-9-]{20,200}',
  // Google
  'AIza[A-Za-z0-9_-]{35}',
  'ya29\\.[A-Za-z0-9_-]{20,300}',
  'GOCSPX-[A-Za-z0-9_-]{28}',
  // Stripe
  '[sr]k_(?:live|test)_[A-Za-z0-9]{16,250}',
  'whsec_[A-Za-z0-9+/=]{24,250}',
  // OpenAI, Anthropic
  'sk-(?:proj|svcacct|admin|ant)-[A-Za-z0-9_-]{20,250}',
  'sk-[A-Za-z0-9]{20,64}',
  // Hugging Face, npm, PyPI, SendGrid, Twilio
  'hf_[A-Za-z0-9]{30,64}',
  'npm_[A-Za-z0-9]{36}',
  'pypi-[A-Za-z0-9_-]{50,300}',
  'SG\\.[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{16,64}',
  // JSON web token
  'eyJ[A-Za-z0-9_-]{8,4000}\\.eyJ[A-Za-z0-9_-]{8,8000}\\.[A-Za-z0-9_-]{8,4000}',
];
const token = new RegExp(`(?:${tokenForms.join('|')})(?![A-Za-z0-9])`, 'y');
/** `Authorization: Bearer ...`, `the password is ...` */
const toldSecret =
  /(?:(?:Bearer|Basic|bearer) ([A-Za-z0-9+/_=.~-]{16,2048})|[Pp]asswor[dt] (?:is|was|ist|lautet):? ["'“„«]?([^\s"'”“»]{6,128}))/y;
const slackHook = /hooks\.slack\.com\/services\/(T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\/[A-Za-z0-9]{16,32})/y;

/** The first three characters of every token. */
export const tokenBeginnings: readonly string[] = [
  ...[
    'pas',
    'bea',
    'bas',
    'AKI',
    'ASI',
    'ABI',
    'ACC',
    'ghp',
    'gho',
    'ghu',
    'ghs',
    'ghr',
    'git',
    'glp',
    'gld',
    'glr',
    'gls',
    'glc',
  ],
  ...[
    'xox',
    'xap',
    'hoo',
    'AIz',
    'ya2',
    'GOC',
    'sk_',
    'rk_',
    'whs',
    'sk-',
    'hf_',
    'npm',
    'pyp',
    'SG.',
    'eyJ',
  ],
];

/** Adds the token that begins at `at`, where a word begins; returns where to go on. */
export function findToken(text: string, at: number, found: Finding[]): number {
  if (text[at - 1] === '_') return at;
  const end = at + (matchAt(token, text, at)?.[0].length ?? 0);
  if (end > at) {
    found.push({ kind: 'secret', start: at, end });
    return end;
  }
  const told = matchAt(toldSecret, text, at);
  if (told) {
    const written = (told[1] ?? told[2])!;
    const value = written.replace(/[.,;:]+$/, '');
    const start = at + told[0].length - written.length;
    const right = told[1] === undefined ? likePassword(value, false, false) : likeKey(value);
    if (right && !noSecret.test(value)) found.push({ kind: 'secret', start, end: start + value.length });
  }
  const hook = matchAt(slackHook, text, at);
  if (hook) {
    found.push({ kind: 'secret', start: at + hook[0].length - hook[1]!.length, end: at + hook[0].length });
  }
  return at;
}

/** Adds private keys in PEM form; one that is cut off ends where its letters do. */
export function findPrivateKeys(text: string, found: Finding[]): void {
  const begin = '-----BEGIN ';
  for (let start = text.indexOf(begin); start >= 0; start = text.indexOf(begin, start + 1)) {
    const head = /^-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/.exec(
      text.slice(start, start + 80),
    );
    if (!head) continue;
    const from = start + head[0].length;
    const body = /^(?:[A-Za-z0-9+/=\s]|\\[nr]|[A-Za-z-]{3,20}: [^\n]{0,80}\n)*/.exec(
      text.slice(from, from + 20_000),
    )![0];
    const tail = /^-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.exec(
      text.slice(from + body.length, from + body.length + 90),
    );
    const length = tail ? body.length + tail[0].length : body.trimEnd().length;
    found.push({ kind: 'secret', start, end: from + length });
  }
}

/** The name that a value is assigned to, up to the sign at the end. */
const secretName =
  /(?:^|[^A-Za-z])(?:[A-Za-z0-9]{1,24}[_.-]){0,3}?(?:password|passwd|passwort|pwd|passphrase|kennwort|contrase(?:ñ|n)a|mot[ _]de[ _]passe|wachtwoord|passcode)["']?\s{0,3}$/i;
const keyName =
  /(?:secret|token|api[ _-]?key|access[ _-]?key|(?:secret|private|account|encryption|signing|auth|master|service)[ _-]?key|credentials?|client[ _-]?secret|bearer|secret[ _-]?access[ _-]?key|(?:access|secret)[ _-]?key[ _-]?id)["']?\s{0,3}$/i;
/** The last three letters of every such name: they tell nearly every other colon apart. */
const nameEndings = new Set(
  'ord swd ort pwd ase eña ena sse ode ret ken key ial als rer _id yid -id'.split(' ').concat(' id'),
);
const camelPassword = /[a-z](?:Password|Passwd|Pwd)["']?\s{0,3}$/;
const assigned = /[=>]?\s{0,3}(?:(["'`])([^"'`\n]{4,256})\1|([^\s"'`,;<>()[\]{}|]{4,256}))/y;
const noSecret =
  /^(?:<.*|\$\{?.*|\{\{.*|%.*%|\*+|•+|x{4,}|\.{3,}|\[.*|your[_-].*|my[_-].*|(?:none|null|undefined|true|false|required|optional|string|example|changeme|redacted|process\.env.*|os\.environ.*|env[.(].*|getenv.*|https?:.*))$/i;

/** Adds the value that the `=` or `:` at `at` gives to a name of a secret. */
export function findAssignedSecret(text: string, at: number, found: Finding[]): void {
  let last = at - 1;
  while (last > at - 6 && /["' ]/.test(text[last] ?? '.')) last--;
  if (!nameEndings.has(text.slice(last - 2, last + 1).toLowerCase())) return;
  const name = text.slice(Math.max(0, at - 48), at);
  const password = secretName.test(name) || camelPassword.test(name);
  if (!password && !keyName.test(name)) return;
  const match = matchAt(assigned, text, at + 1);
  if (!match) return;
  const quoted = match[2] !== undefined;
  const value = quoted ? match[2]! : match[3]!.replace(/[.,;:]+$/, '');
  if (noSecret.test(value)) return;
  const equals = text[at] === '=';
  if (password ? !likePassword(value, quoted, equals) : !likeKey(value)) return;
  const start = at + 1 + match[0].length - (quoted ? value.length + 1 : match[3]!.length);
  found.push({ kind: 'secret', start, end: start + value.length });
}

/** Prose behind a colon is no password; a quoted or assigned word may be one. */
function likePassword(value: string, quoted: boolean, equals: boolean): boolean {
  if (/\s/.test(value)) return false;
  if (value.length < 6) return /\d/.test(value) && /[^\d.,%]/.test(value);
  if (quoted || equals) return !/^[\d.,]+$/.test(value) || value.length > 5;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9-]/].filter((kind) => kind.test(value)).length;
  return kinds > 1 && (/\d/.test(value) || /[^A-Za-z0-9_./'’-]/.test(value));
}

/** Keys are long, and their characters nearly random: letters and digits with an entropy of 3 bits or more. */
function likeKey(value: string): boolean {
  return (
    value.length >= 16 &&
    /^[A-Za-z0-9+/_=.~:-]+$/.test(value) &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    entropy(value) >= 3
  );
}

/** Shannon entropy of the characters, in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const times of counts.values()) bits -= (times / text.length) * Math.log2(times / text.length);
  return bits;
}
