/**
 * Opens a model by name.
 * @module
 */
import { type FindOptions, findModel } from './find-model.js';
import { loadModel } from './load.js';
import type { Model } from './model.js';

/**
 * Opens a model: finds its files (downloading them when needed) and reads configuration, tokenizer, chat
 * template and the headers of its weights. No weight is loaded.
 *
 * @param reference path (folder, `.gguf`, `.safetensors`), catalog name, or hub id with or without `@revision`
 * @throws {AttuneError} when it is found nowhere (with what was tried), is broken, or of a family that is
 * not supported
 */
export async function openModel(reference: string, options: FindOptions = {}): Promise<Model> {
  const found = await findModel(reference, options);
  return {
    ...(await loadModel(found.path)),
    name: reference,
    ...(found.revision && { revision: found.revision }),
    ...(found.hubId && { hubId: found.hubId }),
  };
}
