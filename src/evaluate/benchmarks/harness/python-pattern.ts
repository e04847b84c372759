/**
 * Python's regular expressions as JavaScript's.
 * @module
 */
import { createContext, Script } from 'node:vm';
import { AttuneError } from '../../../errors.js';

/** A pattern that was translated. */
export interface Pattern {
  /** As `re.findall`: the groups of each match, the whole match where there are none. */
  findAll(text: string): string[][];
  /** As `re.sub(pattern, '', text)`. */
  remove(text: string): string;
}

/** A pattern of a stranger that backtracks for longer than this is given up. */
const timeout = 2000;
const digits = '\\p{Nd}';
const word = '\\p{L}\\p{N}_';
const space = '\\s\\x1c-\\x1f\\x85';

/** @returns what is wrong where the pattern cannot be translated */
export function compilePattern(source: string): Pattern | string {
  let expression: RegExp;
  try {
    const { pattern, flags } = translate(source);
    expression = new RegExp(pattern, `gu${flags}`);
  } catch (error) {
    return `the pattern ${source} cannot be read: ${(error as Error).message}`;
  }
  const run = (code: Script, text: string): unknown => {
    try {
      return code.runInContext(createContext({ expression, text }), { timeout });
    } catch (error) {
      throw new AttuneError(`the pattern ${source} takes too long on an answer`, {
        field: 'filter_list',
        fix: 'write it without nested repetitions',
        cause: error,
      });
    }
  };
  return {
    findAll: (text) => {
      const matches = run(findAll, text) as (string | undefined)[][];
      return matches.map((match) =>
        Array.from(match.length > 1 ? match.slice(1) : match, (group) => group ?? ''),
      );
    },
    remove: (text) => run(removeAll, text) as string,
  };
}

/** Only inside a script can a match that takes too long be broken off. */
const findAll = new Script('[...text.matchAll(expression)]');
const removeAll = new Script("text.replace(expression, '')");

/** Rewrites what the two languages write differently. */
function translate(source: string): { pattern: string; flags: string } {
  const [leading = '', letters = ''] = /^\(\?([aiLmsux]+)\)/.exec(source) ?? [];
  if (/[Lxa]/.test(letters)) throw new SyntaxError(`the flags ${letters} are not supported`);
  const flags = letters.replace('u', '');
  let pattern = '';
  let inClass = false;
  for (let at = leading.length; at < source.length; at++) {
    const character = source[at]!;
    const rest = source.slice(at);
    if (character === '\\') {
      pattern += translateEscape(source[++at] ?? '', inClass);
    } else if (inClass) {
      inClass = character !== ']';
      pattern += character === '[' ? '\\[' : character;
    } else if (character === '[') {
      inClass = true;
      const opening = /^\[\^?\]?/.exec(rest)![0];
      at += opening.length - 1;
      pattern += opening.endsWith(']') ? `${opening.slice(0, -1)}\\]` : opening;
    } else if (character === '.') {
      pattern += flags.includes('s') ? '.' : '[^\\n]';
    } else if (character === '$') {
      pattern += flags.includes('m') ? '(?=\\n|(?![^]))' : '(?=\\n?(?![^]))';
    } else if (rest.startsWith('(?P<')) {
      pattern += '(?<';
      at += 3;
    } else if (rest.startsWith('(?P=')) {
      const name = /^\(\?P=(\w+)\)/.exec(rest)?.[1] ?? '';
      pattern += `\\k<${name}>`;
      at += `(?P=${name})`.length - 1;
    } else if (/^[{}]/.test(rest) && !/^\{\d*,?\d*\}/.test(rest) && !isQuantifierEnd(source, at)) {
      pattern += `\\${character}`;
    } else if (character === ']') {
      pattern += '\\]';
    } else {
      pattern += character;
    }
  }
  return { pattern: pattern.replaceAll('{,', '{0,'), flags };
}

function isQuantifierEnd(source: string, at: number): boolean {
  return source[at] === '}' && /\{\d*,?\d*$/.test(source.slice(Math.max(0, at - 12), at));
}

function translateEscape(character: string, inClass: boolean): string {
  const wrap = (members: string, negated: boolean): string =>
    inClass && !negated ? members : `[${negated ? '^' : ''}${members}]`;
  switch (character) {
    case 'd':
    case 'D':
      return wrap(digits, character === 'D');
    case 'w':
    case 'W':
      return wrap(word, character === 'W');
    case 's':
    case 'S':
      return wrap(space, character === 'S');
    case 'b':
      return inClass ? '\\b' : `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`;
    case 'B':
      return `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`;
    case 'A':
      return '(?<![^])';
    case 'Z':
      return '(?![^])';
  }
  if (/[nrtfv\dxu]/.test(character)) return `\\${character}`;
  if (/[A-Za-z]/.test(character)) throw new SyntaxError(`\\${character} is not supported`);
  if (character === '') throw new SyntaxError('it ends with a backslash');
  // Only these may be escaped in JavaScript's strict form.
  return /[\^$\\.*+?()[\]{}|/]/.test(character) || (inClass && character === '-')
    ? `\\${character}`
    : character;
}
