/**
 * Regular expressions that are matched in linear time, whatever the text: what users write in a recipe never makes
 * preparation hang. The built-in engine backtracks; here a pattern becomes an automaton whose states are computed as they
 * are met (Thompson 1968; as RE2 does).
 *
 * Understood: characters, `.`, classes (`[a-z]`, `\d \w \s` and their opposites), groups, `|`, `* + ? {n} {n,} {n,m}`, and
 * the assertions `^ $ \b \B`. Back-references and look-around are not regular and are refused.
 * @module
 */
import { AttuneError } from '../../errors.js';

const longest = 200;
const mostStates = 2000;
const mostKnown = 500;

/** A test whether a text holds a match. */
export type LinearPattern = (text: string) => boolean;

type CharTest = (code: number) => boolean;
type Assertion = 'start' | 'end' | 'word' | 'noWord';

/** A state of the automaton: reads a character, splits, asserts or accepts. */
type State =
  | { type: 'read'; test: CharTest; next: number }
  | { type: 'split'; next: number[] }
  | { type: 'assert'; what: Assertion; next: number }
  | { type: 'accept' };

const isWord: CharTest = (code) =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  code > 191;
const isDigit: CharTest = (code) => code >= 48 && code <= 57;
const isSpace: CharTest = (code) =>
  (code >= 9 && code <= 13) || code === 32 || code === 0xa0 || code === 0x2028;
const not =
  (test: CharTest): CharTest =>
  (code) =>
    !test(code);
const classes = new Map<string, CharTest>([
  ['d', isDigit],
  ['D', not(isDigit)],
  ['w', isWord],
  ['W', not(isWord)],
  ['s', isSpace],
  ['S', not(isSpace)],
]);
const escapes = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
  ['v', 11],
]);

/**
 * Compiles a pattern; case does not matter.
 *
 * @param field setting that the pattern stands in, for the message
 * @throws AttuneError when the pattern is longer than 200 characters, broken, not regular or too large when written out
 */
export function compilePattern(source: string, field?: string): LinearPattern {
  const fail = (problem: string, at?: number): never => {
    throw new AttuneError(
      `the pattern "${source.slice(0, 60)}" ${problem}${at === undefined ? '' : ` at character ${at + 1}`}`,
      {
        field,
        fix: 'use characters, classes, groups, |, * + ? {n,m}, ^ $ and \\b; write \\ before a special character',
      },
    );
  };
  if (source.length > longest) fail(`is ${source.length} characters long, at most ${longest} are read`);
  return matcher(new Parser(source.toLowerCase() === source ? source : lowered(source), fail).compile());
}

/** The pattern in small letters, escapes as they are: `\S` is not `\s`. */
function lowered(source: string): string {
  return source.replace(/\\.|[^\\]+/gs, (part) => (part[0] === '\\' ? part : part.toLowerCase()));
}

/** A piece of the automaton: where it begins, and the states whose `next` is still open. */
interface Piece {
  start: number;
  ends: ((next: number) => void)[];
}

class Parser {
  private readonly states: State[] = [];
  private at = 0;
  private depth = 0;

  constructor(
    private readonly source: string,
    private readonly fail: (problem: string, at?: number) => never,
  ) {}

  compile(): { states: State[]; start: number } {
    const piece = this.alternatives();
    if (this.at < this.source.length) this.fail('has a bracket too many', this.at);
    const accept = this.add({ type: 'accept' });
    for (const end of piece.ends) end(accept);
    return { states: this.states, start: piece.start };
  }

  private add(state: State): number {
    if (this.states.length >= mostStates) this.fail('is too large when its repetitions are written out');
    return this.states.push(state) - 1;
  }

  private alternatives(): Piece {
    const pieces = [this.sequence()];
    while (this.source[this.at] === '|') {
      this.at++;
      pieces.push(this.sequence());
    }
    if (pieces.length === 1) return pieces[0]!;
    const start = this.add({ type: 'split', next: pieces.map((piece) => piece.start) });
    return { start, ends: pieces.flatMap(({ ends }) => ends) };
  }

  private sequence(): Piece {
    let piece = this.empty();
    while (this.at < this.source.length && !'|)'.includes(this.source[this.at]!)) {
      piece = joined(piece, this.repeated());
    }
    return piece;
  }

  private repeated(): Piece {
    const from = this.at;
    const first = this.atom();
    const to = this.at;
    const [least, most] = this.quantifier() ?? [1, 1];
    if ('*+?{'.includes(this.source[this.at] ?? ' ')) this.fail('repeats a repetition', this.at);
    if (least === 1 && most === 1) return first;
    const after = this.at;
    // Each copy is parsed again from the same text, which writes it into states of its own.
    const copy = (): Piece => {
      this.at = from;
      const piece = this.atom();
      if (this.at !== to) this.fail('cannot be read');
      return piece;
    };
    let piece = this.empty();
    for (let n = 0; n < least; n++) piece = joined(piece, n === 0 ? first : copy());
    if (most === Infinity) piece = joined(piece, this.star(least === 0 ? first : copy()));
    else {
      for (let n = least; n < most; n++) piece = joined(piece, this.optional(n === 0 ? first : copy()));
    }
    this.at = after;
    return piece;
  }

  private quantifier(): [number, number] | undefined {
    const [text = '', fixed, lowest, highest] =
      /^(?:[*+?]|\{(\d{1,3})\}|\{(\d{1,3}),(\d{0,3})\})/.exec(this.source.slice(this.at)) ?? [];
    if (text === '') return undefined;
    this.at += text.length;
    if (this.source[this.at] === '?') this.at++; // A lazy quantifier finds the same texts.
    if (text === '*') return [0, Infinity];
    if (text === '+') return [1, Infinity];
    if (text === '?') return [0, 1];
    if (fixed !== undefined) return [Number(fixed), Number(fixed)];
    const most = highest === '' ? Infinity : Number(highest);
    if (most < Number(lowest)) this.fail('has a repetition whose end is before its beginning', this.at);
    return [Number(lowest), most];
  }

  private star(piece: Piece): Piece {
    const next: number[] = [piece.start];
    const split = this.add({ type: 'split', next });
    for (const end of piece.ends) end(split);
    return { start: split, ends: [(to) => next.push(to)] };
  }

  private optional(piece: Piece): Piece {
    const next: number[] = [piece.start];
    const split = this.add({ type: 'split', next });
    return { start: split, ends: [...piece.ends, (to) => next.push(to)] };
  }

  private empty(): Piece {
    const next: number[] = [];
    return { start: this.add({ type: 'split', next }), ends: [(to) => next.push(to)] };
  }

  private atom(): Piece {
    const character = this.source[this.at]!;
    if (character === '(') return this.group();
    if (character === '[') return this.read(this.set());
    if ('*+?{'.includes(character)) this.fail('repeats nothing', this.at);
    this.at++;
    if (character === '.') return this.read((code) => code !== 10);
    if (character === '^') return this.assertion('start');
    if (character === '$') return this.assertion('end');
    if (character === '\\') return this.escape();
    const code = character.charCodeAt(0);
    return this.read((other) => other === code);
  }

  private group(): Piece {
    const opened = this.at++;
    if (this.source.startsWith('?:', this.at)) this.at += 2;
    else if (this.source[this.at] === '?') this.fail('uses look-around or a named group', opened);
    if (++this.depth > 50) this.fail('is nested too deeply', opened);
    const piece = this.alternatives();
    if (this.source[this.at] !== ')') this.fail('has a bracket that is not closed', opened);
    this.at++;
    this.depth--;
    return piece;
  }

  private escape(): Piece {
    const letter = this.source[this.at++];
    if (letter === undefined) this.fail('ends in a single \\');
    if (letter === 'b') return this.assertion('word');
    if (letter === 'B') return this.assertion('noWord');
    const code = this.escapedCode(letter!);
    return this.read(classes.get(letter!) ?? ((other) => other === code));
  }

  private escapedCode(letter: string): number {
    if (/[1-9a-zA-Z]/.test(letter) && !escapes.has(letter) && !classes.has(letter)) {
      this.fail(`uses \\${letter}, which is not understood`, this.at - 1);
    }
    return escapes.get(letter) ?? letter.charCodeAt(0);
  }

  private set(): CharTest {
    const opened = this.at++;
    const negated = this.source[this.at] === '^';
    if (negated) this.at++;
    const tests: CharTest[] = [];
    for (let first = true; first || this.source[this.at] !== ']'; first = false) {
      if (this.at >= this.source.length) this.fail('has a class that is not closed', opened);
      const member = this.member();
      if (typeof member !== 'number') tests.push(member);
      else if (this.source[this.at] === '-' && !']'.includes(this.source[this.at + 1] ?? ']')) {
        this.at++;
        const end = this.member();
        if (typeof end !== 'number' || end < member)
          return this.fail('has a range that goes backwards', this.at);
        tests.push((code) => code >= member && code <= end);
      } else tests.push((code) => code === member);
    }
    this.at++;
    const any: CharTest = (code) => tests.some((test) => test(code));
    return negated ? not(any) : any;
  }

  private member(): number | CharTest {
    const character = this.source[this.at++]!;
    if (character !== '\\') return character.charCodeAt(0);
    const letter = this.source[this.at++] ?? '';
    return classes.get(letter) ?? this.escapedCode(letter);
  }

  private read(test: CharTest): Piece {
    const state = { type: 'read', test, next: -1 } as const satisfies State as State & { type: 'read' };
    return { start: this.add(state), ends: [(to) => (state.next = to)] };
  }

  private assertion(what: Assertion): Piece {
    const state: State & { type: 'assert' } = { type: 'assert', what, next: -1 };
    return { start: this.add(state), ends: [(to) => (state.next = to)] };
  }
}

function joined(first: Piece, second: Piece): Piece {
  for (const end of first.ends) end(second.start);
  return { start: first.start, ends: second.ends };
}

/** What the automaton knows between two characters: the states that are open, and what stood before. */
interface Known {
  open: number[];
  before: Before;
  /** What follows on a character, by its code; undefined where it was not met yet. */
  ascii: (Known | 'found' | undefined)[];
  others: Map<number, Known | 'found'>;
  atEnd?: boolean;
}

type Before = 'nothing' | 'word' | 'line' | 'other';

function matcher({ states, start }: { states: State[]; start: number }): LinearPattern {
  let known = new Map<string, Known>();
  const knownOf = (open: number[], before: Before): Known => {
    const key = `${before}:${open}`;
    const found = known.get(key);
    if (found) return found;
    // A pattern can have very many states; forgetting them bounds the memory and costs only time.
    if (known.size >= mostKnown) known = new Map();
    const made: Known = { open, before, ascii: [], others: new Map() };
    known.set(key, made);
    return made;
  };

  /** The reading states that are reached without reading; undefined where the end is reached. */
  const reach = ({ open, before }: Known, after: number | undefined): number[] | undefined => {
    const wordAfter = after !== undefined && isWord(after);
    const holds: Record<Assertion, boolean> = {
      start: before === 'nothing' || before === 'line',
      end: after === undefined || after === 10,
      word: (before === 'word') !== wordAfter,
      noWord: (before === 'word') === wordAfter,
    };
    const seen = new Set<number>();
    const reading: number[] = [];
    // A match may begin anywhere, so the start is always open.
    const stack = [start, ...open];
    while (stack.length > 0) {
      const at = stack.pop()!;
      if (seen.has(at)) continue;
      seen.add(at);
      const state = states[at]!;
      if (state.type === 'accept') return undefined;
      if (state.type === 'read') reading.push(at);
      else if (state.type === 'split') stack.push(...state.next);
      else if (holds[state.what]) stack.push(state.next);
    }
    return reading;
  };

  const step = (from: Known, code: number): Known | 'found' => {
    const reading = reach(from, code);
    if (!reading) return 'found';
    const open = new Set<number>();
    for (const at of reading) {
      const state = states[at] as State & { type: 'read' };
      if (state.test(code)) open.add(state.next);
    }
    const before = isWord(code) ? 'word' : code === 10 ? 'line' : 'other';
    return knownOf(
      [...open].sort((a, b) => a - b),
      before,
    );
  };

  return (text) => {
    const lower = text.toLowerCase();
    let current = knownOf([], 'nothing');
    for (let at = 0; at < lower.length; at++) {
      const code = lower.charCodeAt(at);
      let next = code < 128 ? current.ascii[code] : current.others.get(code);
      if (next === undefined) {
        next = step(current, code);
        if (code < 128) current.ascii[code] = next;
        else if (current.others.size < 1000) current.others.set(code, next);
      }
      if (next === 'found') return true;
      current = next;
    }
    current.atEnd ??= reach(current, undefined) === undefined;
    return current.atEnd;
  };
}

/** A test for a glob: `*` stands for any characters, `?` for one, case does not matter. */
export function compileGlob(glob: string, field?: string): LinearPattern {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return compilePattern(`^${pattern}$`, field);
}
