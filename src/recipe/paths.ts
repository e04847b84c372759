/**
 * Paths in a recipe are relative to the recipe's folder.
 * @module
 */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Recipe } from './schema.js';

/** Whether a model is named by its path: it begins with `.`, `/` or a drive letter. */
function isModelPath(name: string): boolean {
  return name.startsWith('.') || isAbsolute(name);
}

/**
 * The same recipe with its relative paths rewritten for another folder.
 *
 * @param from folder that the paths are relative to now
 * @param to folder that they shall be relative to
 */
export function rebaseRecipe(recipe: Recipe, from: string, to: string): Recipe {
  const rebase = (path: string): string =>
    isAbsolute(path) ? path : relative(to, resolve(from, path)).split(sep).join('/');
  const rebaseModel = (path: string): string => {
    const moved = rebase(path);
    return isModelPath(moved) ? moved : `./${moved}`;
  };
  const { model, data } = recipe;
  return {
    ...recipe,
    model: isModelPath(model.name) ? { ...model, name: rebaseModel(model.name) } : model,
    data: { ...data, sources: data.sources.map((source) => ({ ...source, path: rebase(source.path) })) },
  };
}
