/**
 * N-grams and how many of them two texts share.
 * @module
 */

/** How often each n-gram occurs. */
export type NgramCounts = ReadonlyMap<string, number>;

/** Counts n-grams, given as texts. */
export function countNgrams(ngrams: Iterable<string>): NgramCounts {
  const counts = new Map<string, number>();
  for (const ngram of ngrams) counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  return counts;
}

/** N-grams that both texts hold, each as often as the text that holds it less often. */
export function sharedNgrams(a: NgramCounts, b: NgramCounts): number {
  let shared = 0;
  for (const [ngram, count] of a) shared += Math.min(count, b.get(ngram) ?? 0);
  return shared;
}
