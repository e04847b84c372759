/**
 * The local cache of the Hugging Face hub, in its own layout, so that other programs find what Attune downloads and the
 * other way round: `models--<owner>--<name>/refs/<branch>` holds a commit, `snapshots/<commit>/` links into `blobs/`.
 * @module
 */
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A repository of the hub. */
export interface HubRepository {
  type: 'model' | 'dataset';
  /** `owner/name`. */
  name: string;
}

/** A repository's files of one commit on the disk. */
export interface CachedSnapshot {
  path: string;
  /** Commit. */
  revision: string;
}

const commitPattern = /^[0-9a-f]{40}$/;

/** The hub's cache, shared with Python: `HF_HUB_CACHE`, `HF_HOME/hub`, otherwise `~/.cache/huggingface/hub`. */
export function huggingFaceCache(): string {
  const { HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = process.env;
  if (HF_HUB_CACHE) return HF_HUB_CACHE;
  return join(HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface'), 'hub');
}

/** The cache's folder for a repository. */
export function repositoryFolder({ type, name }: HubRepository): string {
  return join(huggingFaceCache(), `${type}s--${name.replaceAll('/', '--')}`);
}

/** Whether `revision` is a commit and not a branch or tag. */
export function isCommit(revision: string): boolean {
  return commitPattern.test(revision);
}

/** Size of a file or folder in bytes; `undefined` where there is none. */
export function sizeOnDisk(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

/**
 * The folder of `revision` (branch, tag or commit), or why there is none. Which files it holds is not looked at: another
 * program may have fetched only some.
 */
export async function findSnapshot(
  repository: HubRepository,
  revision: string,
): Promise<CachedSnapshot | string> {
  const folder = repositoryFolder(repository);
  if ((await sizeOnDisk(folder)) === undefined) return 'not there';
  const commit = isCommit(revision)
    ? revision
    : await readFile(join(folder, 'refs', revision), 'utf8').then(
        (text) => text.trim(),
        () => undefined,
      );
  if (commit === undefined) return `there, but not in revision ${revision}`;
  return { path: join(folder, 'snapshots', commit), revision: commit };
}
