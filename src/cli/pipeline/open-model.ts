/**
 * The models that recipes name.
 * @module
 */
import type { Model } from '../../model/model.js';
import { openModel } from '../../model/open.js';
import type { Recipe } from '../../recipe/schema.js';
import { type Job, shownPath, stageLine } from './job.js';

/** Opens the recipe's model, fetching it if need be. */
export function openRecipeModel(job: Job): Promise<Model> {
  return openNamedModel(job.recipe.model, job);
}

/** Opens a model, fetching it if need be. */
export async function openNamedModel(
  { name, revision }: Recipe['model'],
  { note, onProgress, signal }: Pick<Job, 'note' | 'onProgress' | 'signal'>,
): Promise<Model> {
  const model = await openModel(name, { revision, onProgress, signal });
  note(stageLine('model', `${model.name} from ${shownPath(model.path)}`));
  return model;
}
