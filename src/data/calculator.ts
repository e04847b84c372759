/**
 * A small calculator for the expressions that models answer with. It reads plain notation and nothing else:
 * no names but four functions, no assignment, never `eval`.
 *
 * ```
 * expression = term  { ("+" | "-") term }
 * term       = sign  { ("*" | "/") sign }
 * sign       = { "-" | "+" } percent
 * percent    = value { "%" }                      5% is 0.05
 * value      = [currency] number | "(" expression ")" | function "(" expression { "," expression } ")"
 * function   = "min" | "max" | "sum" | "average"
 * number     = digits with or without thousands commas and decimals: 1202.9, 1,202.9, .5
 * ```
 *
 * A comma between digits is a thousands separator where exactly three digits follow it, so the arguments of a
 * function are separated by a comma and a space. Brackets only group: a negative figure is written `-12`.
 * @module
 */
import { AttuneError } from '../errors.js';

const maximumLength = 1000;
const maximumDepth = 32;

const functions: Record<string, (values: number[]) => number> = {
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

/** Longest first, so that `1,202.9` is not read as 1. */
const number = /(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+/y;
const name = /[a-z]+/iy;

/** Signs that people and models write for the same operation. */
const plainSigns: Record<string, string> = { '−': '-', '–': '-', '×': '*', '÷': '/' };

/**
 * The value of an arithmetic expression in plain notation, for example `(1496.5 - 1202.9) / 1202.9`.
 *
 * @throws AttuneError with the position (1-based character) when the text is not an expression, divides by zero,
 * leaves the range of numbers, is longer than 1000 characters or nested deeper than 32 levels
 */
export function calculate(expression: string): number {
  if (expression.length > maximumLength) {
    throw new AttuneError(
      `expression is ${expression.length} characters long, at most ${maximumLength} are read`,
    );
  }
  const text = expression.replace(/[−–×÷]/g, (sign) => plainSigns[sign]!);
  let position = 0;
  let depth = 0;

  const fail = (problem: string, at = position): never => {
    throw new AttuneError(`${problem} at character ${at + 1} of the expression "${expression}"`, {
      fix: 'write numbers, + - * /, brackets, %, min, max, sum or average',
    });
  };
  const peek = (): string => {
    while (/\s/.test(text[position] ?? '')) position++;
    return text[position] ?? '';
  };
  const take = (sign: string): boolean => {
    if (peek() !== sign) return false;
    position++;
    return true;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(text)?.[0];
    position += found?.length ?? 0;
    return found;
  };
  const deeper = <T>(read: () => T): T => {
    if (++depth > maximumDepth) fail(`more than ${maximumDepth} levels of brackets and signs`);
    const result = read();
    depth--;
    return result;
  };

  const sum = (): number => {
    let value = product();
    for (;;) {
      if (take('+')) value += product();
      else if (take('-')) value -= product();
      else return value;
    }
  };
  const product = (): number => {
    let value = signed();
    for (;;) {
      if (take('*')) value *= signed();
      else if (peek() === '/') {
        const at = position++;
        const divisor = signed();
        if (divisor === 0) fail('division by zero', at);
        value /= divisor;
      } else return value;
    }
  };
  const signed = (): number => {
    if (take('-')) return deeper(() => -signed());
    if (take('+')) return deeper(signed);
    let value = primary();
    while (take('%')) value /= 100;
    return value;
  };
  const primary = (): number => {
    const start = peek();
    if (start === '(') {
      position++;
      return deeper(() => closed([sum()])[0]!);
    }
    if ('$€£'.includes(start) && start !== '') {
      position++;
      peek();
    }
    const digits = match(number);
    if (digits !== undefined) return Number(digits.replaceAll(',', ''));
    const at = position;
    const word = match(name);
    const apply =
      word === undefined
        ? undefined
        : Object.hasOwn(functions, word.toLowerCase()) && functions[word.toLowerCase()];
    if (!apply)
      return fail(
        text[at] === undefined ? 'a number is missing' : `"${word ?? text[at]}" is not understood`,
        at,
      );
    if (!take('(')) fail(`"(" expected after ${word}`);
    return deeper(() => {
      const values = [sum()];
      while (take(',')) values.push(sum());
      return apply(closed(values));
    });
  };
  const closed = <T>(value: T): T => {
    if (!take(')')) fail('")" is missing');
    return value;
  };

  const value = sum();
  if (peek() !== '') fail(`"${text[position]}" is not understood`);
  if (!Number.isFinite(value)) fail('the result is too large', 0);
  return value;
}
