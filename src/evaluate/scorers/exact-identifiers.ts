/**
 * Whether part numbers and other identifiers are given exactly.
 * @module
 */
import { compilePattern } from '../../data/coverage/linear-pattern.js';
import { referenceTexts } from './exact-match.js';
import { documentOf, questionOf } from './given-text.js';
import type { Scorer } from './scorer.js';

/** Characters of a text that are looked at. */
const readLength = 100_000;

/**
 * Scorer `exact_identifiers`: 1 where the answer names every identifier that the reference names, and none that context and
 * question do not hold, character by character.
 *
 * A zero that became the letter O, a lost dash, a blank in the middle, small letters, letters of another script that look alike: all of
 * these are another part and score 0. Only the kind of a dash makes no difference (`HX‑22` with a non-breaking hyphen is `HX-22`).
 * Undefined where neither answer nor reference names an identifier.
 *
 * @param pattern what an identifier is, as a regular expression without back-references and look-around that a whole word has to
 * match, in any case, so that one in small letters is found and wrong. By default words of capitals, digits and dashes, strokes or dots between them, of four characters or
 * more, with a letter and a digit; no figure with its unit (`25NM`)
 */
export function exactIdentifiers(pattern?: string): Scorer {
  const isIdentifier = pattern === undefined ? looksLikePartNumber : wholeWord(pattern);
  const named = (text: string): Set<string> => new Set(wordsIn(text).filter(isIdentifier));
  return {
    name: 'exact_identifiers',
    score({ text }, item) {
      const { reference } = item;
      const document = documentOf(item);
      const givenWords = wordsIn(`${document ?? reference.text}\n${questionOf(item)}`);
      const given = new Set(givenWords.filter(isIdentifier));
      const said = wordsIn(text);
      const names = new Set(said.filter(isIdentifier));
      const wanted = referenceTexts(reference).map(named);
      const harmless = new Set(nearMisses(givenWords, given));
      const nearMiss = nearMisses(said, given).some((words) => !harmless.has(words));
      if (names.size === 0 && !nearMiss && wanted.every(({ size }) => size === 0)) return undefined;
      const invented = [...names].some((name) => !given.has(name));
      const complete = wanted.some((right) => [...right].every((name) => names.has(name)));
      return Number(!invented && !nearMiss && complete);
    },
  };
}

function wholeWord(pattern: string): (word: string) => boolean {
  const matches = compilePattern(`^(?:${pattern})$`, 'pattern');
  return (word) => word.length <= longestWord && matches(word);
}

const longestWord = 80;

function looksLikePartNumber(written: string): boolean {
  // M8x20: the sign between two measures.
  const word = written.replace(/(\d)[x×](?=\d)/g, '$1-');
  return (
    word.length >= 4 &&
    word.length <= longestWord &&
    /^[A-Z\d]+(?:[-./][A-Z\d]+)*$/.test(word) &&
    /[A-Z]/.test(word) &&
    /\d/.test(word) &&
    !/^\d+(?:[.,/]\d+)?[A-Z]{1,4}$/.test(word)
  );
}

/** Words as an identifier stands among them: without brackets, quotes, emphasis and the punctuation of the sentence. */
function wordsIn(text: string): string[] {
  return text
    .slice(0, readLength)
    .replace(/[‐‑‒–—−]/g, '-')
    .split(/[\s,;()[\]{}<>"“”„«»'‘’`*|=]+/)
    .map((word) => word.replace(/^(?:(?:P\/?N|No|Nr|Part|Art)[.:]+(?=[A-Z\d])|[#№])/i, ''))
    .map((word) => word.replace(/^[.:!?/-]{1,5}/, '').replace(/[.:!?/-]{1,5}$/, ''))
    .filter((word) => word !== '');
}

/** Words, alone or two or three in a row, that are one of the identifiers in all but its characters. */
function nearMisses(words: readonly string[], given: ReadonlySet<string>): string[] {
  const skeletons = new Set([...given].map(skeleton));
  const found: string[] = [];
  for (let start = 0; start < words.length; start++) {
    for (let length = 1; length <= 3 && start + length <= words.length; length++) {
      const run = words.slice(start, start + length);
      if (run.some((word) => word.length > longestWord || given.has(word)) || given.has(run.join(''))) break;
      if (/\d/.test(run.join('')) && skeletons.has(skeleton(run.join('')))) found.push(run.join(' '));
    }
  }
  return found;
}

/** Letters of other scripts, and digits, that look like a Latin letter. */
const lookalikes = new Map<string, string>(
  [
    ['АΑ', 'A'],
    ['ВΒ8', 'B'],
    ['СϹ', 'C'],
    ['ЕΕ', 'E'],
    ['НΗ', 'H'],
    ['ІΙ1L|!', 'I'],
    ['ЈͿ', 'J'],
    ['КΚ', 'K'],
    ['МΜ', 'M'],
    ['ΝN', 'N'],
    ['ОΟ0QD', 'O'],
    ['РΡ', 'P'],
    ['Ѕ5', 'S'],
    ['ТΤ', 'T'],
    ['ХΧ', 'X'],
    ['УΥ', 'Y'],
    ['ΖZ2', 'Z'],
  ].flatMap(([from, to]) => [...from!].map((letter): [string, string] => [letter, to!])),
);

/** What is left of an identifier when everything is taken off that is easily mistaken. */
function skeleton(text: string): string {
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\d|!]/gu, '');
  return [...plain].map((letter) => lookalikes.get(letter) ?? letter).join('');
}
