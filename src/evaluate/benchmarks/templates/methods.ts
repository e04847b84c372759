/**
 * Methods of Python's texts, lists and dictionaries that templates call.
 * @module
 */
import {
  type Callable,
  characters,
  equal,
  kindOf,
  limited,
  maximumText,
  TemplateError,
  Tuple,
  textOf,
  tooLong,
  type Value,
} from './values.js';

type Method<T> = (self: T, args: readonly Value[], named: ReadonlyMap<string, Value>) => Value;

/** Python's white space, as a class of characters. */
const blanks = '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000';
const notSpace = new RegExp(`[^${blanks}]`);
const words = new RegExp(`[^${blanks}]+`, 'g');
const lineBreaks = '\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029';
const lineEnd = new RegExp(`\r\n|[${lineBreaks}]`);

const stringMethods: Record<string, Method<string>> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  capitalize: (text) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase(),
  title: (text) => titleCase(text),
  strip: (text, [set]) => strip(text, set, true, true),
  lstrip: (text, [set]) => strip(text, set, true, false),
  rstrip: (text, [set]) => strip(text, set, false, true),
  startswith: (text, [prefix]) => oneOf(prefix).some((one) => text.startsWith(one)),
  endswith: (text, [suffix]) => oneOf(suffix).some((one) => text.endsWith(one)),
  split: (text, [by, most], named) => split(text, by ?? named.get('sep'), most ?? named.get('maxsplit')),
  rsplit: (text, [by, most], named) => {
    const limit = integer(most ?? named.get('maxsplit') ?? -1);
    const separator = wantText(by ?? named.get('sep') ?? null);
    const parts = text.split(separator);
    if (limit < 0 || parts.length <= limit + 1) return parts;
    const head = parts.slice(0, parts.length - limit).join(separator);
    return [head, ...parts.slice(parts.length - limit)];
  },
  splitlines: (text) => {
    const lines = text.split(lineEnd);
    if (lines.at(-1) === '') lines.pop();
    return lines;
  },
  replace: (text, [old, by, count]) => replaceText(text, wantText(old), wantText(by), integer(count ?? -1)),
  join: (text, [items]) => limited(listOf(items).map(wantText).join(text)),
  find: (text, [part]) => pointIndex(text, text.indexOf(wantText(part))),
  rfind: (text, [part]) => pointIndex(text, text.lastIndexOf(wantText(part))),
  index: (text, [part]) => {
    const at = text.indexOf(wantText(part));
    if (at < 0) throw new TemplateError(`${JSON.stringify(part)} is not in the text`);
    return pointIndex(text, at);
  },
  count: (text, [part]) => text.split(wantText(part)).length - 1,
  isdigit: (text) => /^\d+$/.test(text),
  isnumeric: (text) => /^\p{N}+$/u.test(text),
  isalpha: (text) => /^\p{L}+$/u.test(text),
  isspace: (text) => text !== '' && !notSpace.test(text),
  isupper: (text) => text === text.toUpperCase() && text !== text.toLowerCase(),
  islower: (text) => text === text.toLowerCase() && text !== text.toUpperCase(),
  removeprefix: (text, [prefix]) =>
    text.startsWith(wantText(prefix)) ? text.slice(wantText(prefix).length) : text,
  removesuffix: (text, [suffix]) => {
    const end = wantText(suffix);
    return end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text;
  },
  zfill: (text, [width]) => {
    const sign = /^[+-]/.exec(text)?.[0] ?? '';
    return sign + text.slice(sign.length).padStart(bounded(integer(width)) - sign.length, '0');
  },
  ljust: (text, [width, fill]) => text.padEnd(bounded(integer(width)), wantText(fill ?? ' ')),
  rjust: (text, [width, fill]) => text.padStart(bounded(integer(width)), wantText(fill ?? ' ')),
  partition: (text, [by]) => {
    const at = text.indexOf(wantText(by));
    return at < 0
      ? Tuple.of<Value>(text, '', '')
      : Tuple.of<Value>(text.slice(0, at), by!, text.slice(at + wantText(by).length));
  },
};

const listMethods: Record<string, Method<Value[]>> = {
  index: (list, [wanted]) => {
    const at = list.findIndex((item) => equal(item, wanted ?? null));
    if (at < 0) throw new TemplateError(`${textOf(wanted ?? null)} is not in the list`);
    return at;
  },
  count: (list, [wanted]) => list.filter((item) => equal(item, wanted ?? null)).length,
};

const mappingMethods: Record<string, Method<Map<string, Value>>> = {
  keys: (map) => [...map.keys()],
  values: (map) => [...map.values()],
  items: (map) => [...map].map(([key, value]) => Tuple.of<Value>(key, value)),
  get: (map, [key, otherwise]) => (typeof key === 'string' ? map.get(key) : undefined) ?? otherwise ?? null,
};

/** The method of a value; undefined where it has none of this name. */
export function methodOf(self: Value, name: string): Callable | undefined {
  if (typeof self === 'string') return bound(stringMethods, self, name);
  if (Array.isArray(self)) return bound(listMethods, self, name);
  return self instanceof Map ? bound(mappingMethods, self, name) : undefined;
}

function bound<T>(methods: Record<string, Method<T>>, self: T, name: string): Callable | undefined {
  if (!Object.hasOwn(methods, name)) return undefined;
  return (args, named) => methods[name]!(self, args, named);
}

/** A text argument. */
export function wantText(value: Value | undefined): string {
  if (typeof value !== 'string') throw new TemplateError(`a text is wanted, not ${kindOf(value ?? null)}`);
  return value;
}

/** A whole number as argument. */
export function integer(value: Value | undefined): number {
  if (typeof value !== 'number')
    throw new TemplateError(`a whole number is wanted, not ${kindOf(value ?? null)}`);
  return value;
}

/** A width that does not fill the memory. */
export function bounded(width: number): number {
  if (width > 10_000) throw new TemplateError(`a width of ${width} is too large`);
  return Math.max(width, 0);
}

/** Replaces the first `count` occurrences, all where it is negative. */
export function replaceText(text: string, old: string, by: string, count: number): string {
  const parts = old === '' ? ['', ...text, ''] : text.split(old);
  const times = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  if (text.length + times * by.length > maximumText) throw tooLong();
  const rest = parts.slice(times);
  return [...parts.slice(0, times), rest.join(old)].join(by);
}

/** Without white space at both ends. */
export function stripped(text: string): string {
  return strip(text, null, true, true);
}

const oneOf = (value: Value | undefined): string[] =>
  Array.isArray(value) ? value.map(wantText) : [wantText(value)];

const listOf = (value: Value | undefined): Value[] => {
  if (!Array.isArray(value)) throw new TemplateError(`a list is wanted, not ${kindOf(value ?? null)}`);
  return value;
};

function strip(text: string, set: Value | undefined, left: boolean, right: boolean): string {
  const all = typeof set === 'string' ? new Set(set) : undefined;
  const outer = (character: string): boolean => (all ? all.has(character) : !notSpace.test(character));
  const points = all && /[\ud800-\udfff]/.test(text) ? [...text] : text;
  let [from, to] = [0, points.length];
  while (left && from < to && outer(points[from]!)) from++;
  while (right && to > from && outer(points[to - 1]!)) to--;
  const kept = points.slice(from, to);
  return typeof kept === 'string' ? kept : kept.join('');
}

function split(text: string, by: Value | undefined, most: Value | undefined): Value[] {
  const limit = integer(most ?? -1);
  if (by === undefined || by === null) {
    const found = [...text.matchAll(words)];
    if (limit < 0 || found.length <= limit) return found.map(([word]) => word);
    const rest = text.slice(found[limit]!.index);
    return [...found.slice(0, limit).map(([word]) => word), strip(rest, null, false, true)];
  }
  const separator = wantText(by);
  if (separator === '') throw new TemplateError('the separator of `split` is empty');
  const parts = text.split(separator);
  return limit < 0 || parts.length <= limit + 1
    ? parts
    : [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

function pointIndex(text: string, unit: number): number {
  return unit < 0 ? -1 : characters(text.slice(0, unit)).length;
}

function titleCase(text: string): string {
  return text.toLowerCase().replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}
