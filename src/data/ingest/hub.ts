/**
 * Data sets of the Hugging Face hub, from its cache on the disk or downloaded into it.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListFileEntry } from '@huggingface/hub';
import { AttuneError } from '../../errors.js';
import { readJson, writeJson } from '../../files.js';
import {
  type CachedSnapshot,
  findSnapshot,
  type HubRepository,
  repositoryFolder,
  sizeOnDisk,
} from '../../hub/cache.js';
import { fetchFiles, hubEndpoint, listRepository, noteRevision } from '../../hub/download.js';
import type { DownloadOptions } from '../../hub/transfer.js';
import { recogniseFile } from './file-format.js';
import { type FoundFile, shortPath } from './find-files.js';
import { chooseFiles, type HubPath, parseHubPath } from './hub-files.js';

/** How to fetch a data set. */
export interface HubOptions extends DownloadOptions {
  /** Uses only what is on the disk. Default: whether `HF_HUB_OFFLINE` is 1. */
  offline?: boolean;
}

/** A data set's files on the disk. */
export interface HubFiles {
  files: FoundFile[];
  /** Commit that they are from. */
  revision: string;
}

const readmeFile = 'README.md';

/**
 * The files of a data set that a path asks for. What the cache holds whole is taken from there without asking the hub;
 * what is missing is downloaded, going on where an earlier download stopped.
 *
 * @param path `hub:owner/name[@revision][/config][:split]`
 * @throws {AttuneError} when there is no such data set, the hub cannot be reached, or the split is unclear
 */
export async function findHubFiles(path: string, options: HubOptions = {}): Promise<HubFiles> {
  const wanted = parseHubPath(path);
  const repository: HubRepository = { type: 'dataset', name: wanted.name };
  const { offline = process.env.HF_HUB_OFFLINE === '1' } = options;
  const cached = await findSnapshot(repository, wanted.revision);
  const local = typeof cached === 'string' ? cached : await filesInCache(repository, cached, wanted);
  if (typeof local !== 'string') return local;
  if (offline) {
    throw new AttuneError(
      `the data set is not in the cache of the hub (${repositoryFolder(repository)}): ${local}`,
      {
        file: path,
        fix: `allow the network (unset HF_HUB_OFFLINE), or copy the files here and name their folder as the path`,
      },
    );
  }
  try {
    return await download(repository, wanted, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof AttuneError)) throw error;
    const place = `hub (${hubEndpoint()}/datasets/${wanted.name}, revision ${wanted.revision})`;
    throw new AttuneError(`${place}: ${error.message}`, {
      file: path,
      fix:
        error.fix ??
        `run the same command again; without a network, download it elsewhere (\`huggingface-cli download --repo-type dataset ${wanted.name}\`) and name its folder as the path`,
      cause: error,
    });
  }
}

async function download(repository: HubRepository, wanted: HubPath, options: HubOptions): Promise<HubFiles> {
  const { revision, files } = await listRepository(repository, wanted.revision, options);
  // Beside the cache's own folders: what a commit holds, to tell later whether all of it is there.
  await writeJson(
    listingFile(repository, revision),
    files.map(({ path, size }) => ({ path, size })),
  );
  const entries = new Map(files.map((entry) => [entry.path, entry]));
  const readme = entries.get(readmeFile);
  const snapshot = await fetchFiles(repository, revision, readme ? [readme] : [], options);
  const chosen = chooseFiles([...entries.keys()], await readmeIn(snapshot), wanted);
  await fetchFiles(
    repository,
    revision,
    chosen.map((path): ListFileEntry => entries.get(path)!),
    options,
  );
  await noteRevision(repository, wanted.revision, revision);
  return { files: await describeFiles(snapshot, chosen), revision };
}

/** The files, if the cache holds all that the path asks for; otherwise what is missing. */
async function filesInCache(
  repository: HubRepository,
  { path: snapshot, revision }: CachedSnapshot,
  wanted: HubPath,
): Promise<HubFiles | string> {
  const listing = await readListing(repository, revision);
  if (listing?.has(readmeFile) && (await sizeOnDisk(join(snapshot, readmeFile))) === undefined) {
    return `revision ${wanted.revision} is there, but ${readmeFile} is missing`;
  }
  const present = listing ? [...listing.keys()] : await filesBelow(snapshot);
  if (present.length === 0) return `revision ${wanted.revision} is there, but without files`;
  const chosen = chooseFiles(present, await readmeIn(snapshot), wanted);
  for (const path of chosen) {
    const size = await sizeOnDisk(join(snapshot, path));
    if (size === undefined || (listing && size !== listing.get(path))) {
      return `revision ${wanted.revision} is there, but ${path} is missing`;
    }
  }
  // Another program's cache has no listing; shards say themselves how many they are.
  const gap = listing ? undefined : missingShard(chosen);
  if (gap) return `revision ${wanted.revision} is there, but ${gap} is missing`;
  return { files: await describeFiles(snapshot, chosen), revision };
}

function missingShard(paths: readonly string[]): string | undefined {
  const there = new Set(paths);
  for (const path of paths) {
    const [, head, count, tail] = /^(.*-)\d{5}(?=-of-(\d{5})(.*)$)/.exec(path) ?? [];
    for (let index = 0; index < Number(count ?? 0); index++) {
      const shard = `${head}${String(index).padStart(5, '0')}-of-${count}${tail}`;
      if (!there.has(shard)) return shard;
    }
  }
  return undefined;
}

function listingFile(repository: HubRepository, revision: string): string {
  return join(repositoryFolder(repository), '.attune', `${revision}.json`);
}

async function readListing(
  repository: HubRepository,
  revision: string,
): Promise<Map<string, number> | undefined> {
  const file = listingFile(repository, revision);
  if ((await sizeOnDisk(file)) === undefined) return undefined;
  const entries = await readJson<{ path: string; size: number }[]>(file);
  return new Map(entries.map(({ path, size }) => [path, size]));
}

const readmeIn = (snapshot: string): Promise<string | undefined> =>
  readFile(join(snapshot, readmeFile), 'utf8').catch(() => undefined);

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
}

async function describeFiles(snapshot: string, paths: readonly string[]): Promise<FoundFile[]> {
  return Promise.all(
    paths.map(async (name): Promise<FoundFile> => {
      const file = shortPath(join(snapshot, name));
      return { file, name, bytes: (await sizeOnDisk(file)) ?? 0, ...(await recogniseFile(file)) };
    }),
  );
}
