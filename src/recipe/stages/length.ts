/**
 * How long a stage is.
 * @module
 */
import { z } from 'zod';

/** A length in one of three units. */
export const lengthSchema = z
  .strictObject({
    epochs: z
      .number()
      .positive()
      .optional()
      .describe('Passes over the examples of the stage; replay comes on top and does not count.'),
    steps: z.int().min(1).optional().describe('Optimizer steps.'),
    tokens: z
      .int()
      .min(1)
      .optional()
      .describe('Tokens that are computed, padding excluded; the step that reaches them is the last.'),
  })
  .refine(
    ({ epochs, steps, tokens }) =>
      [epochs, steps, tokens].filter((length) => length !== undefined).length === 1,
    'give one of `epochs`, `steps` and `tokens`',
  );

/** A length in one of three units. */
export type LengthSettings = z.output<typeof lengthSchema>;
