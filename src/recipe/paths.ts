/**
 * Paths in a recipe are relative to the recipe's folder.
 * @module
 */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Recipe } from './schema.js';

/** Whether a model is named by its path: it begins with `.`, `/` or a drive letter. */
export function isModelPath(name: string): boolean {
  return name.startsWith('.') || isAbsolute(name);
}

/**
 * The same recipe with its relative paths rewritten for another folder, so that the copy in a run folder can be
 * run again as it is.
 *
 * @param from folder that the paths are relative to now
 * @param to folder that they shall be relative to
 */
export function rebaseRecipe(recipe: Recipe, from: string, to: string): Recipe {
  const rebase = (path: string): string => {
    if (isAbsolute(path)) return path;
    const moved = relative(to, resolve(from, path)).split(sep).join('/');
    return moved.startsWith('.') ? moved : `./${moved}`;
  };
  return {
    ...recipe,
    model: isModelPath(recipe.model.name)
      ? { ...recipe.model, name: rebase(recipe.model.name) }
      : recipe.model,
    data: {
      ...recipe.data,
      sources: recipe.data.sources.map((source) => ({ ...source, path: rebase(source.path) })),
    },
  };
}
