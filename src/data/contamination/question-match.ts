/**
 * How much of a held-out question stands in a text, and whether its answer does.
 * @module
 */
import type { QuestionHits } from './candidates.js';
import type { ContaminationIndex } from './contamination-index.js';
import { WordKind, type WordReader } from './words.js';

/** A training item as the words of its prompt (or text) and, after them, of its answer. */
export interface ItemWords {
  reader: WordReader;
  /** Where the answer begins; the number of words where nothing is an answer. */
  answerStart: number;
}

/** The best place of a question in a text. */
export interface QuestionMatch {
  /** Share of the question's weight that stands there, in the question's order. */
  coverage: number;
  /** Weight of what stands there, in nats. */
  weight: number;
  /** Of that, what its rare words weigh. */
  telling: number;
  /** First and last position. */
  start: number;
  end: number;
}

/** How far the answer is found. */
export interface AnswerMatch {
  found: boolean;
  /** Weight of the answer, in nats. */
  weight: number;
  /** Of that, what its rare words weigh. */
  telling: number;
  /** Whether the item has an answer of its own that says something else. */
  other: boolean;
  /** Whether it holds a number of three significant digits or more. */
  figure: boolean;
}

/** Weight in nats from which on a word is rare: it stands in one of twenty texts. Many common words tell nothing. */
const rareWord = 3;

/** Weight and words of item `item`'s question (`part` 0) or answer (1). */
function partOf({ parts, words, weights }: ContaminationIndex, item: number, part: 0 | 1) {
  const [start, end] = [parts[item * 2 + part]!, parts[item * 2 + part + 1]!];
  return { words: words.subarray(start, end), weights: weights.subarray(start, end) };
}

/** The words of a text as a set of bits: what is missing there is missing in the text. */
const bits = 1 << 13;
const window = new Uint8Array(bits);

/**
 * Aligns a question with the part of the text where most of its word pairs stand: the common subsequence of the
 * largest weight, so that words that were changed, inserted or dropped cost their own weight only.
 *
 * @param least coverage that is wanted; undefined is returned where it cannot be reached
 */
export function matchQuestion(
  index: ContaminationIndex,
  { item, positions }: QuestionHits,
  { reader }: ItemWords,
  least: number,
): QuestionMatch | undefined {
  const { words, weights } = partOf(index, item, 0);
  const [firstHit, lastHit] = densest(positions, words.length * 2 + 8);
  const from = Math.max(0, firstHit - words.length - 4);
  const to = Math.min(reader.length, lastHit + words.length + 4);
  const text = reader.hashes;
  for (let i = from; i < to; i++) window[text[i]! % bits] = 1;
  let total = 0;
  let present = 0;
  let telling = 0;
  for (let i = 0; i < words.length; i++) {
    total += weights[i]!;
    if (!window[words[i]! % bits]) continue;
    present += weights[i]!;
    if (weights[i]! >= rareWord) telling += weights[i]!;
  }
  for (let i = from; i < to; i++) window[text[i]! % bits] = 0;
  if (total === 0 || present < least * total) return undefined;
  const { weight, start, end } = heaviestCommon(words, weights, text.subarray(from, to));
  const coverage = weight / total;
  return coverage < least ? undefined : { coverage, weight, telling, start: from + start, end: from + end };
}

/** First and last of the most positions that lie within `span` words. */
function densest(positions: readonly number[], span: number): [number, number] {
  let best: [number, number] = [positions[0] ?? 0, positions[0] ?? 0];
  let most = 0;
  let low = 0;
  for (const [high, position] of positions.entries()) {
    while (position - positions[low]! > span) low++;
    if (high - low < most) continue;
    most = high - low + 1;
    best = [positions[low]!, position];
  }
  return best;
}

/** Heaviest common subsequence, and where in `text` it begins and ends. */
function heaviestCommon(
  words: Uint32Array,
  weights: Float32Array,
  text: Uint32Array,
): { weight: number; start: number; end: number } {
  const width = text.length + 1;
  const best = new Float64Array(width);
  const starts = new Int32Array(width).fill(-1);
  const ends = new Int32Array(width).fill(-1);
  for (let i = 0; i < words.length; i++) {
    let [diagonal, diagonalStart] = [0, -1];
    for (let j = 1; j < width; j++) {
      const [above, aboveStart] = [best[j]!, starts[j]!];
      if (text[j - 1] === words[i] && diagonal + weights[i]! > above) {
        best[j] = diagonal + weights[i]!;
        starts[j] = diagonalStart < 0 ? j - 1 : diagonalStart;
        ends[j] = j - 1;
      }
      if (best[j - 1]! > best[j]!) {
        best[j] = best[j - 1]!;
        starts[j] = starts[j - 1]!;
        ends[j] = ends[j - 1]!;
      }
      [diagonal, diagonalStart] = [above, aboveStart];
    }
  }
  const last = width - 1;
  return { weight: best[last]!, start: Math.max(0, starts[last]!), end: Math.max(0, ends[last]!) };
}

/** Whether the item's question holds a number that the held-out one does not: then it asks about something else. */
export function hasOtherNumber(
  index: ContaminationIndex,
  item: number,
  { start, end }: QuestionMatch,
  { reader }: ItemWords,
): boolean {
  const { words } = partOf(index, item, 0);
  for (let i = start; i <= end; i++) {
    const kind = reader.kinds[i];
    const isNumber = kind === WordKind.figure || kind === WordKind.shortNumber;
    if (isNumber && !words.includes(reader.hashes[i]!)) return true;
  }
  return false;
}

/** Words after a question in running text in which its answer is looked for. */
const answerReach = 60;
/** The same for an answer that says little, such as `yes`. */
const shortReach = 12;
/** Weight in nats under which an answer says little. */
const littleWeight = 4;

/** Share of an answer's words that may differ before it is another answer: none of a short one. */
const otherWords = 0.05;

/** Looks for a held-out answer in the item's answer, or after the question where the item has none. */
export function matchAnswer(
  index: ContaminationIndex,
  item: number,
  { end }: QuestionMatch,
  { reader, answerStart }: ItemWords,
): AnswerMatch {
  const { words, weights } = partOf(index, item, 1);
  const weight = weights.reduce((sum, value) => sum + value, 0);
  const inText = answerStart === reader.length;
  const reach = words.length + (weight < littleWeight ? shortReach : answerReach);
  const [from, to] = inText
    ? [end + 1, Math.min(reader.length, end + 1 + reach)]
    : [answerStart, reader.length];
  const there = new Set<number>();
  const figures = new Set<number>();
  for (let i = from; i < to; i++) {
    there.add(reader.hashes[i]!);
    if (reader.kinds[i] === WordKind.figure) figures.add(reader.hashes[i]!);
  }
  let common = 0;
  let missing = 0;
  let figure = false;
  for (const [i, word] of words.entries()) {
    if (there.has(word)) common += weights[i]!;
    else missing++;
    figure ||= figures.has(word);
  }
  const known = new Set(words);
  let extra = 0;
  for (const word of there) if (!known.has(word)) extra++;
  const allowed = Math.floor(otherWords * words.length);
  const other = !inText && (missing > allowed || extra > allowed);
  const telling = weights.reduce((sum, value) => sum + (value >= rareWord ? value : 0), 0);
  return { found: weight > 0 && common >= 0.75 * weight, weight, telling, figure, other };
}
