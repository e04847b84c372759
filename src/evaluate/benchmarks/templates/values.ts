/**
 * The values of templates, as Python has them: Jinja templates of other programs count on Python's spelling of lists, truth
 * values and floats.
 * @module
 */

/** A template that cannot be written for a record; caught where the record is known. */
export class TemplateError extends Error {}

/** A Python float; a JavaScript number is a Python integer. */
export class Float {
  constructor(readonly value: number) {}
}

/** What a name without a value gives: it may be tested, everything else with it is an error. */
export class Undefined {
  constructor(readonly what: string) {}
}

/** A Python tuple, which differs from a list in its spelling. */
export class Tuple extends Array<Value> {}

/** A method, function or macro. */
export type Callable = (args: readonly Value[], named: ReadonlyMap<string, Value>) => Value;

/** Any value of a template. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Float
  | Undefined
  | Value[]
  | Map<string, Value>
  | Callable;

/** Longest text and longest list that a template may make. */
export const maximumText = 1 << 22;
export const maximumList = 100_000;

/** Data as a template sees it. Numbers with a fraction are floats. */
export function toValue(data: unknown): Value {
  if (data === null || data === undefined) return null;
  if (typeof data === 'number') return Number.isInteger(data) ? data : new Float(data);
  if (typeof data === 'bigint') return Number(data);
  if (typeof data === 'string' || typeof data === 'boolean') return data;
  if (data instanceof Float) return data;
  if (Array.isArray(data)) return data.map(toValue);
  return new Map(Object.entries(data as object).map(([key, value]) => [key, toValue(value)]));
}

/** Throws for a value that is not there, as Jinja's strict mode does. */
export function defined<T extends Value>(value: T): Exclude<T, Undefined> {
  if (value instanceof Undefined) throw new TemplateError(value.what);
  return value as Exclude<T, Undefined>;
}

/** A text that is not longer than templates may make. */
export function limited(text: string): string {
  if (text.length > maximumText) throw tooLong();
  return text;
}

/** That a template makes too much text. */
export function tooLong(): TemplateError {
  return new TemplateError(`the text grows beyond ${maximumText} characters`);
}

/** Python's `str`. */
export function textOf(value: Value): string {
  return typeof value === 'string' ? value : repr(value);
}

/** Python's `repr`. */
function repr(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return integerText(value);
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'function') throw new TemplateError('a function is written, call it with `()`');
  if (value instanceof Undefined) throw new TemplateError(value.what);
  if (value instanceof Float) return floatText(value.value);
  if (value instanceof Map) {
    return limited(`{${[...value].map(([key, item]) => `${quoted(key)}: ${repr(item)}`).join(', ')}}`);
  }
  const items = value.map(repr).join(', ');
  if (value instanceof Tuple) return `(${items}${value.length === 1 ? ',' : ''})`;
  return limited(`[${items}]`);
}

function integerText(value: number): string {
  return Number.isFinite(value) ? BigInt(value).toString() : String(value);
}

/** Shortest digits that read back as the same number; an exponent below 1e-4 and from 1e16 on (Python's `repr` of floats). */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa, exponentText] = value.toExponential().split('e') as [string, string];
  const exponent = Number(exponentText);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) {
    const digits = mantissa.replace(/[-.]/g, '');
    return `${value < 0 ? '-' : ''}0.${'0'.repeat(-exponent - 1)}${digits}`;
  }
  const plain = String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

const shortEscapes = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\'"\p{C}\p{Z}]/gu, (character) => {
    if (character === ' ') return character;
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character;
    const short = shortEscapes.get(character);
    if (short) return short;
    const code = character.codePointAt(0)!;
    const hex = code.toString(16);
    if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  });
  return `${quote}${body}${quote}`;
}

/** Python's truth of a value. */
export function isTrue(value: Value): boolean {
  const given = defined(value);
  if (given instanceof Float) return given.value !== 0;
  if (given instanceof Map) return given.size > 0;
  if (Array.isArray(given)) return given.length > 0;
  return Boolean(given);
}

/** A number, also of a truth value; undefined for everything else. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Float ? value.value : undefined;
}

/** Python's `==`. */
export function equal(a: Value, b: Value): boolean {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined || right !== undefined) return left === right;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a instanceof Tuple === b instanceof Tuple && sameItems(a, b);
  }
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, item]) => b.has(key) && equal(item, b.get(key)!));
  }
  return a === b;
}

const sameItems = (a: readonly Value[], b: readonly Value[]): boolean =>
  a.length === b.length && a.every((item, index) => equal(item, b[index]!));

/** Python's order: negative where `a` comes first. */
export function compare(a: Value, b: Value): number {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return left - right;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.min(a.length, b.length); index++) {
      const order = compare(a[index]!, b[index]!);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  throw new TemplateError(`${kindOf(a)} and ${kindOf(b)} have no order`);
}

/** What a loop goes through: entries of a list, keys of an object, characters of a text. */
export function iterate(value: Value): Value[] {
  const given = defined(value);
  if (Array.isArray(given)) return given;
  if (given instanceof Map) return [...given.keys()];
  if (typeof given === 'string') return [...given];
  throw new TemplateError(`${kindOf(given)} is no list`);
}

/** The characters of a text, which Python counts and cuts by. */
export function characters(text: string): ArrayLike<string> & { slice(a?: number, b?: number): unknown } {
  return /[\ud800-\udfff]/.test(text) ? [...text] : text;
}

/** Kind of a value for messages. */
export function kindOf(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Undefined) return 'nothing';
  if (value instanceof Float || typeof value === 'number') return 'a number';
  if (value instanceof Map) return 'an object';
  if (Array.isArray(value)) return 'a list';
  const names: Record<string, string> = {
    string: 'a text',
    boolean: 'a truth value',
    function: 'a function',
  };
  return names[typeof value]!;
}
