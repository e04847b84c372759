/**
 * Recipe section `data`: where the examples come from, how they are split and how they become token rows.
 * @module
 */
import { z } from 'zod';

/** The kinds of questions that pairs are made for. */
export const pairTasks = [
  'look_up',
  'change',
  'percentage_change',
  'total',
  'average',
  'share',
  'ratio',
  'comparison',
  'ranking',
  'unit_conversion',
  'statement_type',
  'unanswerable',
] as const;

/** One kind of question. */
export type PairTask = (typeof pairTasks)[number];

const path = z.string().min(1).describe('File, relative to the recipe.');

const pairsSchema = z.strictObject({
  count: z
    .int()
    .min(1)
    .default(10_000)
    .describe('Pairs to make, spread evenly over the tables and the tasks.'),
  tasks: z
    .array(z.enum(pairTasks))
    .min(1)
    .default([...pairTasks])
    .describe('Kinds of questions.'),
  phrasings: z
    .int()
    .min(1)
    .max(8)
    .default(8)
    .describe(
      'How many ways of asking are used for each kind of question; fewer is easier to learn and less robust.',
    ),
  max_table_characters: z
    .int()
    .min(1)
    .optional()
    .describe('Leaves out tables whose text is longer; without it every table is used.'),
  system_prompt: z
    .string()
    .min(1)
    .default('Answer from the table. For a calculation, write the expression.')
    .describe('System message of every pair.'),
});

const tablesSchema = z
  .strictObject({
    type: z.literal('tables').describe('Statement tables, from which instruction/response pairs are made.'),
    path: path.describe(
      'JSON file with statement tables, relative to the recipe; its form is in docs/data.md.',
    ),
    pairs: pairsSchema.prefault({}).describe('The pairs that are made from the tables.'),
  })
  .describe('Pairs made from statement tables.');

const recordsSchema = z
  .strictObject({
    type: z.literal('records').describe('Your own examples, one record each.'),
    path: path.describe(
      'JSONL file, or JSON file with a list, relative to the recipe. A record has `messages`, `prompt`/`completion`, `instruction`/`input`/`output`, `question`/`answer`/`context` or `text`, and optionally `id`, `task`, `group`, `source`, `licence`.',
    ),
    task: z.string().min(1).default('general').describe('Task of records that name none.'),
    licence: z.string().min(1).default('unknown').describe('Licence of records that name none.'),
  })
  .describe('Examples that you bring.');

const splitSchema = z
  .strictObject({
    train: z.number().min(0).default(0.8).describe('Share of the examples that is trained on.'),
    validation: z.number().min(0).default(0.05).describe('Share that gives `eval_loss` while training.'),
    test: z.number().min(0).default(0.15).describe('Share that the verdict is made from.'),
  })
  .refine((split) => Math.abs(split.train + split.validation + split.test - 1) < 1e-9, {
    error: 'train, validation and test have to add up to 1',
  })
  .refine((split) => split.train > 0, { error: 'train has to be above 0', path: ['train'] });

const limitSchema = z.strictObject({
  examples: z.int().min(1).optional().describe('Most examples, taken evenly over tasks and groups.'),
  groups: z.int().min(1).optional().describe('Most groups (reports, documents).'),
});

const limitsSchema = z.strictObject({
  train: limitSchema.prefault({}).describe('Limits of the training split.'),
  validation: limitSchema.prefault({}).describe('Limits of the validation split.'),
  test: limitSchema.prefault({}).describe('Limits of the test split.'),
});

/** Section `data` of a recipe. */
export const dataSchema = z.strictObject({
  sources: z
    .array(z.discriminatedUnion('type', [tablesSchema, recordsSchema]))
    .min(1)
    .describe('Where the examples come from.'),
  split: splitSchema
    .prefault({})
    .describe(
      'Shares of the splits. Examples of one group (report, document, patient) never stand in two of them.',
    ),
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
/** A source of the user's own records. */
export type RecordsSource = z.output<typeof recordsSchema>;
/** How pairs are made. */
export type PairSettings = z.output<typeof pairsSchema>;
/** Shares of the splits. */
export type SplitSettings = z.output<typeof splitSchema>;
/** Limits of the splits. */
export type LimitSettings = z.output<typeof limitsSchema>;
