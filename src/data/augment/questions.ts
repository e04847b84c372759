/**
 * Which fact a question of Attune's own pairs asks for: the phrasing it was made with, and the words filled in.
 * @module
 */
import { fill, type Phrasing, phrasings } from '../pairs/phrasings.js';
import { statementTypes } from '../pairs/statement-type.js';
import { type ContextTable, rowNames } from './context-table.js';

/** A question taken apart. */
export interface AskedFact {
  phrasing: Phrasing;
  template: string;
  words: Record<string, string>;
}

/** The lists of phrasings that a task uses. */
const listsOf: Record<string, Phrasing[]> = {
  comparison: ['comparison_direction', 'comparison_rows'],
  ranking: ['ranking', 'ranking_periods'],
  unanswerable: ['look_up'],
};

const year = /^(?:19|20)\d\d/;
const ranks = [
  'second largest',
  'second highest',
  'second lowest',
  'largest',
  'smallest',
  'highest',
  'lowest',
];
const currencyUnit = /^(?:(?:thousands|millions|billions) of )?[A-Za-z][A-Za-z ]{2,30}/;
const longest = 1500;

/**
 * Reads a question with the phrasings of its task. The names of rows have to stand in the table (in questions without an
 * answer they may not); undefined where no phrasing fits, or two readings do.
 */
export function readQuestion(task: string, question: string, table: ContextTable): AskedFact | undefined {
  if (question.length > longest) return undefined;
  const lists =
    (Object.hasOwn(listsOf, task) ? listsOf[task] : undefined) ??
    (Object.hasOwn(phrasings, task) ? [task as Phrasing] : []);
  const names = slotNames(task, table);
  const found: AskedFact[] = [];
  for (const phrasing of lists) {
    for (const template of phrasings[phrasing]) {
      for (const words of readings(template, question, names)) {
        if (fill(template, words) === question) found.push({ phrasing, template, words });
      }
    }
  }
  // `{row} {in}?` fits what other phrasings fit too; the one with most words of its own is meant.
  const own = ({ template }: AskedFact): number => template.replace(/\{\w+\}/g, '').length;
  const best = found
    .toSorted((a, b) => own(b) - own(a))
    .filter((fact, _at, all) => own(fact) === own(all[0]!));
  const [first] = best;
  return first && best.every((fact) => sameWords(fact, first)) ? first : undefined;
}

function sameWords(a: AskedFact, b: AskedFact): boolean {
  return Object.keys(a.words).every((name) => a.words[name] === b.words[name]);
}

/** Gives the texts that may fill a slot at the beginning of `rest`. */
type Slot = (rest: string, next: string) => string[];

function slotNames(task: string, table: ContextTable): Map<string, Slot> {
  const labels = [...new Set(table.rows.flatMap(rowNames))];
  const known: Slot = (rest) => labels.filter((label) => startsAlike(rest, label));
  const foreign: Slot = (rest, next) => {
    const end = next === '' ? rest.length : rest.indexOf(next);
    return end > 0 && end <= 100 ? [rest.slice(0, end)] : [];
  };
  const unknownRow: Slot = (rest) =>
    [' in ', ' under ']
      .flatMap((word) => foreign(rest, word))
      .filter(
        (label) =>
          !labels.some((name) => name.toLowerCase() === label.toLowerCase()) || task === 'unanswerable',
      );
  const oneYear: Slot = (rest) => year.exec(rest)?.slice(0, 1) ?? [];
  const place: Slot = (rest) => {
    const [, dated] = /^in ((?:19|20)\d\d)(?!\d)/i.exec(rest) ?? [];
    const under = /^under /i.test(rest)
      ? table.columns.filter((label) => rest.slice(6).startsWith(label)).map((label) => `under ${label}`)
      : [];
    return [...(dated ? [`in ${dated}`] : []), ...under];
  };
  const row = task === 'unanswerable' ? unknownRow : known;
  return new Map<string, Slot>([
    ['row', row],
    ['other', known],
    ['whole', known],
    ['first', known],
    ['second', known],
    ['rows', enumeration(labels, 'and')],
    ['items', enumeration(labels, 'and')],
    ['options', enumeration(statementTypes, 'or')],
    ['from', oneYear],
    ['to', oneYear],
    ['periods', (rest) => /^(?:19|20)\d\d(?:(?:, | and )(?:19|20)\d\d){1,20}/.exec(rest)?.slice(0, 1) ?? []],
    ['rank', (rest) => ranks.filter((rank) => rest.startsWith(rank)).slice(0, 1)],
    ['in', place],
    ['unit', (rest, next) => foreign(rest, next).filter((unit) => currencyUnit.exec(unit)?.[0] === unit)],
  ]);
}

/** Whether `rest` begins with `label`, its first letter in either case: a question begins with a capital. */
function startsAlike(rest: string, label: string): boolean {
  if (label === '') return false;
  return rest.startsWith(label.slice(1), 1) && rest[0]!.toLowerCase() === label[0]!.toLowerCase();
}

/** Two or more of `names`, joined as people write them. */
function enumeration(names: readonly string[], conjunction: 'and' | 'or'): Slot {
  const from = (rest: string, depth: number): string[] => {
    if (depth > 6) return [];
    return names
      .filter((name) => startsAlike(rest, name))
      .flatMap((name) => {
        const after = rest.slice(name.length);
        const last = ` ${conjunction} `;
        if (after.startsWith(last)) {
          const end = after.slice(last.length);
          return names.filter((other) => startsAlike(end, other)).map((other) => `${name}${last}${other}`);
        }
        return after.startsWith(', ')
          ? from(after.slice(2), depth + 1).map((more) => `${name}, ${more}`)
          : [];
      });
  };
  return (rest) => from(rest, 0).slice(0, 8);
}

/** Every way in which `template` makes `question`. */
function readings(
  template: string,
  question: string,
  slots: ReadonlyMap<string, Slot>,
): Record<string, string>[] {
  const parts = template.split(/(\{\w+\})/);
  const found: Record<string, string>[] = [];
  const walk = (at: number, rest: string, words: Record<string, string>): void => {
    if (found.length > 8) return;
    const part = parts[at];
    if (part === undefined) {
      if (rest === '') found.push(words);
      return;
    }
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      const same = at === 0 ? startsAlike(rest, part) || part === '' : rest.startsWith(part);
      if (same) walk(at + 1, rest.slice(part.length), words);
      return;
    }
    for (const word of slots.get(name)!(rest, parts[at + 1] ?? '')) {
      if (words[name] !== undefined && words[name] !== word) continue;
      walk(at + 1, rest.slice(word.length), { ...words, [name]: word });
    }
  };
  walk(0, question, {});
  return found;
}
