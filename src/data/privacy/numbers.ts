/**
 * Groups of digits with single separators between them, as telephone, card and identity numbers are written.
 * @module
 */

/** Consecutive groups of digits. The same object is filled again for every run. */
export class DigitRun {
  /** Start of each group. */
  readonly starts: number[] = [];
  /** End of each group. */
  readonly ends: number[] = [];
  count = 0;
  /** Digits of all groups. */
  digits = 0;

  /** Reads the run that begins at `at`, where a digit stands: at most 12 groups, none longer than 24 digits. */
  read(text: string, at: number): void {
    this.count = 0;
    this.digits = 0;
    let i = at;
    while (this.count < 12) {
      const start = i;
      while (isDigit(text.charCodeAt(i))) i++;
      const length = i - start;
      if (length > 24) return;
      this.starts[this.count] = start;
      this.ends[this.count] = i;
      this.count++;
      this.digits += length;
      const next = separatorEnd(text, i);
      if (next < 0) return;
      i = next;
    }
  }
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Letters of ASCII and every character beyond it that is no space or dash; digits too. */
export function isWord(code: number): boolean {
  return (
    isDigit(code) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    (code >= 0xc0 && code < 0x2000)
  );
}

/** Where the next group of digits begins behind a separator of at most three characters, or -1. */
function separatorEnd(text: string, at: number): number {
  let spaces = 0;
  for (let i = at; i < at + 4; i++) {
    const code = text.charCodeAt(i);
    if (isDigit(code)) return i > at ? i : -1;
    if (code === 32 || code === 0xa0 || code === 0x202f || code === 0x2009) {
      if (++spaces > 1 && i > at && isSpace(text.charCodeAt(i - 1))) return -1;
    } else if (
      // - . / ( ) and the dashes
      code !== 45 &&
      code !== 46 &&
      code !== 47 &&
      code !== 40 &&
      code !== 41 &&
      code !== 0x2010 &&
      code !== 0x2011 &&
      code !== 0x2013
    ) {
      return -1;
    }
  }
  return -1;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 0xa0 || code === 0x202f || code === 0x2009;
}

/**
 * Whether a number may begin at `start` and end at `end`: nothing that belongs to it stands before or behind, such as
 * a letter, or a digit joined by a point, comma, hyphen or slash.
 */
export function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (isWord(before) && before !== 95) return false;
  const further = text.charCodeAt(start - 2);
  if ((before === 45 || before === 47) && isWord(further)) return false;
  // `Tel.030` is a number, `1.030` is not.
  if (before === 46 && isDigit(further)) return false;
  // A comma without a space separates cells too, but not before three digits.
  if (before === 44 && isDigit(further) && /^\d{3}(?!\d)/.test(text.slice(start, start + 4))) return false;
  const behind = text.charCodeAt(end);
  if (isWord(behind)) return false;
  if (behind === 45 || behind === 47) return !isWord(text.charCodeAt(end + 1));
  if (behind === 46) return !isDigit(text.charCodeAt(end + 1));
  return !(behind === 44 && /^,\d{3}(?!\d)/.test(text.slice(end, end + 5)));
}

/** Matches a sticky pattern at a place. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
