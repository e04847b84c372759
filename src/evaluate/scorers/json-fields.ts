/**
 * How much of the wanted JSON an answer has.
 * @module
 */
import { readAnswer } from '../../data/answers.js';
import { findDates } from '../../data/pairs/checks/dates.js';
import { normalised } from '../../data/pairs/checks/words.js';
import { findJson } from './json-text.js';
import type { Scorer } from './scorer.js';

/** A value that holds no others, by the path to it; `[]` stands for any element of a list of such values. */
interface Leaf {
  path: string;
  value: unknown;
}

/** More leaves than this, and what lies deeper than a path of this length, are not compared. */
const mostLeaves = 10_000;
const longestPath = 1000;

/**
 * Share of leaf values that answer and reference have in common: F1, so that missing and invented fields lower it alike. Undefined
 * where the reference is no JSON object or array, 0 where the answer is none; the answer's JSON may stand in a code fence or in prose.
 *
 * - Leaves are compared at the same path. Lists of plain values are sets (with repetition): their order does not count. Lists of
 *   objects or lists are compared by position.
 * - Numbers are equal by value, written as number or text (`"$1,496.5 million"` is 1496500000, `"24.4%"` 0.244); texts without
 *   regard to case, white space, kinds of quotes and dashes, and a stop at the end; days as days. True, false and null equal only themselves.
 * - An empty object or list is a leaf.
 *
 * @param fields paths (`company.name`, `items`) of the fields that count, with everything in them; positions in lists are left out of
 * paths. Default: all. Undefined where the reference has none of them.
 */
export function jsonFields(fields?: readonly string[]): Scorer {
  const counts = (path: string): boolean => {
    const plain = path.replace(/\[\d*\]/g, '');
    return fields === undefined || fields.some((field) => plain === field || plain.startsWith(`${field}.`));
  };
  return {
    name: 'json_field_accuracy',
    score({ text }, { reference }) {
      const right = findJson(reference.text);
      if (right === null || typeof right !== 'object') return undefined;
      const wanted = leavesOf(right).filter(({ path }) => counts(path));
      if (wanted.length === 0) return undefined;
      const answer = findJson(text);
      if (answer === null || typeof answer !== 'object') return 0;
      const said = leavesOf(answer).filter(({ path }) => counts(path));
      return (2 * commonLeaves(said, wanted)) / (said.length + wanted.length);
    },
  };
}

function leavesOf(json: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  const open: Leaf[] = [{ path: '', value: json }];
  while (open.length > 0 && leaves.length < mostLeaves) {
    const { path, value } = open.pop()!;
    if (value === null || typeof value !== 'object') leaves.push({ path, value });
    else if (path.length > longestPath) leaves.push({ path, value: 'too deep' });
    else if (Array.isArray(value)) {
      const plain = value.every((part) => part === null || typeof part !== 'object');
      if (value.length === 0) leaves.push({ path: `${path}[]`, value: '[]' });
      for (const [index, part] of value.entries())
        open.push({ path: `${path}[${plain ? '' : index}]`, value: part });
    } else {
      const entries = Object.entries(value);
      if (entries.length === 0) leaves.push({ path, value: '{}' });
      for (const [key, part] of entries)
        open.push({ path: path === '' ? key : `${path}.${key}`, value: part });
    }
  }
  return leaves;
}

/** Pairs of equal leaves at one path, each leaf in one pair at most. */
function commonLeaves(said: readonly Leaf[], wanted: readonly Leaf[]): number {
  const left = new Map<string, number>();
  const keyOf = ({ path, value }: Leaf): string => `${path}\n${valueKey(value)}`;
  for (const leaf of wanted) left.set(keyOf(leaf), (left.get(keyOf(leaf)) ?? 0) + 1);
  let common = 0;
  for (const leaf of said) {
    const count = left.get(keyOf(leaf)) ?? 0;
    if (count > 0) common++;
    left.set(keyOf(leaf), count - 1);
  }
  return common;
}

/** Equal for values that say the same. */
function valueKey(value: unknown): string {
  if (typeof value === 'number') return numberKey(value);
  if (typeof value !== 'string') return String(value);
  const { kind, number } = readAnswer(value);
  if (kind === 'number' && number!.expression === undefined)
    return numberKey(number!.value * (number!.scale ?? 1));
  const text = normalised(value).replace(/\.$/, '');
  const [day] = findDates(text);
  return `text ${day && day.text.length === text.length ? day.iso : text}`;
}

/** To twelve digits, which is what is left of a figure after a multiplication with its scale. */
function numberKey(value: number): string {
  return `number ${Number(value.toPrecision(12))}`;
}
