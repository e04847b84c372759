/**
 * The same item about other companies, people and towns.
 * @module
 */
import type { RandomStream } from '../../random.js';
import type { Item } from '../item.js';
import type { Change, Exchange } from './exchange.js';
import { cities, companyNames, givenNames, surnames, townNames } from './names.js';

/** A name that is certain, and what takes its place. */
interface Swap {
  from: string;
  to: string;
}

/** Legal forms that mean nothing else; `AB`, `SE` or `AG` are blood groups and measures as well. */
const legalForm =
  'Inc|Incorporated|Corp|Corporation|Ltd|Limited|LLC|L\\.L\\.C|LLP|plc|GmbH|S\\.A|N\\.V|B\\.V|Co\\.|Oyj|S\\.p\\.A';
const word = "[A-Z][\\p{L}\\p{N}'’&-]{1,24}";
const company = new RegExp(
  `(?<![\\p{L}\\p{N}]|\\p{Lu}[\\p{L}'’&-]{0,24} |& |\\b(?:of|and) )((?:${word} ){1,4})(?:${legalForm})(?![\\p{L}\\p{N}]|\\.? \\p{Lu}\\p{L})`,
  'gu',
);
/** Words that begin a sentence and not a name. */
const opener =
  /^(?:The|A|An|Our|Its|Their|This|In|On|At|By|And|For|With|From|Under|When|While|As|After|Before|Since|Both|Although|If|To) /;
const titled = new RegExp(`\\b(Mr|Mrs|Ms|Dr|Prof)\\.? (?:(${word}) )?(${word})(?! [A-Z&])`, 'gu');
const full = new RegExp(
  `(?<![\\p{L}\\p{N}]|\\p{Lu}[\\p{L}'’&-]{0,24} )(${word}) (?:[A-Z]\\. )?(${word})(?! [A-Z&]|['’]s [A-Z])`,
  'gu',
);
/** Where a place is asked about, the answer may rest on where the real one lies. */
const geography =
  /\b(?:country|countries|continent|europe\w*|asia\w*|americas?|african?|capital city|state|region|province|time zone|language|where|located)\b/i;
const placePreposition = /\b(?:in|at|from|near|to|outside)\s$/;
/** Second words that make a place or an institution of a given name. */
const noSurname =
  /^(?:Airport|Avenue|Bank|Bay|Beach|Bridge|Castle|Center|Centre|Church|City|College|County|Creek|Foundation|Hall|Hill|Hospital|House|Institute|Island|Lake|Park|Point|River|Road|School|Square|Street|Syndrome|Test|Tower|University|Valley|Award|Prize|Medal|Index|Act)s?$/;

/**
 * Swaps the names of companies (told by their legal form), people (told by a title or a common given name) and large
 * cities for made-up ones, everywhere in context, question and answer. Only names in the context count, for elsewhere the
 * answer may rest on what a name stands for in the world; a name that could also be something else stays.
 */
export function swapEntities(item: Item, exchange: Exchange, random: RandomStream): Change | undefined {
  const { context, question, response } = exchange;
  if (context === '') return undefined;
  const all = [context, question, response, item.answer ?? '', item.derivation ?? ''].join('\n');
  const used = new Set<string>();
  const fresh = (names: readonly string[]): string | undefined => {
    const name = random
      .shuffle(names)
      .find((option) => !used.has(option) && !all.includes(option.split(' ')[0]!));
    if (name !== undefined) used.add(name);
    return name;
  };
  const swaps = [
    ...companySwaps(context, all, fresh),
    ...personSwaps(context, all, fresh),
    ...(geography.test(`${question}\n${response}`) ? [] : citySwaps(context, all, fresh)),
  ];
  if (swaps.length === 0 || !isGrounded(response, `${context}\n${question}`)) return undefined;
  const swapped = (text: string): string => swapNames(text, swaps);
  const changed = {
    ...exchange,
    context: swapped(context),
    question: swapped(question),
    response: swapped(response),
  };
  return {
    exchange: changed,
    note: `${swaps.length} name${swaps.length > 1 ? 's' : ''} swapped for made-up ones`,
    ...(item.answer === undefined ? {} : { answer: swapped(item.answer) }),
    ...(item.derivation === undefined ? {} : { derivation: swapped(item.derivation) }),
  };
}

type Fresh = (names: readonly string[]) => string | undefined;

function companySwaps(context: string, all: string, fresh: Fresh): Swap[] {
  const cores = new Set([...context.matchAll(company)].map(([, core]) => core!.replace(opener, '').trim()));
  return [...cores].flatMap((core) => {
    const [first] = core.split(' ') as [string];
    // `General Motors Company` beside `General and administrative`, `Acme` alone or `("GM")`: not the whole story.
    const others = count(all, first) - count(all, core);
    const initials = core
      .split(' ')
      .map((part) => part[0])
      .join('');
    const alias = initials.length > 1 && new RegExp(`\\b${initials}\\b`).test(all);
    const nested = [...cores].some((other) => other !== core && other.includes(core));
    if (core === '' || others > 0 || alias || nested || /^(?:Public|Private|\p{Lu}+)$/u.test(core)) return [];
    const to = fresh(companyNames);
    return to === undefined ? [] : [{ from: core, to }];
  });
}

function personSwaps(context: string, all: string, fresh: Fresh): Swap[] {
  const people = new Map<string, string | undefined>();
  for (const [, , given, surname] of context.matchAll(titled)) {
    if (!noSurname.test(surname!)) people.set(surname!, given ?? people.get(surname!));
  }
  for (const [, given, surname] of context.matchAll(full)) {
    if (Object.hasOwn(givenNames, given!) && !noSurname.test(surname!)) people.set(surname!, given);
  }
  return [...people].flatMap(([surname, given]) => {
    // A surname that is a word as well, or part of a longer name, would take other things with it.
    const alone = new RegExp(`\\b${surname}\\b(?! (?:${legalForm}|[A-Z]))`, 'gu');
    if (count(all, surname.toLowerCase()) > 0 || matches(all, alone) < count(all, surname)) return [];
    const known = given !== undefined && Object.hasOwn(givenNames, given) ? givenNames[given] : undefined;
    const to = fresh(surnames);
    if (to === undefined) return [];
    const first =
      known && fresh(Object.keys(givenNames).filter((name) => givenNames[name] === known && name !== given));
    const onlyHers =
      given !== undefined &&
      count(all, given) === matches(all, new RegExp(`\\b${given} (?:[A-Z]\\. )?${surname}\\b`, 'gu'));
    return [{ from: surname, to }, ...(first && onlyHers && given ? [{ from: given, to: first }] : [])];
  });
}

function citySwaps(context: string, all: string, fresh: Fresh): Swap[] {
  const found = [...context.matchAll(/\p{Lu}\p{Ll}+/gu)].filter(
    ({ 0: name, index }) =>
      cities.has(name) && placePreposition.test(context.slice(Math.max(0, index - 10), index)),
  );
  return [...new Set(found.map(([name]) => name))].flatMap((city) => {
    const longer = new RegExp(
      `\\p{Lu}[\\p{L}.&]{0,24}[ -]${city}\\b|\\b${city}[ -]\\p{Lu}|\\b${city}-|-${city}\\b`,
      'u',
    ).test(all);
    const to = longer ? undefined : fresh(townNames);
    return to === undefined ? [] : [{ from: city, to }];
  });
}

/** Whether every name in an answer stands in the prompt: otherwise it comes from knowledge of the real world. */
function isGrounded(response: string, prompt: string): boolean {
  const names = response.match(/(?<=[\p{L}\p{N},] )\p{Lu}\p{Ll}+|^\p{Lu}\p{Ll}+/gu) ?? [];
  const [first] = names;
  const inner =
    first !== undefined && response.startsWith(first) && response.includes(' ') ? names.slice(1) : names;
  return inner.every((name) => prompt.includes(name) || /^(?:Yes|No|True|False)$/.test(name));
}

function swapNames(text: string, swaps: readonly Swap[]): string {
  const names = swaps.toSorted((a, b) => b.from.length - a.from.length);
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])(?:${names.map(({ from }) => escaped(from)).join('|')})(?![\\p{L}\\p{N}])`,
    'gu',
  );
  const to = new Map(swaps.map((swap) => [swap.from, swap.to]));
  return text.replace(pattern, (name) => to.get(name)!);
}

function count(text: string, name: string): number {
  return matches(text, new RegExp(`(?<![\\p{L}\\p{N}])${escaped(name)}(?![\\p{L}\\p{N}])`, 'gu'));
}

function matches(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
}
