/**
 * How a MinHash signature is cut into bands (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4).
 * @module
 */

/** Bands of `rows` values each; two items are compared when all values of one band agree. */
export interface Bands {
  bands: number;
  rows: number;
}

/** Least probability that a pair of exactly the threshold's similarity is compared. */
const leastProbability = 0.9;

/** Probability that two items of Jaccard similarity `similarity` agree in a band. */
export function comparedProbability(similarity: number, { bands, rows }: Bands): number {
  return 1 - (1 - similarity ** rows) ** bands;
}

/**
 * The longest bands, which compare the fewest pairs in vain, with which a pair at the threshold is still compared with
 * a probability of 0.9.
 */
export function chooseBands(permutations: number, threshold: number): Bands {
  let chosen: Bands = { bands: permutations, rows: 1 };
  for (let rows = 2; rows <= permutations; rows++) {
    const candidate = { bands: Math.floor(permutations / rows), rows };
    if (comparedProbability(threshold, candidate) >= leastProbability) chosen = candidate;
  }
  return chosen;
}
