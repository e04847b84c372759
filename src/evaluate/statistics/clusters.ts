/**
 * Items of one group (document, company, patient) are not independent: statistics resample whole groups.
 * A figure that is a function of summed terms needs only the sums of each group.
 * @module
 */

/** Terms added up by group. */
export interface Clusters {
  /** Groups. */
  count: number;
  /** Terms of an item. */
  width: number;
  /** `count` rows of `width` sums, groups in the order of their first item. */
  sums: Float64Array;
  /** Items of each group. */
  sizes: Float64Array;
  /** Sums over all items. */
  totals: Float64Array;
  /** Items in all. */
  items: number;
}

/**
 * Adds the terms of items up by group.
 *
 * @param terms of each item, all of the same length
 * @param groups name of each item's group; as long as `terms`
 */
export function clusterTerms(terms: readonly ArrayLike<number>[], groups: readonly string[]): Clusters {
  const numbers = new Map<string, number>();
  for (const group of groups) if (!numbers.has(group)) numbers.set(group, numbers.size);
  const width = terms[0]?.length ?? 0;
  const sums = new Float64Array(numbers.size * width);
  const sizes = new Float64Array(numbers.size);
  const totals = new Float64Array(width);
  for (const [item, values] of terms.entries()) {
    const cluster = numbers.get(groups[item]!)!;
    sizes[cluster]! += 1;
    for (let term = 0; term < width; term++) {
      sums[cluster * width + term]! += values[term]!;
      totals[term]! += values[term]!;
    }
  }
  return { count: numbers.size, width, sums, sizes, totals, items: terms.length };
}

/** Adds scores up by group: two terms, the score and one, of which {@link ratio} makes the mean. */
export function clusterScores(scores: readonly number[], groups: readonly string[]): Clusters {
  return clusterTerms(
    scores.map((score) => [score, 1]),
    groups,
  );
}

/** The first sum by the second. */
export function ratio(sums: ArrayLike<number>): number {
  return sums[0]! / sums[1]!;
}
