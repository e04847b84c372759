/**
 * Recipe section `data.contamination`: what training items are compared with before they are trained on.
 * @module
 */
import { z } from 'zod';

const benchmarkSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe('File of records, relative to the recipe, in one of the forms of `records`.'),
  name: z
    .string()
    .min(1)
    .optional()
    .describe('Name in reports; without it the name of the file without its ending.'),
});

/** Section `contamination`. */
export const contaminationSchema = z.strictObject({
  benchmarks: z
    .array(benchmarkSchema)
    .default([])
    .describe('Benchmarks that must not be trained on, beside the test split.'),
  held_out: z
    .boolean()
    .default(true)
    .describe('Whether items of `train` and `validation` are compared with the `test` split.'),
  question_overlap: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.7)
    .describe(
      'Share of a question, its words weighted by how rare they are, from which on it counts as found.',
    ),
  context_overlap: z
    .number()
    .min(0.2)
    .max(1)
    .default(0.4)
    .describe('Share of the rare n-grams of a passage or text from which on it counts as found.'),
  ngram: z
    .int()
    .min(3)
    .max(13)
    .default(5)
    .describe('Words of an n-gram that passages and texts are compared by.'),
  shared_source: z
    .boolean()
    .default(false)
    .describe(
      'Also removes items from a document with pages that a test item comes from; the default leaves that to groups.',
    ),
});

/** Section `contamination`, every default filled in. */
export type ContaminationSettings = z.output<typeof contaminationSchema>;
