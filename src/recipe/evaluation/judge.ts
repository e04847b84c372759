/**
 * A model that judges answers.
 * @module
 */
import { z } from 'zod';
import { systemSchema } from './systems.js';

/** How a judge is asked. */
export const judgeSchema = z
  .strictObject({
    system: systemSchema.describe(
      'Who judges: an endpoint, a GGUF file, or `base`; best a stronger model than those that are judged.',
    ),
    pairwise: z
      .boolean()
      .default(true)
      .describe('Asks which of two answers is better, the candidate’s or another system’s, in both orders.'),
    criteria: z
      .array(
        z.strictObject({
          name: z.string().min(1).describe('Short name of the criterion.'),
          description: z.string().min(1).describe('What a full grade means, for the judge.'),
        }),
      )
      .default([])
      .describe('Criteria by which every answer is graded from 1 to 5; none where empty.'),
    votes: z
      .int()
      .min(1)
      .max(15)
      .default(1)
      .describe('Replies to each question; more than one need a temperature.'),
    temperature: z
      .number()
      .min(0)
      .max(2)
      .default(0)
      .describe('Randomness of the judge; 0 makes all votes alike.'),
    show_reference: z.boolean().default(true).describe('Shows the judge the right answer.'),
    max_items: z
      .int()
      .min(1)
      .nullable()
      .default(100)
      .describe('Judges only this many items of a benchmark, spread evenly over the tasks; null judges all.'),
    benchmarks: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Names of the benchmarks whose answers are judged; all with written answers where absent.'),
  })
  .describe('A model that judges the answers.');
