/**
 * Recipe section `data`: where the examples come from, what is done with them, how they are split and how they become
 * token rows.
 * @module
 */
import { z } from 'zod';
import { augmentSchema } from './data/augment.js';
import { cleanSchema } from './data/clean.js';
import { contaminationSchema } from './data/contamination.js';
import { coverageSchema } from './data/coverage.js';
import { dedupSchema } from './data/dedup.js';
import { documentsSchema } from './data/documents.js';
import { factsSchema } from './data/facts.js';
import { formatsSchema } from './data/formats.js';
import { privacySchema } from './data/privacy.js';
import { qualitySchema } from './data/quality.js';
import { recordsSchema } from './data/records.js';
import { replaySchema } from './data/replay.js';
import { limitsSchema, splitSchema } from './data/split.js';
import { tablesSchema } from './data/tables.js';
import { teacherSchema } from './data/teacher.js';

/** Section `data` of a recipe. */
export const dataSchema = z.strictObject({
  sources: z
    .array(
      z.discriminatedUnion('type', [recordsSchema, documentsSchema, tablesSchema, factsSchema, replaySchema]),
    )
    .min(1)
    .describe('Where the examples come from.'),
  max_rejected_share: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe(
      'Share of the records of a source that may be set aside as broken, in `rejected.jsonl`; more is an error.',
    ),
  max_unreadable_share: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe(
      'Share of the files of a source of documents that may be set aside as unreadable; more is an error, but one always may.',
    ),
  formats: formatsSchema,
  clean: cleanSchema
    .prefault({})
    .describe('Repair of characters, boilerplate, languages and rules for the quality of texts.'),
  privacy: privacySchema.prefault({}).describe('Personal data: what is looked for, and what becomes of it.'),
  dedup: dedupSchema.prefault({}).describe('Copies and near-copies, of which one is kept.'),
  split: splitSchema
    .prefault({})
    .describe(
      'Shares of the splits. Examples of one group (report, document, patient) never stand in two of them.',
    ),
  teacher: teacherSchema
    .optional()
    .describe('A model that writes further pairs about the documents; its texts are sent to the endpoint.'),
  augment: augmentSchema
    .prefault({})
    .describe('Makes further training items from those that are there; off unless turned on.'),
  contamination: contaminationSchema
    .prefault({})
    .describe('Keeps test items and benchmarks out of training.'),
  coverage: coverageSchema
    .prefault({})
    .describe('The aspects of the domain, and how much of each the training split should hold.'),
  quality: qualitySchema
    .prefault({})
    .describe('Scores of the examples, and which are chosen where there are too many.'),
  limits: limitsSchema.prefault({}).describe('Makes a split smaller, for trials.'),
  max_length: z.int().min(8).default(1024).describe('Tokens in a row.'),
  packing: z
    .enum(['auto', 'none', 'best_fit', 'shared_prefix'])
    .default('auto')
    .describe(
      '`none`: one example a row. `best_fit`: several. `shared_prefix`: several, and a beginning that prompts have in common is computed once. `auto` takes `shared_prefix` where that saves tokens, else `best_fit`. All give the same loss.',
    ),
  overlong: z
    .enum(['error', 'drop', 'truncate'])
    .default('error')
    .describe('What happens to an example longer than `max_length`; what is dropped or cut is counted.'),
  train_on: z
    .enum(['all_answers', 'last_answer'])
    .default('all_answers')
    .describe('Which assistant turns of a conversation are supervised.'),
  max_examples_per_context: z
    .int()
    .min(1)
    .default(8)
    .describe('Most examples of one shared beginning in a row, so that an optimizer step stays diverse.'),
});

/** Section `data` of a recipe, every default filled in. */
export type DataSettings = z.output<typeof dataSchema>;
