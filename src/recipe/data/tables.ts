/**
 * Settings of a source of statement tables, and of the pairs that are made from them.
 * @module
 */
import { z } from 'zod';

/** The kinds of questions that pairs are made for unless a recipe names others. */
export const defaultPairTasks = [
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

/** All kinds of questions that pairs can be made for. */
export const pairTasks = [
  ...defaultPairTasks,
  'financial_ratio',
  'trend_commentary',
  'risk_flags',
  'summary',
  'json_output',
] as const;

/** One kind of question. */
export type PairTask = (typeof pairTasks)[number];

/** The forms of document that questions about a table are asked of. */
export const documentForms = ['statement', 'report', 'analysis'] as const;

/** One form of document. */
export type DocumentForm = (typeof documentForms)[number];

const pairsSchema = z.strictObject({
  count: z
    .int()
    .min(1)
    .default(10_000)
    .describe('Pairs to make, spread evenly over the tables and the tasks.'),
  tasks: z
    .array(z.enum(pairTasks))
    .min(1)
    .default([...defaultPairTasks])
    .describe(
      'Kinds of questions; those of an analyst (financial_ratio and after it) are made where they are named.',
    ),
  forms: z
    .array(z.enum(documentForms))
    .min(1)
    .refine((forms) => new Set(forms).size === forms.length, { error: 'a form stands there twice' })
    .default(['statement'])
    .describe(
      'Forms of document, about equally often each: the table itself (`statement`), a section of a report that tells its figures in prose (`report`), an analysis whose every number is a figure of the table or computed from them (`analysis`).',
    ),
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
  max_document_characters: z
    .int()
    .min(200)
    .default(700)
    .describe('Longest text of a report or an analysis; fewer rows are told where it is short.'),
  system_prompt: z
    .string()
    .min(1)
    .optional()
    .describe(
      'System message of every pair; without it `Answer from the table. For a calculation, write the expression.`, and `Answer from the document.` where there are other forms than the table itself.',
    ),
});

/** A source of `type: tables`. */
export const tablesSchema = z
  .strictObject({
    type: z.literal('tables').describe('Statement tables, from which instruction/response pairs are made.'),
    path: z
      .string()
      .min(1)
      .describe(
        'JSON file with statement tables, relative to the recipe; its form is in docs/statement-tables.md.',
      ),
    make: z
      .array(z.enum(['pairs', 'text']))
      .min(1)
      .default(['pairs'])
      .describe(
        '`pairs`: questions with answers. `text`: each document that they are asked about as plain text, for continued pre-training.',
      ),
    pairs: pairsSchema.prefault({}).describe('The pairs that are made from the tables.'),
  })
  .describe('Pairs made from statement tables.');

/** What is made from statement tables. */
export type TableProduct = z.output<typeof tablesSchema>['make'][number];

/** How pairs are made. */
export type PairSettings = z.output<typeof pairsSchema>;
