/**
 * Settings of a source of replay: general prompts that the model answers itself before it is trained.
 * @module
 */
import { z } from 'zod';

/** The `path` of the prompts that come with Attune. */
export const builtinPrompts = 'builtin';

/** A source of `type: replay`. */
export const replaySchema = z
  .strictObject({
    type: z
      .literal('replay')
      .describe('General prompts, answered by the untouched model itself, against forgetting.'),
    path: z
      .string()
      .min(1)
      .default(builtinPrompts)
      .describe(
        'File, folder or glob of prompts, relative to the recipe: records with a field `prompt`, or plain texts in a list. `builtin` takes those that come with Attune.',
      ),
    count: z
      .int()
      .min(1)
      .optional()
      .describe('Answers wanted, their prompts drawn by the seed; without it every prompt is asked.'),
    max_new_tokens: z
      .int()
      .min(1)
      .default(96)
      .describe('Longest answer in tokens; one that has not ended by then is not used.'),
  })
  .describe('What the model says to general prompts, so that it goes on saying it.');

/** A source of replay, every default filled in. */
export type ReplaySource = z.output<typeof replaySchema>;
