/**
 * Texts as vectors by the words in them: a cheap, deterministic stand-in for the vectors of a model.
 * @module
 */

/** Numbers in a vector. */
export const embeddingSize = 256;
/** Places that words are hashed to; two words in one place are rare and only blur. */
const buckets = 1 << 18;
/** Places of a vector that one word adds to. */
const spread = 8;
/** Only the beginning of a very long text counts. */
const mostCharacters = 20_000;

/** How rare words are among the texts that were counted. */
export interface Idf {
  documents: number;
  /** Weight of each bucket: ln((1 + documents) / (1 + texts that hold it)) + 1. */
  weights: Float32Array;
}

/** Counts in how many texts words stand; one megabyte, whatever the number of texts. */
export class IdfCounter {
  private readonly counts = new Uint32Array(buckets);
  private documents = 0;

  add(text: string): void {
    this.documents++;
    for (const bucket of termCounts(text).keys()) this.counts[bucket]!++;
  }

  finish(): Idf {
    const { documents } = this;
    return {
      documents,
      weights: Float32Array.from(this.counts, (count) => Math.log((1 + documents) / (1 + count)) + 1),
    };
  }
}

/**
 * Unit vectors of 256 numbers: words (without numbers and the plural's s) and pairs of
 * neighbouring words hashed, weighted by 1 + ln(count) times their rarity
 * (TF-IDF with sublinear counts, Salton and Buckley 1988), and projected at random with eight signs a word (very sparse
 * random projections, Li, Hastie and Church 2006), the randomness being the hash. The dot product of two vectors is
 * about the cosine of the TF-IDF vectors, ± 0.06. A text without words is the zero vector.
 *
 * @param idf rarity of words; without it all words weigh the same
 */
export function embedTexts(texts: readonly string[], idf?: Idf): Float32Array[] {
  return texts.map((text) => {
    const vector = new Float32Array(embeddingSize);
    for (const [bucket, count] of termCounts(text)) {
      const weight = (1 + Math.log(count)) * (idf ? idf.weights[bucket]! : 1);
      let state = mixed(bucket + 1);
      for (let n = 0; n < spread; n++) {
        state = mixed(state + n);
        const at = state & (embeddingSize - 1);
        vector[at] = vector[at]! + (state & 0x10000 ? weight : -weight);
      }
    }
    return normalise(vector);
  });
}

/** Divides a vector by its length, in place; the zero vector stays. */
export function normalise(vector: Float32Array): Float32Array {
  let sum = 0;
  for (let at = 0; at < vector.length; at++) sum += vector[at]! * vector[at]!;
  if (sum > 0) {
    const factor = 1 / Math.sqrt(sum);
    for (let at = 0; at < vector.length; at++) vector[at] = vector[at]! * factor;
  }
  return vector;
}

/** Cosine of two unit vectors. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

/** How often each hashed word and pair of neighbouring words stands in a text. */
function termCounts(text: string): Map<number, number> {
  const counts = new Map<number, number>();
  const lower = text.slice(0, mostCharacters).toLowerCase();
  const put = (hash: number): void => {
    const bucket = mixed(hash) & (buckets - 1);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  };
  let word = 0;
  /** The word without its last letter, for plurals. */
  let stem = 0;
  let length = 0;
  let last = 0;
  let before = 0;
  let named = false;
  const end = (): void => {
    if (word === 0) return;
    // Numbers say little about what a text is about.
    if (named) {
      const term = last === 115 && length > 4 ? stem : word;
      put(term);
      if (before !== 0) put(Math.imul(before, 31) ^ term);
      before = term;
    }
    word = 0;
    length = 0;
    named = false;
  };
  for (let at = 0; at < lower.length; at++) {
    const code = lower.charCodeAt(at);
    if (code >= 0x2e80 && code < 0xd800) {
      // Scripts without spaces: every character is a word.
      end();
      word = mixed(code);
      last = code;
      named = true;
      end();
    } else if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code > 191) {
      stem = word;
      length++;
      last = code;
      word = Math.imul(word === 0 ? 0x811c9dc5 ^ code : word ^ code, 0x01000193);
      if (word === 0) word = 1;
      named ||= code > 57;
    } else end();
  }
  end();
  return counts;
}

/** A 32-bit mix in which every bit of the input moves every bit of the output (the end of MurmurHash3). */
function mixed(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
