/**
 * Numbered steps of a procedure, and the places where an answer names them.
 * @module
 */

import { contentWords, stem } from '../../data/pairs/checks/words.js';
import { sentences } from '../../data/pairs/documents/sentences.js';

/** A numbered step of a document. */
export interface Step {
  number: number;
  text: string;
  /** Stems of the words that carry meaning. */
  words: ReadonlySet<string>;
}

/** Steps that a part of an answer may mean, as indices; several where the document says the same twice. */
export type Mention = readonly number[];

/** What an answer names, in the order in which it is to be done. */
export interface NamedSteps {
  mentions: Mention[];
  /** Entries of a list that are no step of the document. */
  unknown: string[];
}

const mostSteps = 1000;
const marker =
  /^\s{0,8}(?:[-*•]\s+)?(?:\*\*)?(?:step\s+)?\(?(\d{1,3})(?:[.):]|\s?[-–—](?=\s))(?:\*\*)?\s+(?=\S)/i;
const bullet = /^\s{0,8}[-*•]\s+(?=\S)/;
const inline = /(?:^|\s)\(?(\d{1,2})[.)]\s(?=\p{Lu})/gu;

/** The numbered steps of a text, in order; a paragraph may hold several, numbered in turn. */
export function stepsOf(document: string): Step[] {
  const found: { number: number; text: string }[] = [];
  let open = false;
  for (const line of document.split('\n')) {
    const start = marker.exec(line);
    if (start) {
      for (const step of inParagraph(Number(start[1]), line.slice(start[0].length))) found.push(step);
      open = true;
    } else if (/^\s*$/.test(line) || /^\s*(?:#|\|)|^\s*\p{Lu}{4,}\b/u.test(line)) open = false;
    else if (open) found.at(-1)!.text += ` ${line.trim()}`;
    else {
      const first = [...line.matchAll(inline)].find(([, number]) => number === '1');
      if (first) found.push(...inParagraph(1, line.slice(first.index + first[0].length)));
    }
    if (found.length > mostSteps) break;
  }
  return found.slice(0, mostSteps).map(({ number, text }) => ({ number, text, words: stemsOf(text) }));
}

/** `Open it. 2. Close it.` with the number before it, as steps: only the next number begins one. */
function inParagraph(first: number, text: string): { number: number; text: string }[] {
  const steps: { number: number; text: string }[] = [];
  let number = first;
  let start = 0;
  for (const match of text.matchAll(inline)) {
    if (Number(match[1]) !== number + 1) continue;
    steps.push({ number, text: text.slice(start, match.index).trim() });
    number++;
    start = match.index + match[0].length;
  }
  return [...steps, { number, text: text.slice(start).trim() }];
}

function stemsOf(text: string): Set<string> {
  const words = text.replace(/\d+(?:[.,]\d+)*/g, ' ').toLowerCase();
  return new Set([...contentWords(words).map(stem), ...(text.match(/\d+(?:[.,]\d+)*/g) ?? [])]);
}

/**
 * The steps that an answer names, by their numbers (`step 4`, `steps 2 to 5`) or in words, in the order in which the answer says
 * that they are done: `before A, B` and `A after B` are B and then A.
 */
export function namedSteps(answer: string, steps: readonly Step[]): NamedSteps {
  const mentions: Mention[] = [];
  const unknown: string[] = [];
  for (const line of answer.split('\n')) {
    const listed = marker.exec(line) ?? bullet.exec(line);
    const parts = inParagraph(1, line.slice(listed?.[0].length ?? 0));
    for (const { text } of parts) {
      const found = sentences(text).flatMap((sentence) => mentionsIn(sentence, steps, 0));
      mentions.push(...found);
      const isEntry = listed !== null || parts.length > 1;
      if (isEntry && found.length === 0 && stemsOf(text).size >= 2) unknown.push(text);
    }
  }
  return { mentions, unknown };
}

/** Share of the words of a part that a step has to have. */
const enough = 0.6;
const sure = 0.8;

function mentionsIn(text: string, steps: readonly Step[], depth: number): Mention[] {
  // What is repeated was named before.
  const part = text.split(/\brepeat\b/i)[0]!.trim();
  if (part === '') return [];
  const whole = bestSteps(part, steps, sure);
  if (whole.length > 0 && !hasNumbers(part)) return [whole];
  if (depth < 6) {
    const turned = inOrderOfWork(part);
    if (turned) return turned.flatMap((piece) => mentionsIn(piece, steps, depth + 1));
    for (const border of borders) {
      const pieces = part.split(border).filter((piece) => piece.trim() !== '');
      if (pieces.length < 2 || (hasNumbers(part) && border === smallBorder)) continue;
      const found = pieces.flatMap((piece) => mentionsIn(piece, steps, depth + 1));
      if (found.length > 0) return found;
    }
  }
  const numbered = byNumber(part, steps);
  if (numbered.length > 0) return numbered;
  const nearly = bestSteps(part, steps, enough);
  return nearly.length > 0 ? [nearly] : [];
}

const smallBorder = /,\s|\sand\s/i;
const borders = [
  /;\s?|\s[→>]+\s|\s->\s/,
  /,?\s(?:and\s)?(?:then|next|afterwards|finally|lastly)\b,?/i,
  smallBorder,
];

const hasNumbers = (text: string): boolean => /\bsteps?\s(?:no\.\s?|number\s)?\d/i.test(text);

/** The two halves of a sentence that names the later step first; undefined for all others. */
function inOrderOfWork(text: string): [string, string] | undefined {
  const comma = text.indexOf(', ');
  if (/^before\b/i.test(text) && comma > 0) return [text.slice(comma + 2), text.slice(6, comma)];
  const forbidden = /^(?:do not|don't|never)\s/i.exec(text);
  const until = /\s(?:before|until|unless)\s/i.exec(text);
  if (forbidden && until)
    return [text.slice(until.index + until[0].length), text.slice(forbidden[0].length, until.index)];
  const after = /\s(?:only\s)?(?:after|once|as soon as)\s/i.exec(text);
  if (after && after.index > 0 && !/^(?:only\s)?(?:after|once)\b/i.test(text))
    return [text.slice(after.index + after[0].length), text.slice(0, after.index)];
  const before = /\sbefore\s/i.exec(text);
  return before ? [text.slice(0, before.index), text.slice(before.index + before[0].length)] : undefined;
}

/** Words that make another step of the same words, where one side has only the first and the other only the second. */
const opposites: readonly (readonly [RegExp, RegExp])[] = [
  [/\b(?:open|opens|opened|opening)\b/i, /\b(?:close|closes|closed|closing|shut|shuts|shutting)\b/i],
  [
    /\b(?:on|connect|connects|connected|connecting)\b/i,
    /\b(?:off|disconnect|disconnects|disconnected|disconnecting)\b/i,
  ],
  [/\b(?:tighten|tightens|tightened|tightening)\b/i, /\b(?:loosen|loosens|loosened|loosening)\b/i],
  [/\b(?:lock|locks|locked|locking)\b/i, /\b(?:unlock|unlocks|unlocked|unlocking)\b/i],
  [/\b(?:raise|raises|raised|raising)\b/i, /\b(?:lower|lowers|lowered|lowering)\b/i],
  [/\b(?:start|starts|started|starting)\b/i, /\b(?:stop|stops|stopped|stopping)\b/i],
  [
    /\b(?:insert|inserts|inserted|install|installs|installed|fit|fits|fitted)\b/i,
    /\b(?:remove|removes|removed|removing)\b/i,
  ],
  [/\b(?:fill|fills|filled|filling)\b/i, /\b(?:drain|drains|drained|draining)\b/i],
  [/\bclockwise\b/i, /\b(?:anti|counter)-?clockwise\b/i],
  [/\bnew\b/i, /\bold\b/i],
  [/\bleft\b/i, /\bright\b/i],
];
const forbidding = /^(?:do not|don't|never)\b/i;
const quantities =
  /\d+(?:[.,]\d+)*(?=\s?(?:N\s?m|bar|mm|cm|m|kg|g|l|ml|V|A|°C|rpm|%|s|min|minutes|seconds|hours|turns?)\b)/g;

/** Whether a part says the opposite of a step, forbids it, or gives another quantity. */
function contradicts(part: string, step: string): boolean {
  const only = (a: RegExp, b: RegExp, text: string): boolean => a.test(text) && !b.test(text);
  if (
    opposites.some(
      ([a, b]) => (only(a, b, part) && only(b, a, step)) || (only(b, a, part) && only(a, b, step)),
    )
  )
    return true;
  if (forbidding.test(part) && !/\b(?:not|never)\b|n't\b/i.test(step)) return true;
  const said = part.match(quantities) ?? [];
  const given = new Set(step.match(quantities) ?? []);
  return said.length > 0 && given.size > 0 && !said.some((figure) => given.has(figure));
}

/** Steps whose words the part consists of for the most part; those that are as near as the nearest. */
function bestSteps(part: string, steps: readonly Step[], least: number): number[] {
  const words = [...stemsOf(part)];
  if (words.length < 2) return [];
  let best = 0;
  let found: number[] = [];
  for (const [index, step] of steps.entries()) {
    const common = words.filter((word) => step.words.has(word)).length;
    // Of two steps that hold all words, the one that says little else is meant.
    const near = common / words.length + 0.2 * (common / Math.max(1, step.words.size));
    if (common < 2 || common / words.length < least || near < best - 1e-9) continue;
    if (contradicts(part, step.text)) continue;
    found = near > best + 1e-9 ? [index] : [...found, index];
    best = near;
  }
  return found;
}

const numbers =
  /\bsteps?\s(?:no\.\s?|number\s)?(\d{1,3}(?:\s?(?:,\s?and\s|,|and|&|to|through|-|–)\s?\d{1,3}){0,30})/gi;

function byNumber(part: string, steps: readonly Step[]): Mention[] {
  return [...part.matchAll(numbers)].flatMap(([, list]) => {
    const named: number[] = [];
    let range = false;
    for (const token of list!.match(/\d+|to|through|-|–/g)!) {
      const number = Number(token);
      if (Number.isNaN(number)) range = true;
      else if (range && number > named.at(-1)!) {
        for (let next = named.at(-1)! + 1; next <= number; next++) named.push(next);
        range = false;
      } else {
        named.push(number);
        range = false;
      }
    }
    return named.map((number) => steps.flatMap((step, index) => (step.number === number ? [index] : [])));
  });
}
