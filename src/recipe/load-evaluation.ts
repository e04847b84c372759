/**
 * Reads what can be evaluated: a recipe, or an evaluation by itself.
 * @module
 */
import { dirname, resolve } from 'node:path';
import { humanStudySchema } from './evaluation/human.js';
import {
  type EvaluationRecipe,
  evaluationRecipeSchema,
  resolveEvaluationRecipe,
} from './evaluation-recipe.js';
import { jsonSchemaOf, recipeJsonSchema } from './json-schema.js';
import { checkYaml, type LoadOptions, openYaml } from './load.js';
import { rebaseEvaluationRecipe, rebaseRecipe } from './paths.js';
import { type Recipe, recipeSchema, resolveRecipe } from './schema.js';
import { readYamlText } from './yaml-file.js';

/** Exactly one of the two. */
export type Evaluated =
  | { recipe: Recipe; evaluation?: undefined }
  | { recipe?: undefined; evaluation: EvaluationRecipe };

/**
 * Reads a file that says what to evaluate. One without `data` trains nothing: it names systems and benchmarks.
 *
 * Paths in it are relative to its folder; in the result they are relative to the working directory.
 *
 * @throws RecipeError with file, line, column and the nearest right name of every problem
 */
export async function loadRecipeOrEvaluation(file: string, options: LoadOptions = {}): Promise<Evaluated> {
  const yaml = openYaml(await readYamlText(file), file, options);
  const [from, to] = [dirname(resolve(file)), process.cwd()];
  if (yaml.document.has('data')) {
    const recipe = resolveRecipe(checkYaml(yaml, recipeSchema, recipeJsonSchema()));
    return { recipe: rebaseRecipe(recipe, from, to) };
  }
  const written = checkYaml(yaml, evaluationRecipeSchema, jsonSchemaOf(evaluationRecipeSchema));
  return { evaluation: rebaseEvaluationRecipe(resolveEvaluationRecipe(written), from, to) };
}

/**
 * Reads the settings of a human study.
 *
 * @throws RecipeError with file, line and field of every problem; `raters` may be missing, since they can be named elsewhere
 */
export async function loadHumanStudy(file: string): Promise<object> {
  const yaml = openYaml(await readYamlText(file), file, {});
  const schema = humanStudySchema.partial({ raters: true });
  return checkYaml(yaml, schema, jsonSchemaOf(schema));
}
