/**
 * Python's operators between two values.
 * @module
 */
import {
  characters,
  compare,
  defined,
  equal,
  Float,
  kindOf,
  limited,
  maximumList,
  maximumText,
  numberOf,
  TemplateError,
  textOf,
  tooLong,
  type Value,
} from './values.js';

/**
 * A binary operator on values that are both known; `and` and `or` are the evaluator's.
 *
 * @throws TemplateError where Python would raise an error
 */
export function operate(operator: string, left: Value, right: Value): Value {
  const [a, b] = [defined(left), defined(right)];
  switch (operator) {
    case '==':
      return equal(a, b);
    case '!=':
      return !equal(a, b);
    case '<':
      return compare(a, b) < 0;
    case '<=':
      return compare(a, b) <= 0;
    case '>':
      return compare(a, b) > 0;
    case '>=':
      return compare(a, b) >= 0;
    case 'in':
      return contains(b, a);
    case 'not in':
      return !contains(b, a);
    case '~':
      return limited(textOf(a) + textOf(b));
  }
  if (operator === '+' && typeof a === 'string' && typeof b === 'string') return limited(a + b);
  if (operator === '+' && Array.isArray(a) && Array.isArray(b)) return limitedList([...a, ...b]);
  if (operator === '*') {
    if (typeof b === 'number' && (typeof a === 'string' || Array.isArray(a))) return repeat(a, b);
    if (typeof a === 'number' && (typeof b === 'string' || Array.isArray(b))) return repeat(b, a);
  }
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x === undefined || y === undefined) {
    throw new TemplateError(`\`${operator}\` does not go with ${kindOf(a)} and ${kindOf(b)}`);
  }
  const isFloat = operator === '/' || a instanceof Float || b instanceof Float;
  const result = arithmetic(operator, x, y);
  return isFloat || !Number.isInteger(result) ? new Float(result) : result;
}

function arithmetic(operator: string, x: number, y: number): number {
  if (y === 0 && ['/', '//', '%'].includes(operator)) throw new TemplateError('division by zero');
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      return x / y;
    case '//':
      return Math.floor(x / y);
    case '%':
      return x - y * Math.floor(x / y);
    case '**':
      return x ** y;
  }
  throw new TemplateError(`there is no operator \`${operator}\``);
}

function repeat(value: string | Value[], times: number): Value {
  const count = Math.max(times, 0);
  if (typeof value === 'string') {
    if (value.length * count > maximumText) throw tooLong();
    return value.repeat(count);
  }
  limitedList({ length: value.length * count });
  return Array.from({ length: count }, () => value).flat();
}

function limitedList<T extends { length: number }>(list: T): T {
  if (list.length > maximumList) throw new TemplateError(`the list grows beyond ${maximumList} entries`);
  return list;
}

function contains(holder: Value, value: Value): boolean {
  if (typeof holder === 'string' && typeof value === 'string') return holder.includes(value);
  if (Array.isArray(holder)) return holder.some((item) => equal(item, value));
  if (holder instanceof Map) return typeof value === 'string' && holder.has(value);
  throw new TemplateError(`\`in\` does not go with ${kindOf(value)} and ${kindOf(holder)}`);
}

/** `range(stop)`, `range(start, stop)` and `range(start, stop, step)`. */
export function range(args: readonly Value[]): Value {
  const numbers = args.map((value) => {
    if (typeof value !== 'number') throw new TemplateError('`range` takes whole numbers');
    return value;
  });
  const [start, stop, step = 1] =
    numbers.length === 1 ? [0, numbers[0]!] : (numbers as [number, number, number?]);
  if (step === 0) throw new TemplateError('the step of `range` is 0');
  const length = Math.max(Math.ceil((stop - start) / step), 0);
  limitedList({ length });
  return Array.from({ length }, (_, index) => start + index * step);
}

/** `value[start:stop:step]`. */
export function slice(value: Value, start: Value, stop: Value, step: Value): Value {
  const given = defined(value);
  if (typeof given !== 'string' && !Array.isArray(given)) {
    throw new TemplateError(`${kindOf(given)} cannot be cut`);
  }
  const source: ArrayLike<Value> = typeof given === 'string' ? characters(given) : given;
  const by = bound(step) ?? 1;
  if (by === 0) throw new TemplateError('the step of a slice is 0');
  const size = source.length;
  const place = (index: number | undefined, otherwise: number): number => {
    if (index === undefined) return otherwise;
    const from = index < 0 ? index + size : index;
    return by > 0 ? Math.min(Math.max(from, 0), size) : Math.min(Math.max(from, -1), size - 1);
  };
  const first = place(bound(start), by > 0 ? 0 : size - 1);
  const end = place(bound(stop), by > 0 ? size : -1);
  const taken: Value[] = [];
  for (let index = first; by > 0 ? index < end : index > end; index += by) taken.push(source[index]!);
  return typeof given === 'string' ? taken.join('') : taken;
}

function bound(value: Value): number | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'number') throw new TemplateError('a slice takes whole numbers');
  return value;
}
