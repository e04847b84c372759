/**
 * Settings of the pairs that a teacher model writes.
 * @module
 */
import { z } from 'zod';
import { endpointSchema, priceSchema } from '../endpoint.js';
import { answerFormatSchema } from './formats.js';

/** What a teacher may be asked to write. */
export const teacherTasks = [
  'extraction',
  'definition',
  'numeric',
  'comparison',
  'summary',
  'classification',
  'unanswerable',
] as const;

/** One of the kinds of questions that a teacher knows how to write. */
export type TeacherTask = (typeof teacherTasks)[number];

/** How a teacher model writes pairs. */
export const teacherSchema = z.strictObject({
  endpoint: endpointSchema
    .optional()
    .describe('Where the teacher is asked; without it the recipe’s own model is the teacher.'),
  tasks: z
    .array(z.enum(teacherTasks))
    .default([...teacherTasks])
    .describe('Kinds of questions that the teacher writes.'),
  instructions: z
    .array(
      z.strictObject({
        task: z.string().min(1).describe('Name of the task.'),
        text: z.string().min(1).describe('What the teacher has to write about a passage.'),
        format: answerFormatSchema.default('text'),
      }),
    )
    .default([])
    .refine(
      (list) =>
        new Set([...list.map(({ task }) => task), ...teacherTasks]).size ===
        list.length + teacherTasks.length,
      {
        error: 'every instruction needs a task name of its own, other than those of `tasks`',
      },
    )
    .describe('Kinds of questions of your own.'),
  pairs_per_passage: z
    .int()
    .min(1)
    .default(2)
    .describe('Pairs that are asked for on each passage, each of another task.'),
  max_calls: z
    .int()
    .min(1)
    .optional()
    .describe('Most requests; the passages are then drawn evenly from all documents.'),
  min_passage_characters: z.int().min(0).default(200).describe('Shorter passages are not asked about.'),
  max_tokens: z.int().min(16).default(500).describe('Longest answer of the teacher, in tokens.'),
  temperature: z
    .number()
    .min(0)
    .max(2)
    .default(0.7)
    .describe('How much the teacher varies; 0 for the likeliest.'),
  max_answer_characters: z.int().min(1).default(800).describe('Longer answers are rejected.'),
  stop_after_failures: z
    .int()
    .min(1)
    .default(10)
    .describe('Failed requests in a row after which the run stops; what is answered by then is kept.'),
  price: priceSchema.optional().describe('Prices, for the estimate before the first call.'),
  system_prompt: z
    .string()
    .default('Answer from the text. For a calculation, write the expression.')
    .describe('System message of every pair; empty for none.'),
});

/** How a teacher writes pairs, every default filled in. */
export type TeacherSettings = z.output<typeof teacherSchema>;
