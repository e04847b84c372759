/**
 * Whether the names, days and currencies of an answer stand in a text.
 * @module
 */
import { sentences } from '../documents/sentences.js';
import { findDates } from './dates.js';
import { findFigures } from './figures.js';
import { normalised, stem, wordsOf } from './words.js';

/** Words that begin sentences and are no names; other forms are told by their endings. */
const openers = new Set(
  'a about above according additional after all also although among an and another any approximately are as at average based because before below between both but by can compared cost costs could did do does due during each either even every excluding expense few first five for four from full further general given had has have he her here his how however i if in include included increase decrease income instead into is it its just last later less like main major management many may mean more most much must near net new nine no none nor not nothing now of off on once one only operating or other others our out over overall part people per please profit quarter rate rather revenue roughly sale same second seven several share she should since six so some state still such ten than that the their them then there therefore these they third this those though three through thus to today together total toward two under unless until up upon us use very was we well were what when where whether which while who whose why will with within without would year yes yet you your gross company group results sales text table answer'.split(
    ' ',
  ),
);
const ordinaryEnding =
  /(?:ly|ing|ed|er|ers|est|ies|tion|tions|sion|ment|ments|ity|ance|ence|ness|ship|ings|able|ible|ful|less|ous|ive|ures?|ages?|ists?)$/;
/** Words of languages that write nouns with capitals. */
const germanWord =
  /^(?:der|die|das|und|von|ist|den|dem|des|ein|eine|im|mit|für|auf|nicht|zu|sich|wurde|werden)$/;
const joined = /^(?:of|and|the|for|de|la|du|von|van|der|&)$/i;
const currencyNames: [string, RegExp][] = [
  ['$', /\$|\bdollars?\b|\bUSD\b/i],
  ['€', /€|\beuros?\b|\bEUR\b/i],
  ['£', /£|\bpounds?\b|\bGBP\b/i],
  ['¥', /¥|\byen\b|\byuan\b|\bRMB\b|\bJPY\b/i],
];

/**
 * Named things of `answer` that `context` does not hold: sequences of capitalised words (each word may stand anywhere,
 * an acronym may stand for its words), full dates, and currencies.
 */
export function ungroundedNames(answer: string, context: string): string[] {
  const missing: string[] = [];
  const days = new Set(findDates(context).map(({ iso }) => iso));
  let rest = answer;
  for (const { text, iso } of findDates(answer)) {
    if (!days.has(iso)) missing.push(text);
    rest = rest.replace(text, ' ');
  }
  for (const { currency, text } of findFigures(rest)) {
    const name = currencyNames.find(([sign]) => currency?.endsWith(sign))?.[1];
    if (currency && !(name ? name.test(context) : context.includes(currency))) missing.push(text);
  }
  const known = new KnownWords(context);
  for (const sentence of rest.split('\n').flatMap(sentences)) {
    missing.push(...namesIn(sentence, known).filter((name) => !known.holds(name)));
  }
  return [...new Set(missing)];
}

/** What a context says, in the forms that names are looked up in. */
class KnownWords {
  /** Where nouns are written with capitals, a capital does not make a name. */
  readonly capitalisesNouns: boolean;
  readonly #text: string;
  readonly #words: ReadonlySet<string>;
  readonly #initials: string;

  constructor(context: string) {
    this.#text = ` ${wordsOf(normalised(context)).join(' ')} `;
    this.#words = new Set(
      wordsOf(normalised(context)).flatMap((word) => [stem(word), ...word.split(/[-'’]/).map(stem)]),
    );
    const tokens = context.match(/\p{L}[\p{L}'’-]*/gu) ?? [];
    this.#initials = tokens
      .filter((word) => !joined.test(word))
      .map((word) => word[0]!)
      .join('')
      .toLowerCase();
    const inside = [...context.matchAll(/(?<=\p{Ll}[,]? )\p{L}{3,}/gu)].map(([word]) => word);
    const capitals = inside.filter((word) => /^\p{Lu}\p{Ll}/u.test(word)).length;
    // A short English text may be as full of names as a German one is of nouns.
    const german = tokens.filter((word) => germanWord.test(word)).length;
    this.capitalisesNouns =
      inside.length >= 20 && capitals / inside.length > 0.3 && german / tokens.length > 0.05;
  }

  /** Whether a single word stands in the context in any form. */
  has(word: string): boolean {
    return wordsOf(normalised(word)).every((part) => this.#words.has(stem(part)));
  }

  /** Whether a name stands in the context: as it is, word by word, or as the words of an acronym. */
  holds(name: string): boolean {
    if (this.#text.includes(` ${wordsOf(normalised(name)).join(' ')} `)) return true;
    const words = name.split(/\s+/).filter((word) => !joined.test(word));
    if (words.every((word) => this.has(word))) return true;
    const letters = name.replace(/[.\s]/g, '').replace(/s$/, '');
    if (/^\p{Lu}{3,7}$/u.test(letters)) return this.#initials.includes(letters.toLowerCase());
    const acronym = words.map((word) => word[0]!.toLowerCase()).join('');
    return acronym.length >= 3 && this.#text.includes(` ${acronym} `);
  }
}

/** Sequences of capitalised words; a word that only begins its sentence counts where it can't be an ordinary one. */
function namesIn(sentence: string, known: KnownWords): string[] {
  const tokens = [...sentence.matchAll(/[\p{L}\d][\p{L}\d.'’&-]*/gu)].map((match) => ({
    word: match[0].replace(/[.'’-]+$/, '').replace(/['’]s$/, ''),
    start: match.index,
    end: match.index + match[0].length,
  }));
  const isName = (word: string): boolean => /^\p{Lu}/u.test(word) || /^\p{Ll}+\p{Lu}/u.test(word);
  const names: string[] = [];
  for (let index = 0; index < tokens.length; ) {
    if (!isName(tokens[index]!.word)) {
      index++;
      continue;
    }
    let last = index;
    for (let next = index + 1; next < tokens.length; next++) {
      const { word, start } = tokens[next]!;
      const gap = sentence.slice(tokens[next - 1]!.end, start);
      if (!/^\s?&?\s$/.test(gap)) break;
      if (isName(word)) last = next;
      else if (!joined.test(word) || known.capitalisesNouns) break;
    }
    let first = index;
    if (index === 0 && isOpener(tokens[0]!.word, tokens.length, last)) first = index + 1;
    const words = tokens.slice(first, last + 1).map(({ word }) => word);
    while (words.length > 0 && joined.test(words[0]!)) words.shift();
    const plain = words.length === 1 && /^\p{Lu}\p{Ll}+$/u.test(words[0]!);
    if (words.length > 0 && !(plain && known.capitalisesNouns) && words[0] !== 'I')
      names.push(words.join(' '));
    index = last + 1;
  }
  return names;
}

/** Whether the first word of a sentence may be an ordinary word, written with a capital for its place only. */
function isOpener(word: string, count: number, last: number): boolean {
  if (!/^\p{Lu}\p{Ll}*$/u.test(word)) return false;
  const lower = word.toLowerCase();
  if (openers.has(lower) || openers.has(lower.replace(/s$/, ''))) return true;
  // `Acme reported ...` and a bare `Acme` are names; `Higher ...` and `Expenses ...` are not.
  return (
    last === 0 && count > 1 && (ordinaryEnding.test(lower) || (/[^su]s$/.test(lower) && lower.length > 4))
  );
}
