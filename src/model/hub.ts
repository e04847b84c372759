/**
 * Downloads a model from the Hugging Face hub.
 * @module
 */
import type { ListFileEntry } from '@huggingface/hub';
import { AttuneError } from '../errors.js';
import type { CachedSnapshot, HubRepository } from '../hub/cache.js';
import { fetchFiles, listRepository, noteRevision } from '../hub/download.js';
import type { DownloadOptions } from '../hub/transfer.js';

/** Files besides the weights that belong to a model; those that a repository has are fetched. */
const smallFiles = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'chat_template.json',
  'model.safetensors.index.json',
];

/**
 * Downloads the files that a model needs. What is already there is not fetched again, and a transfer that
 * was cut off goes on where it stopped, now or in a later call.
 *
 * @param revision branch, tag or commit; the commit that it means now is returned
 * @throws {AttuneError} when the hub does not answer, has no such model, or sends other bytes than announced
 */
export async function downloadFromHub(
  hubId: string,
  revision: string,
  options: DownloadOptions = {},
): Promise<CachedSnapshot> {
  const repository: HubRepository = { type: 'model', name: hubId };
  const listing = await listRepository(repository, revision, options);
  const path = await fetchFiles(repository, listing.revision, neededFiles(listing.files, hubId), options);
  await noteRevision(repository, revision, listing.revision);
  return { path, revision: listing.revision };
}

/** The files to fetch: settings, tokenizer, and one set of safetensors. */
function neededFiles(entries: ListFileEntry[], hubId: string): ListFileEntry[] {
  const weights = entries.filter(({ path }) => /^model(-\d{5}-of-\d{5})?\.safetensors$/.test(path));
  const single = weights.find(({ path }) => path === 'model.safetensors');
  const settings = entries.filter(({ path }) => smallFiles.includes(path));
  const missing = ['config.json', 'tokenizer.json'].find(
    (name) => !settings.some(({ path }) => path === name),
  );
  if (missing || weights.length === 0) {
    throw new AttuneError(`${hubId} has no ${missing ?? 'model.safetensors'}`, {
      fix: 'choose a repository with a Transformers model in safetensors form',
    });
  }
  return [...settings, ...(single ? [single] : weights)];
}
