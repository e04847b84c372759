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

/** Beginning of the path of a source that is a data set of the hub: `hub:owner/name`. */
export const hubPrefix = 'hub:';

/** Whether the path of a source names a data set of the hub. */
export function isHubPath(path: string): boolean {
  return path.startsWith(hubPrefix);
}

/**
 * The same recipe with its relative paths rewritten for another folder.
 *
 * @param from folder that the paths are relative to now
 * @param to folder that they shall be relative to
 */
export function rebaseRecipe(recipe: Recipe, from: string, to: string): Recipe {
  const rebase = (path: string): string =>
    isAbsolute(path) || isHubPath(path) ? path : relative(to, resolve(from, path)).split(sep).join('/');
  const rebaseModel = (path: string): string => {
    const moved = rebase(path);
    return isModelPath(moved) ? moved : `./${moved}`;
  };
  const { model, data } = recipe;
  return {
    ...recipe,
    model: isModelPath(model.name) ? { ...model, name: rebaseModel(model.name) } : model,
    data: {
      ...data,
      sources: data.sources.map((source) => ({ ...source, path: rebase(source.path) })),
      privacy: data.privacy.names
        ? { ...data.privacy, names: { ...data.privacy.names, model: rebase(data.privacy.names.model) } }
        : data.privacy,
      contamination: {
        ...data.contamination,
        benchmarks: data.contamination.benchmarks.map((one) => ({ ...one, path: rebase(one.path) })),
      },
    },
  };
}
