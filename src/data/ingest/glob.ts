/**
 * Patterns of file names, as shells and `.gitignore` have them: `*`, `?`, `[a-z]`, `{a,b}` and `**`.
 * @module
 */
import { AttuneError } from '../../errors.js';

/** Alternatives that one pattern may stand for, so that `{a,b}{a,b}...` does not fill the memory. */
const maximumAlternatives = 1000;

type Piece = '*' | { matches: (character: string) => boolean };
/** Folders at any depth, or one name: whether it may be hidden, and its pieces. */
type Segment = '**' | { hidden: boolean; pieces: Piece[] };

/** A pattern that is walked folder by folder, so that folders that cannot hold a match are not read. */
export interface Glob {
  /** The folders before the first special character; empty where there are none. */
  fixed: string;
  /** Where a walk stands in the folder `fixed`. */
  start: GlobState;
}

/** The places in the pattern's alternatives that the names so far lead to. */
export type GlobState = readonly { segments: readonly Segment[]; index: number }[];

/** Whether a path is a pattern. */
export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}

/**
 * Reads a pattern. `*` and `?` match no `/`; `**` as a whole segment matches any number of folders; names that begin with
 * a dot are matched only by a segment that does so too; a backslash takes the next character as it is.
 *
 * @throws {AttuneError} when it stands for too many alternatives
 */
export function parseGlob(pattern: string): Glob {
  const parts = pattern.split('/');
  const special = parts.findIndex(isGlob);
  // A brace may hold a slash: `{a/b,c}`.
  const fixed = parts.slice(0, special);
  const alternatives = expandBraces(parts.slice(special).join('/'));
  return {
    fixed: fixed.join('/') || (fixed.length > 0 ? '/' : ''),
    start: alternatives.map((alternative) => ({
      segments: alternative
        .split('/')
        .filter((part) => part !== '' && part !== '.')
        .map(parseSegment),
      index: 0,
    })),
  };
}

/** Where the walk stands after it enters `name`; empty where nothing below can match. */
export function advance(state: GlobState, name: string): GlobState {
  return closure(state).flatMap(({ segments, index }) => {
    const segment = segments[index];
    if (segment === undefined) return [];
    if (segment === '**') return name.startsWith('.') ? [] : [{ segments, index }];
    return matchesSegment(segment, name) ? [{ segments, index: index + 1 }] : [];
  });
}

/** Whether the names so far are a match. */
export function isMatch(state: GlobState): boolean {
  return closure(state).some(({ segments, index }) => index === segments.length);
}

/** The state with every `**` also taken as no folder at all, each place once. */
function closure(state: GlobState): GlobState {
  const places = new Map<readonly Segment[], Set<number>>();
  for (const { segments, index } of state) {
    const indices = places.get(segments) ?? new Set();
    places.set(segments, indices.add(index));
    for (let next = index; segments[next] === '**'; next++) indices.add(next + 1);
  }
  return [...places].flatMap(([segments, indices]) => [...indices].map((index) => ({ segments, index })));
}

/** Wildcards by taking up the search again at the last `*` only: time grows with name times pattern at most. */
function matchesSegment({ hidden, pieces }: Exclude<Segment, '**'>, name: string): boolean {
  if (name.startsWith('.') && !hidden) return false;
  const characters = [...name];
  let at = 0;
  let piece = 0;
  let star = -1;
  let starAt = 0;
  while (at < characters.length) {
    const current = pieces[piece];
    if (current === '*') {
      star = piece++;
      starAt = at;
    } else if (current?.matches(characters[at]!)) {
      at++;
      piece++;
    } else if (star >= 0) {
      piece = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (pieces[piece] === '*') piece++;
  return piece === pieces.length;
}

function parseSegment(text: string): Segment {
  if (text === '**') return '**';
  const characters = [...text];
  const pieces: Piece[] = [];
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index]!;
    if (character === '*') {
      if (pieces.at(-1) !== '*') pieces.push('*');
    } else if (character === '?') pieces.push({ matches: () => true });
    else if (character === '[') {
      const end = characters.indexOf(']', index + 2);
      if (end < 0) pieces.push(literal('['));
      else {
        pieces.push(characterClass(characters.slice(index + 1, end)));
        index = end;
      }
    } else if (character === '\\' && index + 1 < characters.length)
      pieces.push(literal(characters[++index]!));
    else pieces.push(literal(character));
  }
  return { hidden: text.startsWith('.'), pieces };
}

const literal = (wanted: string): Piece => ({ matches: (character) => character === wanted });

function characterClass(body: string[]): Piece {
  const negated = body[0] === '!' || body[0] === '^';
  const members = negated ? body.slice(1) : body;
  const ranges: [number, number][] = [];
  for (let index = 0; index < members.length; index++) {
    const from = members[index]!.codePointAt(0)!;
    const range = members[index + 1] === '-' && members[index + 2] !== undefined;
    ranges.push([from, range ? members[index + 2]!.codePointAt(0)! : from]);
    if (range) index += 2;
  }
  return {
    matches: (character) => {
      const code = character.codePointAt(0)!;
      return ranges.some(([from, to]) => code >= from && code <= to) !== negated;
    },
  };
}

/** `a{b,c{d,e}}` as `ab`, `acd`, `ace`; a brace without its partner or without a comma is taken as it is. */
function expandBraces(pattern: string): string[] {
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0) {
    if (done.length + open.length > maximumAlternatives) {
      throw new AttuneError(`stands for more than ${maximumAlternatives} alternatives`, {
        file: pattern,
        fix: 'write fewer braces, or several sources',
      });
    }
    const text = open.pop()!;
    const brace = firstBrace(text);
    if (!brace) done.push(text);
    else {
      const head = text.slice(0, brace.start);
      const tail = text.slice(brace.end + 1);
      for (const option of brace.options) open.push(head + option + tail);
    }
  }
  return done;
}

/** The first brace with a comma and a partner; its options may hold braces of their own. */
function firstBrace(text: string): { start: number; end: number; options: string[] } | undefined {
  for (let start = text.indexOf('{'); start >= 0; start = text.indexOf('{', start + 1)) {
    if (text[start - 1] === '\\') continue;
    let depth = 0;
    let from = start + 1;
    const options: string[] = [];
    for (let index = start; index < text.length; index++) {
      const character = text[index];
      if (character === '\\') index++;
      else if (character === '{') depth++;
      else if (character === ',' && depth === 1) {
        options.push(text.slice(from, index));
        from = index + 1;
      } else if (character === '}' && --depth === 0) {
        if (options.length > 0) return { start, end: index, options: [...options, text.slice(from, index)] };
        break;
      }
    }
  }
  return undefined;
}
