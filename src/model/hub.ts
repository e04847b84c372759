/**
 * Downloads a model from the Hugging Face hub into the hub's own cache layout, so that other programs find it
 * too. The hub's package answers what there is; the transfer is made here, because it has to resume, to
 * check what arrived, and to give up on a connection that does not answer.
 * @module
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type ListFileEntry, listFiles, modelInfo } from '@huggingface/hub';
import { AttuneError } from '../errors.js';
import { fileError, writeFileAtomically } from '../files.js';
import type { OnProgress } from '../progress.js';
import { isCommit, repositoryFolder } from './hugging-face-cache.js';

/** How to download. */
export interface DownloadOptions {
  onProgress?: OnProgress;
  signal?: AbortSignal;
  /** How long to wait for an answer to a request, in milliseconds. Default 5000. */
  connectTimeout?: number;
  /** How long a running transfer may stand still, in milliseconds. Default 15000. */
  stallTimeout?: number;
}

/** A transfer is taken up again this often without a new byte before it counts as failed. */
const fruitlessAttempts = 3;

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

/** The hub's address: `HF_ENDPOINT`, otherwise the public one. */
export function hubEndpoint(): string {
  return (process.env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
}

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
): Promise<{ path: string; revision: string }> {
  const request = requester(options);
  const accessToken = process.env.HF_TOKEN || undefined;
  const api = { hubUrl: hubEndpoint(), fetch: request, ...(accessToken && { accessToken }) };
  const folder = repositoryFolder(hubId);
  try {
    const { sha: commit } = await modelInfo({ ...api, name: hubId, revision, additionalFields: ['sha'] });
    if (!isCommit(commit)) throw new AttuneError(`the hub names no valid commit of ${hubId}`);
    const entries: ListFileEntry[] = [];
    for await (const entry of listFiles({ ...api, repo: hubId, revision: commit })) entries.push(entry);
    const wanted = neededFiles(entries, hubId);
    const total = wanted.reduce((sum, { size }) => sum + size, 0);
    let before = 0;
    for (const entry of wanted) {
      const url = `${hubEndpoint()}/${hubId}/resolve/${commit}/${entry.path}`;
      const headers: Record<string, string> = accessToken ? { authorization: `Bearer ${accessToken}` } : {};
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
      await linkInto(join(folder, 'snapshots', commit, entry.path), blob);
      before += entry.size;
    }
    if (revision !== commit) await writeFileAtomically(join(folder, 'refs', revision), commit);
    return { path: join(folder, 'snapshots', commit), revision: commit };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw readableError(error, hubId, revision);
  }
}

/** A `fetch` that waits only so long for an answer; the body may then take its time. */
function requester({ connectTimeout = 5000, signal }: DownloadOptions): typeof fetch {
  return async (input, init) => {
    const controller = new AbortController();
    const timer = setTimeout(
      () => controller.abort(new AttuneError(`no answer within ${connectTimeout / 1000} s`)),
      connectTimeout,
    );
    const signals = [controller.signal, signal, init?.signal].filter((one) => one != null);
    try {
      return await fetch(input, { ...init, signal: AbortSignal.any(signals) });
    } finally {
      clearTimeout(timer);
    }
  };
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

/** The hash of a file's content, which is also its name among the blobs: no path may hide in it. */
function announcedHash(entry: ListFileEntry): string {
  const hash = entry.lfs?.oid ?? entry.oid;
  if (!hash || !/^[0-9a-f]{40,64}$/.test(hash)) {
    throw new AttuneError(`the hub announces no valid hash for ${entry.path}`);
  }
  return hash;
}

/** Fetches one blob, resuming, until it is complete; then checks it and gives it its name. */
async function downloadBlob(
  url: string,
  headers: Record<string, string>,
  entry: ListFileEntry,
  blob: string,
  request: typeof fetch,
  options: DownloadOptions,
  onBytes: (done: number) => void,
): Promise<void> {
  if ((await sizeOf(blob)) === entry.size) return;
  await mkdir(dirname(blob), { recursive: true });
  const partial = `${blob}.incomplete`;
  let failures = 0;
  for (;;) {
    const have = await sizeOf(partial);
    if (have >= entry.size && entry.size > 0) break;
    try {
      await transfer(url, headers, entry, partial, have, request, options, onBytes);
      if ((await sizeOf(partial)) >= entry.size) break;
      throw new AttuneError(`the connection was closed before ${entry.path} was complete`);
    } catch (error) {
      options.signal?.throwIfAborted();
      failures = (await sizeOf(partial)) > have ? 0 : failures + 1;
      const final = error instanceof AttuneError && error.field === 'status';
      if (final || isDiskError(error) || failures >= fruitlessAttempts) throw error;
    }
  }
  const digest = await digestOf(partial, entry);
  const expected = announcedHash(entry);
  if (digest !== expected) {
    await rm(partial, { force: true });
    throw new AttuneError(
      `${entry.path} arrived damaged: its checksum is ${digest}, the hub announced ${expected}`,
      { fix: 'run the same command again; if it happens again, check the proxy or mirror' },
    );
  }
  await rename(partial, blob);
}

/** Appends what is missing to the partial file. */
async function transfer(
  url: string,
  headers: Record<string, string>,
  entry: ListFileEntry,
  partial: string,
  have: number,
  request: typeof fetch,
  { stallTimeout = 15_000 }: DownloadOptions,
  onBytes: (done: number) => void,
): Promise<void> {
  const controller = new AbortController();
  const response = await request(url, {
    headers: have > 0 ? { ...headers, range: `bytes=${have}-` } : headers,
    signal: controller.signal,
  });
  if (!response.ok) {
    throw new AttuneError(`the hub answers ${response.status} for ${entry.path}`, { field: 'status' });
  }
  // A server without ranges sends everything again.
  const resumed = response.status === 206;
  const handle = await open(partial, resumed ? 'a' : 'w');
  let done = resumed ? have : 0;
  let timer: NodeJS.Timeout | undefined;
  const watch = (): void => {
    clearTimeout(timer);
    timer = setTimeout(
      () => controller.abort(new AttuneError(`no byte of ${entry.path} came for ${stallTimeout / 1000} s`)),
      stallTimeout,
    );
  };
  try {
    watch();
    for await (const chunk of response.body!) {
      watch();
      if (done + chunk.length > entry.size) throw new AttuneError(`${entry.path} is longer than announced`);
      await handle.write(chunk);
      done += chunk.length;
      onBytes(done);
    }
  } finally {
    clearTimeout(timer);
    await handle.close();
  }
}

/** SHA-256 for large files, Git's own blob hash for the others: what the hub announces for each. */
async function digestOf(file: string, entry: ListFileEntry): Promise<string> {
  const hash: Hash = entry.lfs
    ? createHash('sha256')
    : createHash('sha1').update(`blob ${await sizeOf(file)}\0`);
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
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

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    (stats) => stats.size,
    () => 0,
  );

const isDiskError = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');

/** What went wrong, in words: the network's codes, the hub's answers, the disk's codes. */
function readableError(error: unknown, hubId: string, revision: string): AttuneError {
  if (error instanceof AttuneError) return error;
  if (isDiskError(error)) return fileError(error, repositoryFolder(hubId));
  const { statusCode, cause } = error as { statusCode?: number; cause?: { code?: string; message?: string } };
  if (statusCode === 401 || statusCode === 403) {
    return new AttuneError(`the hub refuses access to ${hubId} (or there is no such model)`, {
      fix: 'check the name; for a gated model accept its terms on the hub and set HF_TOKEN',
      cause: error,
    });
  }
  if (statusCode === 404) {
    return new AttuneError(`the hub has no ${hubId} in revision ${revision}`, { cause: error });
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
