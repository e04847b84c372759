/**
 * Recipe section for coverage: the aspects of the domain, and how much of each the data should hold.
 * @module
 */
import { z } from 'zod';

const fraction = (what: string) => z.number().min(0).max(1).describe(what);

const aspectSchema = z.strictObject({
  name: z.string().min(1).max(80).describe('Short name, for example `leases`.'),
  keywords: z
    .array(z.string().min(1).max(120))
    .default([])
    .describe(
      'Words and phrases that tell the aspect, in any case; a `*` at the end stands for any ending (`deprecia*`).',
    ),
  patterns: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Regular expressions without back-references and look-around, in any case; they are matched in linear time.',
    ),
  tasks: z.array(z.string().min(1)).default([]).describe('Only items of these tasks.'),
  sources: z
    .array(z.string().min(1).max(200))
    .default([])
    .describe('Only items whose file or source fits one of these globs (`*` and `?`), for example `*.pdf`.'),
  kinds: z
    .array(z.enum(['conversation', 'text', 'document', 'table']))
    .default([])
    .describe('Only items of these kinds; `table` is a conversation about a table.'),
  description: z
    .string()
    .min(1)
    .optional()
    .describe('What the aspect is about; items whose text is similar to it belong to the aspect.'),
  examples: z.array(z.string().min(1)).default([]).describe('Texts of the aspect, used like `description`.'),
  min_similarity: fraction(
    'Cosine similarity from which a text belongs to the aspect, for `description` and `examples`.',
  ).default(0.25),
  min_items: z.int().min(0).default(0).describe('Fewest training items of the aspect.'),
  min_share: fraction('Smallest share of the training items.').default(0),
  max_share: fraction('Largest share of the training items.').default(1),
});

/** Section `coverage` of the data settings. */
export const coverageSchema = z.strictObject({
  aspects: z
    .array(aspectSchema)
    .default([])
    .refine((aspects) => new Set(aspects.map(({ name }) => name)).size === aspects.length, {
      error: 'two aspects have the same name',
    })
    .describe(
      'The aspects of the domain. `tasks`, `sources` and `kinds` narrow an aspect; `keywords`, `patterns` and `description` find its items among those.',
    ),
  min_edge_share: fraction(
    'Smallest share of edge cases (negative figures, missing values, unanswerable questions and more; see docs/coverage.md).',
  ).default(0),
  min_hard_share: fraction('Smallest share of hard items.').default(0),
  hard_from: fraction('Hardness from which an item counts as hard.').default(0.4),
  short_context: z.int().min(0).default(80).describe('A context of fewer characters is an edge case.'),
  long_context: z.int().min(1).default(6000).describe('A context of more characters is an edge case.'),
  rare_task_share: fraction('Items of a task with a smaller share of all items are edge cases.').default(
    0.01,
  ),
});

/** Section `coverage`, every default filled in. */
export type CoverageSettings = z.output<typeof coverageSchema>;
/** One aspect of the domain. */
export type AspectSettings = CoverageSettings['aspects'][number];
