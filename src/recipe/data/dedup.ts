/**
 * Recipe section `data.dedup`: which items are duplicates of each other, and which of them is kept.
 * @module
 */
import { z } from 'zod';

/** Settings of the search for duplicates. */
export const dedupSchema = z
  .strictObject({
    near: z
      .boolean()
      .default(true)
      .describe(
        'Removes near-duplicates too; with `false` only items that are equal but for case and white space.',
      ),
    threshold: z
      .number()
      .gt(0)
      .max(1)
      .default(0.67)
      .describe('Least Jaccard similarity of the shingles of two near-duplicates.'),
    shingle_size: z.int().min(1).max(20).default(2).describe('Words in a shingle.'),
    num_perm: z
      .int()
      .min(8)
      .max(1024)
      .default(100)
      .describe(
        'Permutations of the MinHash signature: more find more of the pairs near the threshold, and take longer.',
      ),
    number_overlap: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .describe(
        'Least share of numbers that two near-duplicate texts have in common, so that letters and reports that only differ in their figures are kept; `0` ignores numbers. Questions and answers of conversations always need equal numbers.',
      ),
    keep: z
      .enum(['first', 'longest'])
      .default('first')
      .describe(
        'Which of several duplicates is kept: the `first` in the order of the sources, or the one with most words.',
      ),
  })
  .describe('Removal of duplicates.');

/** Settings of the search for duplicates, every default filled in. */
export type DedupSettings = z.output<typeof dedupSchema>;
