/**
 * The recipe: one YAML file that describes a whole run. One schema validates it and gives the JSON Schema for
 * editors, `attune help recipe` and the table in the documentation.
 * @module
 */
import { z } from 'zod';
import { adapterSchema } from './adapter.js';
import { dataSchema } from './data.js';
import { checkDevice } from './device.js';
import { evaluationSchema } from './evaluation.js';
import { modelSchema } from './model.js';
import { checkStages, stagesSchema } from './stages.js';
import { type TrainingSettings, trainingSchema } from './training.js';

/** The recipe as a user writes it; unknown fields are errors. */
export const recipeSchema = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
        'wanted only letters, digits, dots, dashes and underscores, because it names a folder',
      )
      .describe('Name of the run, and of its folder.'),
    output_dir: z
      .string()
      .min(1)
      .optional()
      .describe('Run folder, relative to the working directory; `runs/<name>` where absent.'),
    seed: z
      .int()
      .default(42)
      .describe('Everything random follows from it: the split, the order, the initial weights.'),
    model: modelSchema.prefault({}).describe('Which model is tuned.'),
    data: dataSchema.describe('What it learns from.'),
    adapter: adapterSchema
      .prefault({})
      .describe('What is trained: every weight, LoRA, or LoRA over a 4-bit base.'),
    training: trainingSchema.prefault({}).describe('How the training runs.'),
    stages: stagesSchema
      .optional()
      .describe(
        'Training in stages, one after the other; without it, one pass over everything as `training` says.',
      ),
    evaluation: evaluationSchema.prefault({}).describe('How the result is compared with the base model.'),
  })
  .superRefine(checkStages)
  .superRefine(checkDevice);

/** A recipe with every default filled in. */
export interface Recipe extends Omit<z.output<typeof recipeSchema>, 'output_dir' | 'training'> {
  output_dir: string;
  training: TrainingSettings & { seed: number };
}

/** Fills in the defaults that depend on other fields. */
export function resolveRecipe(recipe: z.output<typeof recipeSchema>): Recipe {
  return {
    ...recipe,
    output_dir: recipe.output_dir ?? `runs/${recipe.name}`,
    training: { ...recipe.training, seed: recipe.training.seed ?? recipe.seed },
  };
}
