/**
 * Downloads files of a repository of the Hugging Face hub into the hub's own cache layout, so that other programs find
 * them too.
 * @module
 */
import { link, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { datasetInfo, type ListFileEntry, listFiles, modelInfo } from '@huggingface/hub';
import { AttuneError } from '../errors.js';
import { fileError, writeFileAtomically } from '../files.js';
import { type HubRepository, isCommit, repositoryFolder } from './cache.js';
import { announcedHash, type DownloadOptions, downloadBlob, isDiskError, requester } from './transfer.js';

/** The hub's address: `HF_ENDPOINT`, otherwise the public one. */
export function hubEndpoint(): string {
  return (process.env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
}

/** What a repository holds in one revision. */
export interface HubListing {
  /** Commit that the revision means now. */
  revision: string;
  files: ListFileEntry[];
}

/**
 * Asks the hub what a repository holds; for a data set, in subfolders too.
 *
 * @param revision branch, tag or commit
 * @throws {AttuneError} when the hub does not answer or has no such repository
 */
export async function listRepository(
  repository: HubRepository,
  revision: string,
  options: DownloadOptions = {},
): Promise<HubListing> {
  const { type, name } = repository;
  const accessToken = process.env.HF_TOKEN || undefined;
  const api = { hubUrl: hubEndpoint(), fetch: requester(options), ...(accessToken && { accessToken }) };
  return readable(repository, revision, options, async () => {
    const { sha: commit } =
      type === 'model'
        ? await modelInfo({ ...api, name, revision, additionalFields: ['sha'] })
        : await datasetInfo({ ...api, name, revision, additionalFields: ['sha'] });
    if (!isCommit(commit)) throw new AttuneError(`the hub names no valid commit of ${name}`);
    const files: ListFileEntry[] = [];
    const recursive = type === 'dataset';
    for await (const entry of listFiles({ ...api, repo: repository, revision: commit, recursive })) {
      if (entry.type !== 'file') continue;
      safePath(entry.path);
      files.push(entry);
    }
    return { revision: commit, files };
  });
}

/**
 * Downloads files of a commit. What is already there is not fetched again, and a transfer that was cut off goes on where
 * it stopped, now or in a later call.
 *
 * @param commit as {@link listRepository} gives it
 * @param files some of those that it lists
 * @returns the folder where the files lie under their own paths
 * @throws {AttuneError} when the hub does not answer or sends other bytes than announced
 */
export async function fetchFiles(
  repository: HubRepository,
  commit: string,
  files: readonly ListFileEntry[],
  options: DownloadOptions = {},
): Promise<string> {
  const request = requester(options);
  const headers: Record<string, string> = process.env.HF_TOKEN
    ? { authorization: `Bearer ${process.env.HF_TOKEN}` }
    : {};
  const folder = repositoryFolder(repository);
  const snapshot = join(folder, 'snapshots', commit);
  return readable(repository, commit, options, async () => {
    const total = files.reduce((sum, { size }) => sum + size, 0);
    let before = 0;
    for (const entry of files) {
      const url = `${hubEndpoint()}/${resolvePath(repository)}/resolve/${commit}/${safePath(entry.path)}`;
      const blob = join(folder, 'blobs', announcedHash(entry));
      await downloadBlob(url, headers, entry, blob, request, options, (done) =>
        options.onProgress?.({
          phase: 'download',
          done: before + done,
          total,
          unit: 'bytes',
          note: entry.path,
        }),
      );
      await linkInto(join(snapshot, entry.path), blob);
      before += entry.size;
    }
    return snapshot;
  });
}

/** Notes in the cache which commit a branch or tag means, once its files are there. */
export async function noteRevision(
  repository: HubRepository,
  revision: string,
  commit: string,
): Promise<void> {
  if (revision === commit) return;
  await writeFileAtomically(join(repositoryFolder(repository), 'refs', revision), commit);
}

const resolvePath = ({ type, name }: HubRepository): string => (type === 'model' ? name : `datasets/${name}`);

/** A path in a URL; one that leads out of the repository is refused, because files are written under it. */
function safePath(path: string): string {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\\'))) {
    throw new AttuneError(`the hub names a file with an unsafe path: ${JSON.stringify(path)}`);
  }
  return parts.map(encodeURIComponent).join('/');
}

async function readable<T>(
  repository: HubRepository,
  revision: string,
  { signal }: DownloadOptions,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    throw readableError(error, repository, revision);
  }
}

/** Makes a snapshot's entry: a relative link to the blob, or a hard link where the system refuses links. */
async function linkInto(pointer: string, blob: string): Promise<void> {
  const target = relative(dirname(pointer), blob);
  if ((await readlink(pointer).catch(() => undefined)) === target) return;
  await mkdir(dirname(pointer), { recursive: true });
  await rm(pointer, { force: true });
  await symlink(target, pointer).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPERM') throw error;
    return link(blob, pointer);
  });
}

/** What went wrong, in words: the network's codes, the hub's answers, the disk's codes. */
function readableError(error: unknown, repository: HubRepository, revision: string): AttuneError {
  const { name } = repository;
  const kind = repository.type === 'model' ? 'model' : 'data set';
  if (error instanceof AttuneError) return error;
  if (isDiskError(error)) return fileError(error, repositoryFolder(repository));
  const { statusCode, cause } = error as { statusCode?: number; cause?: { code?: string; message?: string } };
  if (statusCode === 401 || statusCode === 403) {
    return new AttuneError(`the hub refuses access to ${name} (or there is no such ${kind})`, {
      fix: `check the name; for a gated ${kind} accept its terms on the hub and set HF_TOKEN`,
      cause: error,
    });
  }
  if (statusCode === 404) {
    return new AttuneError(`the hub has no ${name} in revision ${revision}`, { cause: error });
  }
  const code = cause?.code;
  const reasons: Record<string, string> = {
    ENOTFOUND: 'its name cannot be resolved: no network?',
    EAI_AGAIN: 'its name cannot be resolved: no network?',
    ECONNREFUSED: 'the connection was refused',
    ECONNRESET: 'the connection was cut off',
    UND_ERR_CONNECT_TIMEOUT: 'no connection',
  };
  const reason = (code && reasons[code]) ?? cause?.message ?? (error as Error).message;
  return new AttuneError(reason, { cause: error });
}
