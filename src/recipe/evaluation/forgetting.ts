/**
 * What a model must not lose.
 * @module
 */
import { z } from 'zod';

/** How forgetting is measured. */
export const forgettingSchema = z
  .strictObject({
    benchmark: z
      .string()
      .min(1)
      .default('general')
      .describe('What a model knew before: a built-in benchmark or the path of one.'),
    max_items: z
      .int()
      .min(20)
      .nullable()
      .default(null)
      .describe('Asks only this many items, spread evenly over the tasks; null asks all.'),
    max_loss: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.05)
      .describe('Largest loss of the benchmark’s metric, as a share of 1, that is still put up with.'),
  })
  .describe('Whether the training cost general abilities.');
