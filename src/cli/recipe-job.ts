/**
 * The arguments that the verbs with a recipe have in common.
 * @module
 */
import type { Command } from 'commander';
import { AttuneError, UsageError } from '../errors.js';
import { lineOfField, loadRecipe } from '../recipe/load.js';
import type { Recipe } from '../recipe/schema.js';
import type { CommandContext } from './command.js';
import type { Job } from './pipeline/job.js';

/** Options of {@link addRecipeArguments}. */
export interface RecipeOptions {
  set: string[];
}

/** Adds the recipe and `--set` to a verb. */
export function addRecipeArguments(command: Command): Command {
  return addSet(command.argument('<recipe>', 'a recipe, or the recipe.yaml of a run folder'));
}

/** Adds `--set` to a verb. */
export function addSet(command: Command): Command {
  return command.option(
    '--set <field=value>',
    'replace a field of the recipe for this time; can be repeated',
    (value: string, all: string[]) => [...all, value],
    [],
  );
}

/** Reads the recipe and makes a job of it. */
export async function recipeJob(
  context: CommandContext,
  recipe: string,
  { set }: RecipeOptions,
): Promise<Job> {
  return jobOf(context, await loadRecipe(recipe, { overrides: set }));
}

/** A job of a recipe that is read already. */
export function jobOf({ onProgress, note, signal, commandLine }: CommandContext, recipe: Recipe): Job {
  return { recipe, command: commandLine, onProgress, note, signal };
}

/**
 * Does work with a recipe; an error that names a field of it, and no file, is given the recipe's file and the line.
 */
export async function inRecipe<Result>(
  recipe: string,
  { set }: RecipeOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AttuneError) || error instanceof UsageError || error.file || !error.field)
      throw error;
    const { message, field, fix } = error;
    const line = await lineOfField(recipe, field, { overrides: set });
    if (line === undefined) throw error;
    throw new AttuneError(message, { file: recipe, line, field, fix, cause: error });
  }
}

/** A verb for the same recipe with the same fields replaced, to be offered as the next step. */
export function sameRecipe(verb: string, recipe: string, { set }: RecipeOptions): string {
  const quote = (text: string): string =>
    /^[\w./=,:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  return ['attune', verb, quote(recipe), ...set.map((field) => `--set ${quote(field)}`)].join(' ');
}
