/**
 * Which training examples a stage takes.
 * @module
 */
import { z } from 'zod';

/** What a stage, or a part of its mix, takes from the training split; every rule that is given has to hold. */
export const selectSchema = z.strictObject({
  objective: z
    .enum(['any', 'text', 'instructions'])
    .default('any')
    .describe('`text`: plain domain text only. `instructions`: conversations only.'),
  tasks: z.array(z.string().min(1)).min(1).optional().describe('Only examples of these tasks.'),
  without_tasks: z.array(z.string().min(1)).min(1).optional().describe('No examples of these tasks.'),
  aspects: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Only examples that belong to one of these aspects (`data.coverage.aspects`).'),
  without_aspects: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('No examples that belong to one of these aspects.'),
  min_hardness: z.number().min(0).max(1).default(0).describe('Only examples at least as hard as this.'),
  max_hardness: z.number().min(0).max(1).default(1).describe('Only examples at most as hard as this.'),
  max_examples: z
    .int()
    .min(1)
    .optional()
    .describe('At most so many of them, spread evenly over the tasks; all where absent.'),
});

/** Which examples are taken, every default filled in. */
export type SelectSettings = z.output<typeof selectSchema>;
