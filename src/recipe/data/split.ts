/**
 * Settings of the splits and of their limits.
 * @module
 */
import { z } from 'zod';

/** Section `split`. */
export const splitSchema = z
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

/** Section `limits`. */
export const limitsSchema = z.strictObject({
  train: limitSchema.prefault({}).describe('Limits of the training split.'),
  validation: limitSchema.prefault({}).describe('Limits of the validation split.'),
  test: limitSchema.prefault({}).describe('Limits of the test split.'),
});

/** Shares of the splits. */
export type SplitSettings = z.output<typeof splitSchema>;
/** Limits of the splits. */
export type LimitSettings = z.output<typeof limitsSchema>;
