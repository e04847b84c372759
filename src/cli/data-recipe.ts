/**
 * `attune data` takes a recipe, or the documents themselves: then a recipe with every default is made up for them.
 * @module
 */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { stringify } from 'yaml';
import { findFiles } from '../data/ingest/find-files.js';
import { parseRecipe } from '../recipe/load.js';
import type { Recipe } from '../recipe/schema.js';
import type { CommandContext } from './command.js';
import type { Job } from './pipeline/job.js';
import { jobOf, type RecipeOptions, recipeJob } from './recipe-job.js';

/** A job for a recipe, or for a folder, file or pattern of documents and records. */
export async function dataJob(context: CommandContext, path: string, options: RecipeOptions): Promise<Job> {
  if (isRecipe(path)) return recipeJob(context, path, options);
  return jobOf(context, await madeUpRecipe(path, options));
}

/** Whether the argument names a recipe: a YAML file, or nothing that is there. */
export function isRecipe(path: string): boolean {
  if (/\.ya?ml$/i.test(path)) return true;
  return !/[*?{[]/.test(path) && !statSync(path, { throwIfNoEntry: false });
}

async function madeUpRecipe(path: string, { set }: RecipeOptions): Promise<Recipe> {
  const files = await findFiles(path, '.');
  const recipe = {
    name:
      basename(resolve(path))
        .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '') || 'documents',
    data: {
      sources: [{ type: 'documents', path }],
      // Three files at least can be divided; fewer are all learned from.
      ...(files.length < 3 ? { split: { train: 1, validation: 0, test: 0 } } : {}),
    },
  };
  return parseRecipe(stringify(recipe), path, { overrides: set });
}
