/**
 * `recipe.yaml` of an evaluation without training.
 * @module
 */
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { writeFileAtomically } from '../../../files.js';
import type { EvaluationRecipe } from '../../../recipe/evaluation-recipe.js';
import { rebaseEvaluationRecipe } from '../../../recipe/paths.js';

/** Writes the evaluation as resolved into its folder, every default written out, with paths that hold from there. */
export async function writeEvaluationRecipe(recipe: EvaluationRecipe): Promise<void> {
  const directory = resolve(recipe.output_dir);
  const moved = rebaseEvaluationRecipe(recipe, '.', directory);
  await writeFileAtomically(join(directory, 'recipe.yaml'), stringify(moved, { lineWidth: 110 }));
}
