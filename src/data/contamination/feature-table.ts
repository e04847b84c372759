/**
 * Which held-out items and passages hold a feature (an n-gram, a figure, a group): a compact table in shared memory.
 * @module
 */

/** What a feature is; the last bits of a posting. */
export enum FeatureKind {
  /** Two neighbouring words of a question. */
  questionPair = 0,
  /** A whole question. */
  question = 1,
  /** An n-gram of a passage. */
  passage = 2,
  /** A figure of a passage. */
  figure = 3,
  group = 4,
  document = 5,
}

const kindBits = 3;

/** The table: postings of one bucket stand side by side, ascending. */
export interface FeatureTable {
  /** Bits of the first hash that choose the bucket. */
  bucketBits: number;
  /** `[2^bucketBits + 1]`: where each bucket's postings begin. */
  starts: Uint32Array;
  /** Second hash of each posting. */
  prints: Uint32Array;
  /** Number of the item or passage and kind of each posting. */
  postings: Uint32Array;
  /** One bit for every possible first hash cut to `filterBits`: most look-ups end here, in the processor's cache. */
  filter: Uint32Array;
  filterBits: number;
  /** One of how many passage n-grams is kept. */
  samplingRate: number;
}

/** Kind of a posting. */
export function postingKind(posting: number): FeatureKind {
  return posting & ((1 << kindBits) - 1);
}

/** Number of the item (or, for {@link FeatureKind.passage} and figure, of the passage) of a posting. */
export function postingOwner(posting: number): number {
  return posting >>> kindBits;
}

/** Whether a feature can be in the table, by its first hash. */
export function mayHold({ filter, filterBits }: FeatureTable, first: number): boolean {
  const bit = first >>> (32 - filterBits);
  return (filter[bit >>> 5]! & (1 << (bit & 31))) !== 0;
}

/** Whether a passage n-gram belongs to the sample. */
export function isSampled(first: number, rate: number): boolean {
  return (first & (rate - 1)) === 0;
}

/** Feature hashes with their owners, before they become a table. */
export class FeatureList {
  private firsts = new Uint32Array(1 << 16);
  private seconds = new Uint32Array(1 << 16);
  private postings = new Uint32Array(1 << 16);
  private length = 0;
  /** One of how many passage n-grams is kept; doubles when there are too many. */
  samplingRate = 1;

  /** @param most features from which on passage n-grams are sampled */
  constructor(private readonly most: number) {}

  add(kind: FeatureKind, owner: number, first: number, second: number): void {
    if (kind === FeatureKind.passage && !isSampled(first, this.samplingRate)) return;
    if (this.length === this.firsts.length) this.grow();
    this.firsts[this.length] = first;
    this.seconds[this.length] = second;
    this.postings[this.length++] = ((owner << kindBits) | kind) >>> 0;
  }

  private grow(): void {
    if (this.length >= this.most) this.thin();
    if (this.length < this.firsts.length * 0.75) return;
    const larger = (array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const copy = new Uint32Array(array.length * 2);
      copy.set(array);
      return copy;
    };
    this.firsts = larger(this.firsts);
    this.seconds = larger(this.seconds);
    this.postings = larger(this.postings);
  }

  private thin(): void {
    this.samplingRate *= 2;
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const passage = postingKind(this.postings[i]!) === FeatureKind.passage;
      if (passage && !isSampled(this.firsts[i]!, this.samplingRate)) continue;
      this.firsts[kept] = this.firsts[i]!;
      this.seconds[kept] = this.seconds[i]!;
      this.postings[kept++] = this.postings[i]!;
    }
    this.length = kept;
  }

  /** The table; a feature with more than `mostOf(kind)` postings is left out as common to all. */
  toTable(mostOf: (kind: FeatureKind) => number): FeatureTable {
    const { length, samplingRate } = this;
    const bucketBits = Math.max(8, Math.ceil(Math.log2(length + 1)));
    const shift = 32 - bucketBits;
    const starts = sharedUint32(2 ** bucketBits + 1);
    for (let i = 0; i < length; i++) starts[(this.firsts[i]! >>> shift) + 1]!++;
    for (let b = 1; b < starts.length; b++) starts[b]! += starts[b - 1]!;
    const next = starts.slice();
    const prints = sharedUint32(length);
    const postings = sharedUint32(length);
    for (let i = 0; i < length; i++) {
      const place = next[this.firsts[i]! >>> shift]!++;
      prints[place] = this.seconds[i]!;
      postings[place] = this.postings[i]!;
    }
    dropCommon({ starts, prints, postings }, mostOf);
    const filterBits = Math.min(27, Math.max(16, bucketBits + 2));
    const filter = sharedUint32(2 ** (filterBits - 5));
    for (let i = 0; i < length; i++) {
      const bit = this.firsts[i]! >>> (32 - filterBits);
      filter[bit >>> 5]! |= 1 << (bit & 31);
    }
    return { bucketBits, starts, prints, postings, filter, filterBits, samplingRate };
  }
}

/** Takes out the features with too many postings, in place; the freed places at the end stay unused. */
function dropCommon(
  { starts, prints, postings }: Pick<FeatureTable, 'starts' | 'prints' | 'postings'>,
  mostOf: (kind: FeatureKind) => number,
): void {
  const counts = new Map<number, number>();
  const key = (i: number): number => prints[i]! * 8 + postingKind(postings[i]!);
  let write = 0;
  let begin = 0;
  for (let b = 0; b + 1 < starts.length; b++) {
    const end = starts[b + 1]!;
    const crowded = end - begin > 3;
    if (crowded) {
      counts.clear();
      for (let i = begin; i < end; i++) counts.set(key(i), (counts.get(key(i)) ?? 0) + 1);
    }
    starts[b] = write;
    for (let i = begin; i < end; i++) {
      if (crowded && counts.get(key(i))! > mostOf(postingKind(postings[i]!))) continue;
      prints[write] = prints[i]!;
      postings[write++] = postings[i]!;
    }
    begin = end;
  }
  starts[starts.length - 1] = write;
}

/** A typed array that worker threads share instead of copying it. */
function sharedUint32(length: number): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(new SharedArrayBuffer(length * 4));
}
