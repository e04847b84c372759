/**
 * Items of one group (document, company, patient) are not independent: statistics resample whole groups.
 * A mean over items needs only the sum and the number of items of each group.
 * @module
 */

/** Sums of a value by group. */
export interface Clusters {
  /** Sum of the value over the group's items. */
  sums: Float64Array;
  /** Items of the group. */
  sizes: Float64Array;
  /** Items in all. */
  items: number;
  /** Mean of the value over all items. */
  mean: number;
}

/**
 * Adds `values` up by group.
 *
 * @param groups name of each value's group; as long as `values`
 */
export function clusterSums(values: readonly number[], groups: readonly string[]): Clusters {
  const numbers = new Map<string, number>();
  for (const group of groups) if (!numbers.has(group)) numbers.set(group, numbers.size);
  const sums = new Float64Array(numbers.size);
  const sizes = new Float64Array(numbers.size);
  let total = 0;
  for (const [item, value] of values.entries()) {
    const cluster = numbers.get(groups[item]!)!;
    sums[cluster]! += value;
    sizes[cluster]! += 1;
    total += value;
  }
  return { sums, sizes, items: values.length, mean: values.length > 0 ? total / values.length : 0 };
}
