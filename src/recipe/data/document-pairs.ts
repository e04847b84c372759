/**
 * Settings of the pairs that rules make from documents.
 * @module
 */
import { z } from 'zod';

/** What rules ask about documents; `tables` stands for all the tasks of statement tables. */
export const documentTasks = [
  'tables',
  'definition',
  'extraction',
  'json_extraction',
  'classification',
  'title',
  'summary',
  'comparison',
  'numeric',
  'unanswerable',
] as const;

/** One kind of question about a document. */
export type DocumentTask = (typeof documentTasks)[number];

/** How documents become passages and passages become pairs. */
export const documentPairsSchema = z.strictObject({
  max_passage_characters: z
    .int()
    .min(200)
    .default(1800)
    .describe('Longest passage that a document is cut into, in characters; about four make a token.'),
  tasks: z
    .array(z.enum(documentTasks))
    .min(1)
    .default([...documentTasks])
    .describe('Kinds of questions; `tables` stands for all the tasks of statement tables.'),
  max_per_passage: z.int().min(1).default(6).describe('Most pairs of one passage.'),
  max_per_table: z.int().min(1).default(12).describe('Most pairs of one statement table.'),
  max_table_characters: z
    .int()
    .min(1)
    .optional()
    .describe('Leaves out statement tables whose text is longer; without it every table is used.'),
  phrasings: z
    .int()
    .min(1)
    .max(8)
    .default(8)
    .describe(
      'How many ways of asking are used for each kind of question; fewer is easier to learn and less robust.',
    ),
  system_prompt: z
    .string()
    .default('Answer from the text. For a calculation, write the expression.')
    .describe('System message of every pair; empty for none.'),
});

/** How pairs are made from documents, every default filled in. */
export type DocumentPairSettings = z.output<typeof documentPairsSchema>;
