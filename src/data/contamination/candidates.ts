/**
 * Which held-out items a text could hold: one pass over its words, looked up in the index.
 * @module
 */
import { type ContaminationIndex, ngramWeight } from './contamination-index.js';
import {
  FeatureKind,
  type FeatureTable,
  isSampled,
  mayHold,
  postingKind,
  postingOwner,
} from './feature-table.js';
import { figurePrint, firstHash, firstOfPair, secondHash, secondOfPair } from './ngram-hash.js';
import { WordKind, type WordReader } from './words.js';

/** What a text has of a passage. */
export interface PassageHits {
  passage: number;
  /** Sum of the weights of the passage's n-grams that the text holds. */
  weight: number;
  /** How many of its n-grams these are. */
  ngrams: number;
  /** Figures of the passage that the text holds. */
  figures: number;
}

/** A question of which a text has enough to look closer. */
export interface QuestionHits {
  item: number;
  /** Positions in the text of words that follow each other in the question too, ascending. */
  positions: number[];
}

/** What was found of the held-out items in one text. */
export interface Candidates {
  passages: Map<number, PassageHits>;
  questions: Map<number, QuestionHits>;
  /** N-grams of the text; of a sampled index, those that could be in it. */
  ngrams: number;
}

/** Share of a question's word pairs that a text must have to be looked at closer. */
const fewestPairs = 0.3;

/** Finds candidates; holds arrays that are used again for every text. */
export class CandidateFinder {
  /** Word pairs of each question in the current text. */
  private readonly pairs: Uint16Array;
  private hitItems = new Uint32Array(1024);
  private hitPositions = new Uint32Array(1024);
  private hits = 0;
  private readonly seen = new Set<number>();

  constructor(private readonly index: ContaminationIndex) {
    this.pairs = new Uint16Array(index.items);
  }

  /** Looks up every pair of words, every n-gram and every figure of the words that `reader` holds. */
  find({ hashes, kinds, length }: WordReader): Candidates {
    const { features, ngram } = this.index;
    const passages = new Map<number, PassageHits>();
    let ngrams = 0;
    this.hits = 0;
    this.seen.clear();
    for (let i = 0; i < length; i++) {
      const word = hashes[i]!;
      if (kinds[i] === WordKind.figure && mayHold(features, word)) {
        this.addPassages(passages, FeatureKind.figure, word, figurePrint(word));
      }
      if (i > 0) {
        const first = firstOfPair(hashes[i - 1]!, word);
        if (mayHold(features, first)) this.addQuestions(first, secondOfPair(hashes[i - 1]!, word), i);
      }
      if (i + ngram > length) continue;
      const first = firstHash(hashes, i, ngram);
      if (!isSampled(first, features.samplingRate)) continue;
      ngrams++;
      if (mayHold(features, first)) {
        this.addPassages(passages, FeatureKind.passage, first, secondHash(hashes, i, ngram));
      }
    }
    return { passages, questions: this.likelyQuestions(), ngrams };
  }

  private addPassages(
    passages: Map<number, PassageHits>,
    kind: FeatureKind,
    first: number,
    second: number,
  ): void {
    const { features, passageItem } = this.index;
    const owners: number[] = [];
    const place = eachPosting(features, first, second, kind, (owner) => owners.push(owner));
    if (owners.length === 0 || this.seen.has(place)) return;
    this.seen.add(place);
    const weight = ngramWeight(owners.length, passageItem.length);
    for (const passage of owners) {
      let hits = passages.get(passage);
      if (!hits) {
        hits = { passage, weight: 0, ngrams: 0, figures: 0 };
        passages.set(passage, hits);
      }
      if (kind === FeatureKind.figure) hits.figures++;
      else {
        hits.ngrams++;
        hits.weight += weight;
      }
    }
  }

  private addQuestions(first: number, second: number, position: number): void {
    eachPosting(this.index.features, first, second, FeatureKind.questionPair, (item) => {
      if (this.hits === this.hitItems.length) this.grow();
      this.hitItems[this.hits] = item;
      this.hitPositions[this.hits++] = position;
      this.pairs[item]!++;
    });
  }

  private likelyQuestions(): Map<number, QuestionHits> {
    const { hits, hitItems, hitPositions, pairs } = this;
    const { questionPairs } = this.index;
    const questions = new Map<number, QuestionHits>();
    for (let i = 0; i < hits; i++) {
      const item = hitItems[i]!;
      if (pairs[item]! < questionPairs[item]! * fewestPairs) continue;
      const found = questions.get(item);
      if (found) found.positions.push(hitPositions[i]!);
      else questions.set(item, { item, positions: [hitPositions[i]!] });
    }
    for (let i = 0; i < hits; i++) pairs[hitItems[i]!] = 0;
    return questions;
  }

  private grow(): void {
    const items = new Uint32Array(this.hits * 2);
    items.set(this.hitItems);
    this.hitItems = items;
    const positions = new Uint32Array(this.hits * 2);
    positions.set(this.hitPositions);
    this.hitPositions = positions;
  }
}

/** The held-out items whose whole question these words are. */
export function sameQuestion({ features }: ContaminationIndex, { hashes, length }: WordReader): number[] {
  const items: number[] = [];
  if (length === 0) return items;
  const first = firstHash(hashes, 0, length);
  eachPosting(features, first, secondHash(hashes, 0, length), FeatureKind.question, (item) =>
    items.push(item),
  );
  return items;
}

/** Calls `visit` with the owner of every posting of a feature; returns the first posting's place, -1 for none. */
export function eachPosting(
  { bucketBits, starts, prints, postings }: FeatureTable,
  first: number,
  second: number,
  kind: FeatureKind,
  visit: (owner: number) => void,
): number {
  const bucket = first >>> (32 - bucketBits);
  const end = starts[bucket + 1]!;
  let place = -1;
  for (let i = starts[bucket]!; i < end; i++) {
    if (prints[i] !== second || postingKind(postings[i]!) !== kind) continue;
    if (place < 0) place = i;
    visit(postingOwner(postings[i]!));
  }
  return place;
}
