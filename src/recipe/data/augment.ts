/**
 * Recipe section for augmentation: further items made from those that are there.
 * @module
 */
import { z } from 'zod';

/** The ways of making a further item, in the order in which they are documented. */
export const augmentMethods = [
  'paraphrase',
  'numbers',
  'entities',
  'distractor',
  'unanswerable',
  'format',
] as const;

/** One way of making a further item. */
export type AugmentMethod = (typeof augmentMethods)[number];

const share = (fallback: number, what: string) =>
  z
    .number()
    .min(0)
    .max(1)
    .default(fallback)
    .describe(`Share of the items that it is tried on; 0 turns it off. ${what}`);

/** Section `augment` of the data settings. */
export const augmentSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether further items are made from those that are there.'),
  splits: z
    .array(z.enum(['train', 'validation', 'test']))
    .min(1)
    .default(['train'])
    .describe(
      'Splits whose items get children. Items that were made for a test should stay as they are, so only `train` by default.',
    ),
  max_per_parent: z.int().min(1).max(20).default(1).describe('Most children of one item.'),
  max_share: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.5)
    .describe('Largest share of augmented items among the items of `splits`, children included.'),
  paraphrase: share(1, 'Asks the same in other words, by rule.'),
  numbers: share(1, 'Other figures in context and question, the answer computed again.'),
  entities: share(1, 'Other names of companies, people and towns.'),
  distractor: share(0.5, 'Puts the passage or table of another item beside the real one.'),
  unanswerable: share(0.1, 'Asks about a table that does not hold the answer.'),
  format: share(0.5, 'Writes the table or list of the context in another form.'),
});

/** Section `augment`, every default filled in. */
export type AugmentSettings = z.output<typeof augmentSchema>;
