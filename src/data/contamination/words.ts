/**
 * Texts as sequences of hashed words, so that case, punctuation, accents and the way numbers are written make no
 * difference.
 * @module
 */

/** What a word can say about where a text comes from. */
export enum WordKind {
  word = 0,
  /** `the`, `which`, `was`: stands everywhere. */
  functionWord = 1,
  /** A year, or a number of less than three significant digits. */
  shortNumber = 2,
  /** A number of three significant digits or more that is no year. */
  figure = 3,
}

// Words without a subject of their own; without apostrophes, as the reader below writes them.
const functionWords =
  'a about above after again all also am an and any are as at be because been before being below between both but by can could did do does doing down during each few for from further had has have having he her here him his how i if in into is it its itself just me more most much my no nor not now of off on once only or other our out over own per same she should so some such than that the their them then there these they this those through to too under until up us very was we were what when where which while who whom whose why will with would you your';

const zero = 48;
const nine = 57;
const comma = 44;
const dot = 46;
const apostrophe = 39;
const curlyApostrophe = 0x2019;

/** Spreads the bits of a hash (the finalizer of MurmurHash3, Appleby 2011). */
export function mixBits(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 32-bit hash of a string that is compared as it is, for example a group's name. */
export function hashString(text: string, seed: number): number {
  let h = seed | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mixBits(h);
}

const wordSeed = 0x811c9dc5;
const functionHashes = new Set(functionWords.split(' ').map((word) => hashString(word, wordSeed)));
/** Sieve before the set: most words are none of these. */
const functionSieve = new Uint8Array(1 << 13);
for (const hash of functionHashes) functionSieve[hash % functionSieve.length] = 1;

function isFunctionWord(hash: number): boolean {
  return functionSieve[hash % functionSieve.length] === 1 && functionHashes.has(hash);
}

enum CharacterClass {
  unknown = 0,
  separator = 1,
  letter = 2,
  /** A letter of a script that writes no spaces: a word of its own. */
  single = 3,
}
const classes = new Uint8Array(0x10000);
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

function classOf(code: number): CharacterClass {
  const known = classes[code]!;
  if (known) return known;
  const character = String.fromCharCode(code);
  const found = unspaced.test(character)
    ? CharacterClass.single
    : /[\p{L}\p{N}]/u.test(character)
      ? CharacterClass.letter
      : CharacterClass.separator;
  classes[code] = found;
  return found;
}

/** Reads texts into arrays that are used again and again. */
export class WordReader {
  /** One 32-bit hash a word; the first {@link length} are valid. */
  hashes = new Uint32Array(1024);
  /** A {@link WordKind} a word. */
  kinds = new Uint8Array(1024);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** Appends the words of a text. */
  read(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asked for
    const plain = /^[\x00-\x7f]*$/.test(text) ? text : text.normalize('NFKD').replace(/\p{M}+/gu, '');
    const end = plain.length;
    let i = 0;
    while (i < end) {
      const code = plain.charCodeAt(i);
      if (code >= zero && code <= nine) i = this.readNumber(plain, i);
      else if (isLetter(code)) i = this.readLetters(plain, i);
      else {
        if (code > 127 && classOf(code) === CharacterClass.single) this.add(mixBits(code), WordKind.word);
        i++;
      }
    }
  }

  private readLetters(text: string, start: number): number {
    let h = wordSeed | 0;
    let i = start;
    for (; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if (code >= 65 && code <= 90) code |= 32;
      else if (code > 127 && isLetter(code)) code = lowerCase(code);
      else if ((code === apostrophe || code === curlyApostrophe) && isLetter(text.charCodeAt(i + 1)))
        continue;
      else if (!(code >= 97 && code <= 122)) break;
      h = Math.imul(h ^ code, 0x01000193);
    }
    const hash = mixBits(h);
    this.add(hash, isFunctionWord(hash) ? WordKind.functionWord : WordKind.word);
    return i;
  }

  /** 1,496.50, 1496.5, 1'496.5 and 1.496,5 are one number. */
  private readNumber(text: string, start: number): number {
    let end = start;
    let dots = 0;
    let commas = 0;
    let lastMark = -1;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code >= zero && code <= nine) continue;
      const mark = code === dot || code === comma || code === apostrophe;
      const next = text.charCodeAt(end + 1);
      if (!mark || !(next >= zero && next <= nine)) break;
      if (code === dot) dots++;
      if (code === comma) commas++;
      if (code !== apostrophe) lastMark = end;
    }
    const marks = dots + commas;
    const thousands = text.charCodeAt(lastMark) === comma ? end - lastMark === 4 && dots === 0 : false;
    const single =
      marks === 1 || (dots > 0 && commas > 0 && text.indexOf(text[lastMark]!, start) === lastMark);
    const point = marks > 0 && single && !thousands ? lastMark : end;
    let last = end - 1;
    if (point < end) while (last > point && text.charCodeAt(last) === zero) last--;
    let h = wordSeed | 0;
    let digits = 0;
    let zeros = 0;
    for (let i = start; i <= last; i++) {
      const code = text.charCodeAt(i);
      if (i === point && i < last) h = Math.imul(h ^ dot, 0x01000193);
      if (code < zero || code > nine) continue;
      h = Math.imul(h ^ code, 0x01000193);
      if (code === zero) zeros += digits > 0 ? 1 : 0;
      else {
        digits += zeros + 1;
        zeros = 0;
      }
    }
    const year = point === end && end - start === 4 && /^(19|20)/.test(text.slice(start, start + 2));
    this.add(mixBits(h), digits >= 3 && !year ? WordKind.figure : WordKind.shortNumber);
    return end;
  }

  private add(hash: number, kind: WordKind): void {
    if (this.length === this.hashes.length) {
      const hashes = new Uint32Array(this.length * 2);
      hashes.set(this.hashes);
      const kinds = new Uint8Array(this.length * 2);
      kinds.set(this.kinds);
      this.hashes = hashes;
      this.kinds = kinds;
    }
    this.hashes[this.length] = hash;
    this.kinds[this.length++] = kind;
  }
}

function isLetter(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return classOf(code) === CharacterClass.letter;
}

const lowered = new Uint16Array(0x10000);

/** Lower case, and one form of the letters that only stand at the end of a word (Greek sigma). */
function lowerCase(code: number): number {
  lowered[code] ||= String.fromCharCode(code).toUpperCase().toLowerCase().charCodeAt(0);
  return lowered[code]!;
}
