/**
 * An evaluation by itself: systems and benchmarks without data and training.
 * @module
 */
import { z } from 'zod';
import { evaluationSchema } from './evaluation.js';
import { modelSchema } from './model.js';
import { recipeSchema } from './schema.js';

const { name, output_dir, seed } = recipeSchema.shape;

/** The file as a user writes it; a recipe has `data` besides. */
export const evaluationRecipeSchema = z.strictObject({
  name,
  output_dir,
  seed,
  model: modelSchema.optional().describe('The model that `base` and adapters stand for.'),
  precision: z
    .enum(['float32', 'bfloat16', 'nf4', 'int8', 'int8_compute'])
    .default('float32')
    .describe(
      'How the weights of models on the embedded engine are held; an adapter is asked on the base that it was trained on. `int8` is `load_in_8bit`, `int8_compute` that with `bnb_8bit_compute: int8`.',
    ),
  evaluation: evaluationSchema.describe('Who answers what, and what is compared.'),
});

/** An evaluation with every default filled in. */
export interface EvaluationRecipe extends z.output<typeof evaluationRecipeSchema> {
  output_dir: string;
}

/** Fills in the defaults that depend on other fields. */
export function resolveEvaluationRecipe(recipe: z.output<typeof evaluationRecipeSchema>): EvaluationRecipe {
  return { ...recipe, output_dir: recipe.output_dir ?? `runs/${recipe.name}` };
}
