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
    facts: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File of facts whose held-out phrasings are asked, which measures recall; how many are held out, and the system message, are those of the source of `data` with this path.',
      ),
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
        'Scores of the answers to a split of the data set, or to facts; exact_match, token_f1 and others where absent.',
      ),
    metric: z
      .string()
      .min(1)
      .optional()
      .describe('What the verdict on this benchmark rests on; its own main metric where absent.'),
  })
  .refine(({ facts, benchmark, items }) => facts === undefined || (benchmark ?? items) === undefined, {
    error: 'name `facts`, or a `benchmark` with its `items`, not both',
    path: ['facts'],
  })
  .describe('One set of items that every system answers.');

/** An entry of `evaluation.benchmarks`, every default filled in. */
export type BenchmarkEntry = z.output<typeof benchmarkEntrySchema>;
