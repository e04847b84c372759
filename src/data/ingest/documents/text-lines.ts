/**
 * Lines of plain text: which were only wrapped, and which are items of a list.
 * @module
 */

/** Narrower lines than this were ended by their author. */
const narrowest = 35;

/** The width at which the lines of a text were wrapped, in characters; 0 where they were not. */
export function wrapWidth(text: string): number {
  const lengths = text
    .slice(0, 500_000)
    .split('\n')
    .map((line) => line.trimEnd().length)
    .filter((length) => length >= narrowest)
    .sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length * 0.9)] ?? 0;
}

/** What is known of the file that lines belong to. */
export interface LineLayout {
  width: number;
  /** The words of the file in small letters, among which parted words are looked up. */
  words: ReadonlySet<string>;
}

/** The words of a text in small letters. */
export function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}+/gu));
}

/** Lines as one text: joined where they were wrapped, else each a line of its own. */
export function joinWrapped(lines: readonly string[], { width, words }: LineLayout): string {
  const trimmed = lines.map((line) => line.trim().replace(/[ \t]+/g, ' '));
  if (!isWrapped(lines, trimmed, width)) return trimmed.join('\n');
  return trimmed.reduce((joined, line) => joinLines(joined, line, words));
}

/**
 * Lines were wrapped when the first word of each next line would not have fitted: that is how wrapping works, and it
 * tells prose from addresses, verses and figures.
 */
function isWrapped(raw: readonly string[], lines: readonly string[], width: number): boolean {
  if (lines.length < 2) return false;
  // Columns are no prose, even where they are not regular enough for a table.
  if (raw.filter((line) => /\S {3,}\S/.test(line)).length > raw.length / 2) return false;
  const longest = Math.max(...raw.map((line) => line.length));
  const limit = Math.max(longest, lines.length < 3 ? width : 0);
  if (limit < narrowest) return false;
  let late = 0;
  for (let i = 0; i + 1 < lines.length; i++) {
    const word = lines[i + 1]!.split(' ', 1)[0]!;
    if (raw[i]!.length + 1 + word.length >= limit * 0.85) late++;
  }
  // An author may end a line early now and then; most lines have to be full.
  return late >= (lines.length - 1) * 0.8;
}

function joinLines(joined: string, line: string, words: ReadonlySet<string>): string {
  const head = /(\p{L}{2,})[-\u00ad\u2010]$/u.exec(joined);
  const tail = /^(\p{Ll}+)/u.exec(line);
  if (!head || !tail) return `${joined} ${line}`;
  // `develop-` and `ment` are one word where the text has that word elsewhere, `long-` and `term` keep their hyphen.
  const isWord = joined.endsWith('\u00ad') || words.has(`${head[1]}${tail[1]}`.toLowerCase());
  return isWord ? `${joined.slice(0, -1)}${line}` : `${joined}${line}`;
}

const item = /^\s*(?:[-*•·▪◦‣●○■□–—+]\s+|o\s{2,}|(\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)])\s+)(?=\S)/i;

/** Whether a line begins an item of a list. */
export function isListItem(line: string): boolean {
  return item.test(line);
}

/**
 * The items of a list with their wrapped lines, numbers and letters kept, bullets left out. Nothing where the lines
 * are not of one kind: a paragraph that begins with a dash, or a lone numbered line.
 */
export function listItems(lines: readonly string[], layout: LineLayout): string[] | undefined {
  const groups: string[][] = [];
  let bulleted = false;
  for (const line of lines) {
    const match = item.exec(line);
    if (!match) {
      if (groups.length === 0) return undefined;
      groups.at(-1)!.push(line);
      continue;
    }
    bulleted ||= match[1] === undefined;
    groups.push([match[1] ? line.trim() : line.slice(match[0].length)]);
  }
  if (groups.length === 1 && !bulleted) return undefined;
  return groups.map((group) =>
    group.map((line) => line.trim()).reduce((all, line) => joinLines(all, line, layout.words)),
  );
}
