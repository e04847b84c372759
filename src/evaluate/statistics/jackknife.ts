/**
 * Standard error from leaving out each group in turn, and how many groups it rests on.
 * @module
 */
import type { Clusters } from './clusters.js';

/** Each figure without each group in turn: a row a figure, a column a group. */
export function leaveOneOut(
  { count, width, sums, totals }: Clusters,
  figures: (sums: Float64Array) => readonly number[],
): Float64Array[] {
  const rows = figures(totals).map(() => new Float64Array(count));
  for (let cluster = 0; cluster < count; cluster++) {
    const rest = totals.map((sum, term) => sum - sums[cluster * width + term]!);
    for (const [index, value] of figures(rest).entries()) rows[index]![cluster] = value;
  }
  return rows;
}

/**
 * Standard error of a figure, from what it is without each group (Efron and Stein, Annals of Statistics 9, 1981). For
 * clustered data it is the one that needs the least correction when groups are few or unequal (MacKinnon, Nielsen and
 * Webb, Journal of Applied Econometrics 38(5), 2023).
 */
export function jackknifeError(leftOut: Float64Array): number {
  const count = leftOut.length;
  const centre = leftOut.reduce((sum, value) => sum + value, 0) / count;
  const squares = leftOut.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt((squares * (count - 1)) / count);
}

/**
 * Groups of equal size that would tell as much about the spread between groups: (Σ size)² / Σ size² (Kish, Survey
 * Sampling, 1965, section 11.7). One document with half of all questions makes many small ones count for little.
 */
export function effectiveGroups(sizes: Float64Array): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const squares = sizes.reduce((sum, size) => sum + size ** 2, 0);
  return squares > 0 ? total ** 2 / squares : 0;
}
