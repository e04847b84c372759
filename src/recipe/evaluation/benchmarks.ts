/**
 * Which items are asked.
 * @module
 */
import { z } from 'zod';
import { fileNameSchema } from './names.js';
import { scorerSchema } from './scorers.js';

/** An entry of `evaluation.benchmarks`. */
export const benchmarkEntrySchema = z
  .strictObject({
    name: fileNameSchema.describe('Short name; the answers are written to evaluation/<name>/<system>.jsonl.'),
    benchmark: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A built-in benchmark (`attune evaluate list`) or the path of a benchmark file; where absent, the items are a split of the recipe’s own data set.',
      ),
    items: z
      .string()
      .min(1)
      .optional()
      .describe('File or hub data set with the benchmark’s items, in place of the one that it names.'),
    split: z
      .enum(['validation', 'test'])
      .default('test')
      .describe('Split of the data set whose items are asked.'),
    max_items: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe('Asks only this many items, spread evenly over the tasks; null asks all.'),
    scorers: z
      .array(scorerSchema)
      .min(1)
      .optional()
      .describe(
        'Scores of the answers to a split of the data set; exact_match, token_f1 and others where absent.',
      ),
    metric: z
      .string()
      .min(1)
      .optional()
      .describe('What the verdict on this benchmark rests on; its own main metric where absent.'),
  })
  .describe('One set of items that every system answers.');

/** An entry of `evaluation.benchmarks`, every default filled in. */
export type BenchmarkEntry = z.output<typeof benchmarkEntrySchema>;
