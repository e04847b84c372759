/**
 * Settings of a study in which people judge answers: who compares or scores which systems, and by what.
 * @module
 */
import * as z from 'zod';

const fileName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const fileNameRule =
  'only letters, digits, dots, dashes and underscores, at most 64, because it names a file';
const unique = (names: readonly string[]): boolean =>
  new Set(names.map((name) => name.toLowerCase())).size === names.length;

/** A criterion of a rubric. */
export const criterionSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,39}$/, 'begins with a lower-case letter; then letters, digits, underscores')
      .describe('Short name, also a column of the exported ratings.'),
    description: z
      .string()
      .max(600)
      .default('')
      .describe('What raters look at, and what the lowest and the highest score mean.'),
    scale: z.int().min(2).max(9).default(5).describe('Scores go from 1 (worst) to this number (best).'),
  })
  .describe('One thing that answers are scored on.');

/** Settings of a study. */
export const humanStudySchema = z
  .strictObject({
    benchmark: z
      .string()
      .nullable()
      .default(null)
      .describe('Benchmark whose answers are judged; null takes the only one in the run folder.'),
    systems: z
      .array(z.string())
      .refine(unique, 'names a system twice')
      .nullable()
      .default(null)
      .describe('Systems whose answers are judged; null takes all that answered the benchmark.'),
    form: z
      .enum(['pairwise', 'rubric'])
      .default('pairwise')
      .describe('pairwise shows two answers and asks which is better; rubric shows one and asks for scores.'),
    criteria: z
      .array(criterionSchema)
      .min(1, 'name at least one criterion')
      .refine((criteria) => unique(criteria.map(({ name }) => name)), 'names a criterion twice')
      .default([
        { name: 'correct', description: '1: wrong. 5: everything it says is right.', scale: 5 },
        {
          name: 'complete',
          description: '1: misses what was asked. 5: answers all that was asked.',
          scale: 5,
        },
        {
          name: 'clear',
          description: '1: hard to use as it stands. 5: could be handed on unchanged.',
          scale: 5,
        },
      ])
      .describe('What the rubric scores; a pairwise study does not use it.'),
    raters: z
      .array(z.string().regex(fileName, fileNameRule))
      .min(1, 'name at least one rater')
      .refine(unique, 'names a rater twice')
      .describe('Who judges; each gets a link of their own.'),
    items: z
      .int()
      .min(1)
      .default(100)
      .describe('Items to judge, drawn evenly over the tasks; all when there are fewer.'),
    overlap: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe('Share of the items that every rater judges; the rest is divided among them.'),
    instructions: z
      .string()
      .max(4000)
      .default('')
      .describe('What raters are told before they begin, in your words.'),
  })
  .describe('A study in which people judge answers without knowing which system gave them.');

/** The validated settings, every default filled in. */
export type HumanStudySettings = z.output<typeof humanStudySchema>;

/** The settings as a user writes them: only `raters` has to be there. */
export type HumanStudyInput = z.input<typeof humanStudySchema>;
