/**
 * Finds models in the local cache of the Hugging Face hub.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson } from '../files.js';
import { type CachedSnapshot, findSnapshot, huggingFaceCache, sizeOnDisk } from '../hub/cache.js';

/**
 * The snapshot of `revision` (branch, tag or commit) of a model, or why there is none.
 * A snapshot with missing files (an interrupted download of another program) does not count.
 */
export async function findCachedSnapshot(hubId: string, revision: string): Promise<CachedSnapshot | string> {
  const snapshot = await findSnapshot({ type: 'model', name: hubId }, revision);
  if (typeof snapshot === 'string') return snapshot;
  const missing = await missingFile(snapshot.path);
  return missing ? `revision ${revision} is there, but ${missing} is missing` : snapshot;
}

/** The first file that a complete model would have and this folder has not. */
async function missingFile(snapshot: string): Promise<string | undefined> {
  const has = async (name: string): Promise<boolean> =>
    (await sizeOnDisk(join(snapshot, name))) !== undefined;
  for (const name of ['config.json', 'tokenizer.json']) if (!(await has(name))) return name;
  if (await has('model.safetensors')) return undefined;
  const indexFile = join(snapshot, 'model.safetensors.index.json');
  if ((await sizeOnDisk(indexFile)) === undefined) return 'model.safetensors';
  const index = await readJson<{ weight_map?: Record<string, string> }>(indexFile);
  if (!index.weight_map) return 'weight_map of model.safetensors.index.json';
  for (const name of new Set(Object.values(index.weight_map))) if (!(await has(name))) return name;
  return undefined;
}

/** A repository in the cache, for lists. */
export interface CachedRepository {
  hubId: string;
  path: string;
  /** Bytes of all its files, each counted once. */
  bytes: number;
}

/** All model repositories of the cache that hold at least one file. */
export async function listCachedRepositories(): Promise<CachedRepository[]> {
  const root = huggingFaceCache();
  const folders = await readdir(root).catch(() => []);
  const repositories = await Promise.all(
    folders
      .filter((folder) => folder.startsWith('models--'))
      .map(async (folder) => {
        const path = join(root, folder);
        const blobs = await readdir(join(path, 'blobs')).catch(() => []);
        const sizes = await Promise.all(blobs.map((blob) => sizeOnDisk(join(path, 'blobs', blob))));
        const bytes = sizes.reduce<number>((sum, one) => sum + (one ?? 0), 0);
        return { hubId: folder.slice('models--'.length).replaceAll('--', '/'), path, bytes };
      }),
  );
  return repositories.filter(({ bytes }) => bytes > 0);
}
