/**
 * Finds models in the local cache of the Hugging Face hub, in its own layout:
 * `models--<owner>--<name>/refs/<branch>` holds a commit, `snapshots/<commit>/` links into `blobs/`.
 * @module
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson } from '../files.js';
import { huggingFaceCache } from './cache.js';

const commitPattern = /^[0-9a-f]{40}$/;

/** The cache's folder for a repository. */
export function repositoryFolder(hubId: string): string {
  return join(huggingFaceCache(), `models--${hubId.replaceAll('/', '--')}`);
}

/** A model in the cache. */
export interface CachedSnapshot {
  path: string;
  /** Commit. */
  revision: string;
}

const size = (file: string): Promise<number | undefined> =>
  stat(file).then(
    (stats) => stats.size,
    () => undefined,
  );

/** Whether `revision` is a commit and not a branch or tag. */
export function isCommit(revision: string): boolean {
  return commitPattern.test(revision);
}

/**
 * The snapshot of `revision` (branch, tag or commit) of a repository, or why there is none.
 * A snapshot with missing files (an interrupted download of another program) does not count.
 */
export async function findCachedSnapshot(hubId: string, revision: string): Promise<CachedSnapshot | string> {
  const folder = repositoryFolder(hubId);
  if ((await size(folder)) === undefined) return 'not there';
  const commit = isCommit(revision)
    ? revision
    : await readFile(join(folder, 'refs', revision), 'utf8').then(
        (text) => text.trim(),
        () => undefined,
      );
  if (commit === undefined) return `there, but not in revision ${revision}`;
  const path = join(folder, 'snapshots', commit);
  const missing = await missingFile(path);
  return missing ? `revision ${revision} is there, but ${missing} is missing` : { path, revision: commit };
}

/** The first file that a complete model would have and this folder has not. */
async function missingFile(snapshot: string): Promise<string | undefined> {
  const has = async (name: string): Promise<boolean> => (await size(join(snapshot, name))) !== undefined;
  for (const name of ['config.json', 'tokenizer.json']) if (!(await has(name))) return name;
  if (await has('model.safetensors')) return undefined;
  const indexFile = join(snapshot, 'model.safetensors.index.json');
  if ((await size(indexFile)) === undefined) return 'model.safetensors';
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
        const sizes = await Promise.all(blobs.map((blob) => size(join(path, 'blobs', blob))));
        const bytes = sizes.reduce<number>((sum, one) => sum + (one ?? 0), 0);
        return { hubId: folder.slice('models--'.length).replaceAll('--', '/'), path, bytes };
      }),
  );
  return repositories.filter(({ bytes }) => bytes > 0);
}
