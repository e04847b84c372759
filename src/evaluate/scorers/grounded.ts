/**
 * Whether an answer says only what it was given: the part of hallucination that can be found without understanding.
 * @module
 */
import { embeddedCalculations } from '../../data/answers.js';
import { checkGrounding, type Grounding } from '../../data/pairs/checks/grounding.js';
import type { BenchmarkItem } from '../benchmarks/item.js';
import { questionOf } from './given-text.js';
import { findJson } from './json-text.js';
import { isRefusal } from './refusal.js';
import type { Scorer } from './scorer.js';

/**
 * 1 where no number and no name of the answer stands outside what was given; undefined for items without a context. The
 * question was given too. A refusal is grounded.
 */
export const grounded = scorer(
  'grounded',
  (found) => found.ungroundedNumbers.length + found.ungroundedNames.length,
);
/** As `grounded`, numbers alone. */
export const groundedNumbers = scorer('grounded_numbers', (found) => found.ungroundedNumbers.length);
/** As `grounded`, names, days and currencies alone. */
export const groundedNames = scorer('grounded_names', (found) => found.ungroundedNames.length);

function scorer(name: string, count: (found: Grounding) => number): Scorer {
  return {
    name,
    score: ({ text }, item) => {
      const found = ungroundedIn(text, item);
      return found && Number(count(found) === 0);
    },
  };
}

/** What an answer says that its item's context and question do not hold; undefined for items without a context. */
export function ungroundedIn(answer: string, item: BenchmarkItem): Grounding | undefined {
  return item.context === undefined
    ? undefined
    : // What a question says that its context does not is known to who answers.
      findUngrounded(answer, `${item.context}\n\n${questionOf(item)}`);
}

/** Longer answers are looked at piece by piece, so that numbers are compared with the context until enough is found. */
const pieceLength = 1000;
/** More findings than this show nothing new. */
const mostFindings = 20;
/** Characters of an answer that are looked at; what comes later repeats itself or is lost anyway. */
const readLength = 50_000;

/**
 * The numbers and names of an answer that a text neither holds nor, for numbers, leads to by one calculation: at most
 * about twenty, as the answer writes them. A rounded figure of at least two digits counts as held, another form of a date or a name too. An
 * expression, alone or in square brackets in a text, is checked by the figures that it calculates with, JSON by its values. A refusal has none.
 */
export function findUngrounded(answer: string, context: string): Grounding {
  if (isRefusal(answer)) return { ungroundedNumbers: [], ungroundedNames: [] };
  const numbers = new Set<string>();
  const names = new Set<string>();
  for (const piece of statedPieces(statements(answer).slice(0, readLength))) {
    const found = checkGrounding(piece, context);
    for (const number of found.ungroundedNumbers) numbers.add(number);
    for (const name of found.ungroundedNames) names.add(name);
    if (numbers.size + names.size >= mostFindings) break;
  }
  return { ungroundedNumbers: [...numbers], ungroundedNames: [...names] };
}

/** An answer without its form: emphasis is no text, of JSON only the values are. */
function statements(answer: string): string {
  if (!/^\s*(?:[{[]|```)/.test(answer)) return answer.replaceAll('**', '');
  const json = findJson(answer.slice(0, readLength));
  if (json === undefined) return answer;
  const values: string[] = [];
  const open: unknown[] = [json];
  while (open.length > 0) {
    const value = open.pop();
    if (value !== null && typeof value === 'object') open.push(...Object.values(value).reverse());
    else if (typeof value === 'string' || typeof value === 'number') values.push(String(value));
  }
  return values.join('\n');
}

/** The text outside of embedded calculations, piece by piece, then each calculation by itself. */
function statedPieces(text: string): string[] {
  const calculations = embeddedCalculations(text);
  if (calculations.length === 0) return piecesOf(text);
  let outside = '';
  let end = 0;
  for (const calculation of calculations) {
    outside += `${text.slice(end, calculation.start)} `;
    end = calculation.end;
  }
  return [
    ...piecesOf(outside + text.slice(end)),
    ...new Set(calculations.map(({ start, end }) => text.slice(start + 1, end - 1))),
  ];
}

/** A long text in pieces that end at a line, a sentence or at least a blank. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > pieceLength) {
    const window = rest.slice(0, pieceLength);
    const end = [window.lastIndexOf('\n'), window.lastIndexOf('. '), window.lastIndexOf(' ')].find(
      (at) => at > 0,
    );
    const cut = end === undefined ? pieceLength : end + 1;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...pieces, rest];
}
