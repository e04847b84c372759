/**
 * Jinja's filters (https://jinja.palletsprojects.com/en/stable/templates/#list-of-builtin-filters), and the house's own for
 * tables.
 * @module
 */
import { tablePieces } from '../../../data/pairs/documents/table-text.js';
import { nearestName } from '../../../recipe/nearest.js';
import { bounded, integer, methodOf, replaceText, stripped, wantText } from './methods.js';
import { tests } from './tests.js';
import {
  characters,
  compare,
  defined,
  equal,
  Float,
  isTrue,
  iterate,
  kindOf,
  limited,
  numberOf,
  TemplateError,
  Tuple,
  textOf,
  Undefined,
  type Value,
} from './values.js';

type Named = ReadonlyMap<string, Value>;
/** A filter; `plainJson` says how `tojson` writes. */
export type Filter = (value: Value, args: readonly Value[], named: Named, plainJson: boolean) => Value;

/** Filters that may be given something undefined. */
const lenient: Record<string, Filter> = {
  default: (value, [otherwise = '', falsy], named) =>
    value instanceof Undefined || (isTrue(falsy ?? named.get('boolean') ?? false) && !isTrue(value))
      ? otherwise
      : value,
};

const strict: Record<string, Filter> = {
  abs: (value) => mapNumber(value, Math.abs),
  capitalize: (value) => call(textOf(value), 'capitalize'),
  dictsort: (value) =>
    [...wantMap(value)].sort(([a], [b]) => compare(a.toLowerCase(), b.toLowerCase())).map(pair),
  first: (value) => iterate(value)[0] ?? new Undefined('the first of an empty list is asked for'),
  float: (value, [otherwise = new Float(0)]) => {
    const number = typeof value === 'string' ? parseNumber(value) : numberOf(value);
    return number === undefined ? otherwise : new Float(number);
  },
  indent: (value, [width, first, blank], named) =>
    indent(
      textOf(value),
      width ?? named.get('width') ?? 4,
      isTrue(first ?? named.get('first') ?? false),
      isTrue(blank ?? named.get('blank') ?? false),
    ),
  int: (value, [otherwise = 0]) => {
    const number = typeof value === 'string' ? parseNumber(value) : numberOf(value);
    return number === undefined ? otherwise : Math.trunc(number);
  },
  items: (value) => [...wantMap(value)].map(pair),
  join: (value, [separator], named) => {
    const attribute = named.get('attribute');
    const items =
      attribute === undefined ? iterate(value) : iterate(value).map((item) => at(item, attribute));
    return limited(items.map(textOf).join(textOf(separator ?? named.get('d') ?? '')));
  },
  last: (value) => iterate(value).at(-1) ?? new Undefined('the last of an empty list is asked for'),
  length: (value) => lengthOf(value),
  list: (value) => [...iterate(value)],
  lower: (value) => textOf(value).toLowerCase(),
  map: (value, [name, ...args], named, plainJson) => {
    const attribute = named.get('attribute');
    if (attribute !== undefined) {
      const otherwise = named.get('default');
      return iterate(value).map((item) => {
        const found = at(item, attribute);
        return found instanceof Undefined && otherwise !== undefined ? otherwise : found;
      });
    }
    return iterate(value).map((item) => applyFilter(wantText(name), item, args, named, plainJson));
  },
  max: (value) => iterate(value).reduce((best, item) => (compare(item, best) > 0 ? item : best)),
  min: (value) => iterate(value).reduce((best, item) => (compare(item, best) < 0 ? item : best)),
  reject: (value, [name, ...args]) => iterate(value).filter((item) => !passes(item, name, args)),
  rejectattr: (value, [path, name, ...args]) =>
    iterate(value).filter((item) => !passes(at(item, path!), name, args)),
  replace: (value, [old, by, count]) =>
    replaceText(textOf(value), textOf(old ?? ''), textOf(by ?? ''), integer(count ?? -1)),
  reverse: (value) =>
    typeof value === 'string' ? [...value].reverse().join('') : [...iterate(value)].reverse(),
  round: (value, [precision = 0, method = 'common']) => new Float(round(value, integer(precision), method)),
  safe: (value) => value,
  select: (value, [name, ...args]) => iterate(value).filter((item) => passes(item, name, args)),
  selectattr: (value, [path, name, ...args]) =>
    iterate(value).filter((item) => passes(at(item, path!), name, args)),
  sort: (value, [reverse, caseSensitive], named) => {
    const attribute = named.get('attribute');
    const exact = isTrue(caseSensitive ?? named.get('case_sensitive') ?? false);
    const key = (item: Value): Value => {
      const found = attribute === undefined ? item : at(item, attribute);
      return typeof found === 'string' && !exact ? found.toLowerCase() : found;
    };
    const sign = isTrue(reverse ?? named.get('reverse') ?? false) ? -1 : 1;
    return [...iterate(value)].sort((a, b) => sign * compare(key(a), key(b)));
  },
  string: (value) => textOf(value),
  sum: (value) => {
    const numbers = iterate(value).map((item) => numberOf(item) ?? NaN);
    const total = numbers.reduce((sum, number) => sum + number, 0);
    return iterate(value).some((item) => item instanceof Float) ? new Float(total) : total;
  },
  table: (value) => tableOf(value),
  title: (value) =>
    textOf(value)
      .split(/([-\s({[<]+)/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
      .join(''),
  tojson: (value, [width], named, plainJson) => json(value, width ?? named.get('indent') ?? null, plainJson),
  trim: (value) => stripped(textOf(value)),
  unique: (value) => {
    const seen: Value[] = [];
    for (const item of iterate(value)) {
      const key = typeof item === 'string' ? item.toLowerCase() : item;
      if (!seen.some((one) => equal(typeof one === 'string' ? one.toLowerCase() : one, key))) seen.push(item);
    }
    return seen;
  },
  upper: (value) => textOf(value).toUpperCase(),
  wordcount: (value) => textOf(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
};

const aliases = new Map([
  ['d', 'default'],
  ['count', 'length'],
]);

/** @throws TemplateError for an unknown filter or a value that it does not take */
export function applyFilter(
  written: string,
  value: Value,
  args: readonly Value[],
  named: Named,
  plainJson: boolean,
): Value {
  const name = aliases.get(written) ?? written;
  if (Object.hasOwn(lenient, name)) return lenient[name]!(value, args, named, plainJson);
  if (!Object.hasOwn(strict, name)) {
    const known = [...Object.keys(lenient), ...Object.keys(strict)].sort();
    const nearest = nearestName(written, known);
    throw new TemplateError(
      `there is no filter \`${written}\`${nearest ? `, did you mean \`${nearest}\`?` : `; the filters are ${known.join(', ')}`}`,
    );
  }
  return strict[name]!(defined(value), args, named, plainJson);
}

const pair = ([key, value]: [string, Value]): Value => Tuple.of<Value>(key, value);

const call = (text: string, method: string): Value => methodOf(text, method)!([], new Map());

function lengthOf(value: Value): number {
  if (typeof value === 'string') return characters(value).length;
  if (value instanceof Map) return value.size;
  if (Array.isArray(value)) return value.length;
  throw new TemplateError(`${kindOf(value)} has no length`);
}

function wantMap(value: Value): Map<string, Value> {
  if (value instanceof Map) return value;
  throw new TemplateError(`an object is wanted, not ${kindOf(value)}`);
}

/** What a path such as `answer.text` or `0` leads to. */
function at(item: Value, path: Value): Value {
  return textOf(path)
    .split('.')
    .reduce<Value>((value, part) => {
      const found =
        value instanceof Map ? value.get(part) : Array.isArray(value) ? value[Number(part)] : undefined;
      return (
        found ?? (found === null ? null : new Undefined(`\`${textOf(path)}\` is not in an entry of the list`))
      );
    }, item);
}

function passes(value: Value, name: Value | undefined, args: readonly Value[]): boolean {
  if (name === undefined) return isTrue(value);
  const test = tests.get(wantText(name));
  if (!test) throw new TemplateError(`there is no test \`${wantText(name)}\``);
  return test(value, args[0]);
}

function mapNumber(value: Value, change: (number: number) => number): Value {
  const number = numberOf(value);
  if (number === undefined) throw new TemplateError(`a number is wanted, not ${kindOf(value)}`);
  return value instanceof Float ? new Float(change(number)) : change(number);
}

function parseNumber(text: string): number | undefined {
  const trimmed = stripped(text).replaceAll(/(?<=\d)_(?=\d)/g, '');
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

function round(value: Value, precision: number, method: Value): number {
  const number = numberOf(value);
  if (number === undefined) throw new TemplateError(`a number is wanted, not ${kindOf(value)}`);
  const factor = 10 ** precision;
  if (method === 'floor') return Math.floor(number * factor) / factor;
  if (method === 'ceil') return Math.ceil(number * factor) / factor;
  if (precision > 0) return Number(number.toFixed(Math.min(precision, 100)));
  // Python rounds halves to the even neighbour.
  const scaled = number * factor;
  const low = Math.floor(scaled);
  const isHalf = scaled - low === 0.5;
  return (isHalf ? low + (low % 2 === 0 ? 0 : 1) : Math.round(scaled)) / factor;
}

function indent(text: string, width: Value, first: boolean, blank: boolean): string {
  const margin = typeof width === 'string' ? width : ' '.repeat(bounded(integer(width)));
  const lines = text.split('\n');
  return limited(
    lines
      .map((line, index) =>
        (index === 0 && !first) || (line === '' && !blank && index > 0) ? line : margin + line,
      )
      .join('\n'),
  );
}

/** A list of rows as the tables of prompts are written. */
function tableOf(value: Value): string {
  const rows = iterate(value).map((row) => iterate(row).map((cell) => (cell === null ? '' : textOf(cell))));
  return tablePieces({ type: 'table', rows }, Infinity)[0] ?? '';
}

/** JSON with sorted keys and nothing that HTML could read, as Jinja writes it, or in plain form. */
function json(value: Value, width: Value, plain: boolean): string {
  const step = width === null ? undefined : bounded(integer(width));
  const text = jsonText(value, step, 0, plain);
  if (plain) return limited(text);
  return limited(
    text.replace(/[<>&'\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

function jsonText(value: Value, step: number | undefined, depth: number, plain: boolean): string {
  const given = defined(value);
  if (given === null || typeof given === 'boolean' || typeof given === 'string') return JSON.stringify(given);
  if (typeof given === 'number' || given instanceof Float) return textOf(given);
  if (typeof given === 'function') throw new TemplateError('a function is no JSON');
  const isMap = given instanceof Map;
  const parts = isMap
    ? [...given]
        .sort(([a], [b]) => (plain ? 0 : compare(a, b)))
        .map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item, step, depth + 1, plain)}`)
    : given.map((item) => jsonText(item, step, depth + 1, plain));
  const [open, close] = isMap ? ['{', '}'] : ['[', ']'];
  if (step === undefined || parts.length === 0) return `${open}${parts.join(', ')}${close}`;
  const line = (levels: number): string => `\n${' '.repeat(step * levels)}`;
  return `${open}${line(depth + 1)}${parts.join(`,${line(depth + 1)}`)}${line(depth)}${close}`;
}
