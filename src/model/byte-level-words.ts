/**
 * How byte-level tokenizers of GPT-2's kind divide a text into words before they look for tokens: no token reaches over
 * the border of a word.
 * @module
 */

/**
 * GPT-2's pattern of words as llama.cpp writes it: contractions, words, numbers, signs, each with the space before it;
 * then what is left of the spaces. The original ends with `|\s+`, which divides no text differently.
 */
export const gpt2Words = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";

/** Divides texts into words. */
export interface WordSplitter {
  /** Tokens that are found in the text before words are; the longest of several at one place. */
  added: RegExp | undefined;
  /** Every digit is a word. */
  singleDigits: boolean;
}

interface Definition {
  added_tokens?: {
    content: string;
    single_word?: boolean;
    lstrip?: boolean;
    rstrip?: boolean;
    normalized?: boolean;
  }[];
  normalizer?: unknown;
  pre_tokenizer?: PreTokenizer | null;
  model?: { dropout?: number | null };
}
interface PreTokenizer {
  type: string;
  pretokenizers?: PreTokenizer[];
  individual_digits?: boolean;
  add_prefix_space?: boolean;
  use_regex?: boolean;
  pattern?: { Regex?: string };
  behavior?: string;
  invert?: boolean;
}

/**
 * The splitter of a definition, or undefined where its words are others than GPT-2's (with or without single digits), so
 * that only the native package knows them.
 */
export function wordSplitter(definition: object): WordSplitter | undefined {
  const { added_tokens = [], normalizer, pre_tokenizer, model } = definition as Definition;
  if (normalizer || !pre_tokenizer || model?.dropout) return undefined;
  if (added_tokens.some(({ single_word, lstrip, rstrip }) => single_word || lstrip || rstrip))
    return undefined;
  if (new Set(added_tokens.map((token) => token.normalized ?? false)).size > 1) return undefined;
  const steps = pre_tokenizer.type === 'Sequence' ? (pre_tokenizer.pretokenizers ?? []) : [pre_tokenizer];
  const singleDigits = steps.length > 1 && splitsDigits(steps[0]!);
  const [first, second, ...more] = singleDigits ? steps.slice(1) : steps;
  const gpt2 = isSplit(first, gpt2Words) || isSplit(first, `${gpt2Words}|\\s+`);
  const known = second ? gpt2 && isByteLevel(second, false) : isByteLevel(first, true);
  if (!known || more.length > 0) return undefined;
  const contents = added_tokens
    .map(({ content }) => content)
    .filter((content) => content !== '')
    .toSorted((a, b) => b.length - a.length)
    .map((content) => content.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return { added: contents.length > 0 ? new RegExp(contents.join('|'), 'g') : undefined, singleDigits };
}

function splitsDigits(step: PreTokenizer): boolean {
  return (step.type === 'Digits' && step.individual_digits === true) || isSplit(step, '\\p{N}');
}

function isSplit(step: PreTokenizer | undefined, pattern: string): boolean {
  return (
    step?.type === 'Split' && step.pattern?.Regex === pattern && step.behavior === 'Isolated' && !step.invert
  );
}

function isByteLevel(step: PreTokenizer | undefined, useRegex: boolean): boolean {
  return (
    step?.type === 'ByteLevel' && step.add_prefix_space === false && (step.use_regex ?? true) === useRegex
  );
}

enum CharacterClass {
  other = 0,
  letter = 1,
  number = 2,
  space = 3,
  /** Classes of the rest may differ between versions of Unicode. */
  unsure = 4,
}

/** Blocks that were complete long ago: Latin, Greek, Cyrillic, punctuation, currencies, arrows, mathematics. */
const sureBlocks: [from: number, to: number][] = [
  [0x00, 0x84],
  [0x86, 0x24f],
  [0x386, 0x3ff],
  [0x400, 0x481],
  [0x48a, 0x52f],
  [0x2000, 0x2064],
  [0x20a0, 0x20bf],
  [0x2190, 0x22ff],
];

const classes = new Uint8Array(0x10000).fill(CharacterClass.unsure);
for (const [from, to] of sureBlocks) {
  for (let code = from; code <= to; code++) {
    const character = String.fromCharCode(code);
    if (/\s/.test(character)) classes[code] = CharacterClass.space;
    else if (/\p{L}/u.test(character)) classes[code] = CharacterClass.letter;
    else if (/\p{N}/u.test(character)) classes[code] = CharacterClass.number;
    else classes[code] = CharacterClass.other;
  }
}

const apostrophe = 39;
const blank = 32;

/**
 * Calls `visit` with the end of every word of `text` between `from` and `to`, where no added token stands.
 *
 * @returns false when a character's class isn't sure; then nothing that was visited counts
 */
export function visitWords(
  { singleDigits }: WordSplitter,
  text: string,
  from: number,
  to: number,
  visit: (start: number, end: number) => void,
): boolean {
  let start = from;
  while (start < to) {
    let end = start;
    let kind: CharacterClass = classes[text.charCodeAt(start)]!;
    if (kind === CharacterClass.unsure) return false;
    if (kind === CharacterClass.space) {
      end = endOf(text, start + 1, to, CharacterClass.space);
      const next: CharacterClass = end < to ? classes[text.charCodeAt(end)]! : CharacterClass.space;
      // The last blank of several belongs to the word after it, but a digit that stands alone takes none.
      const alone = end === to || (singleDigits && next === CharacterClass.number);
      if (!alone && end - start > 1) end--;
      else if (!alone && text.charCodeAt(start) === blank) {
        kind = next;
        if (kind === CharacterClass.unsure) return false;
        end = endOf(text, end, to, kind);
      }
    } else if (text.charCodeAt(start) === apostrophe && contraction(text, start, to) > 0) {
      end = start + contraction(text, start, to);
    } else if (singleDigits && kind === CharacterClass.number) end = start + 1;
    else end = endOf(text, start + 1, to, kind);
    visit(start, end);
    start = end;
  }
  return true;
}

function endOf(text: string, start: number, to: number, kind: CharacterClass): number {
  let end = start;
  while (end < to && classes[text.charCodeAt(end)] === kind) end++;
  return end;
}

/** Length of `'s`, `'re` and the like at `start`, 0 for none. */
function contraction(text: string, start: number, to: number): number {
  const next = text[start + 1];
  if (start + 1 >= to || next === undefined) return 0;
  if (next === 's' || next === 't' || next === 'm' || next === 'd') return 2;
  const pair = start + 2 < to ? next + text[start + 2]! : '';
  return pair === 're' || pair === 've' || pair === 'll' ? 3 : 0;
}
