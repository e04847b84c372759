/**
 * Recipe section for quality: what is scored, what is removed, and which items are chosen when there are too many.
 * @module
 */
import { z } from 'zod';

const selectionSchema = z.strictObject({
  max_items: z
    .int()
    .min(1)
    .optional()
    .describe('Most training items; without it only the quotas of `coverage` remove any.'),
  order_by: z
    .enum(['quality', 'difficulty', 'hardness', 'judge'])
    .default('quality')
    .describe(
      'Score by which items of one kind are preferred: `quality` of the rules, `difficulty` (IFD below 1, the highest first), `hardness`, or the `judge`.',
    ),
  diversity: z
    .enum(['auto', 'k_center', 'clusters', 'none'])
    .default('auto')
    .describe(
      '`k_center` takes what is farthest from all that was taken, `clusters` takes from clusters in turns; `auto` takes `k_center` where it needs few seconds.',
    ),
});

/** Section `quality` of the data settings. */
export const qualitySchema = z.strictObject({
  min_score: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe(
      'Items with a lower score are removed. By default only clear defects are: an empty answer or leaked role markers, which score 0.',
    ),
  max_answer_words: z.int().min(1).default(2000).describe('An answer of more words counts as too long.'),
  difficulty: z
    .boolean()
    .default(false)
    .describe('Whether the base model measures how hard each answer is to follow from its question (IFD).'),
  judge: z.boolean().default(false).describe('Whether a model grades each item from 1 to 5.'),
  selection: selectionSchema.prefault({}).describe('Which items are kept when there are too many.'),
});

/** Section `quality`, every default filled in. */
export type QualitySettings = z.output<typeof qualitySchema>;
/** How items are selected. */
export type SelectionSettings = QualitySettings['selection'];
