/**
 * The recipe's model.
 * @module
 */
import type { Model } from '../../model/model.js';
import { openModel } from '../../model/open.js';
import { type Job, shownPath, stageLine } from './job.js';

/** Opens the recipe's model, fetching it if need be. */
export async function openRecipeModel({ recipe, note, onProgress, signal }: Job): Promise<Model> {
  const { name, revision } = recipe.model;
  const model = await openModel(name, { revision, onProgress, signal });
  note(stageLine('model', `${model.name} from ${shownPath(model.path)}`));
  return model;
}
