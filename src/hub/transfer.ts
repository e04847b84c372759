/**
 * The transfer of one file from the Hugging Face hub. The hub's package answers what there is; the transfer is made
 * here, because it has to resume, to check what arrived, and to give up on a connection that does not answer.
 * @module
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ListFileEntry } from '@huggingface/hub';
import { AttuneError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import { sizeOnDisk } from './cache.js';

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

/** A `fetch` that waits only so long for an answer; the body may then take its time. */
export function requester({ connectTimeout = 5000, signal }: DownloadOptions): typeof fetch {
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

/** The hash of a file's content, which is also its name among the blobs: no path may hide in it. */
export function announcedHash(entry: ListFileEntry): string {
  const hash = entry.lfs?.oid ?? entry.oid;
  if (!hash || !/^[0-9a-f]{40,64}$/.test(hash)) {
    throw new AttuneError(`the hub announces no valid hash for ${entry.path}`);
  }
  return hash;
}

/** Fetches one blob, resuming, until it is complete; then checks it and gives it its name. */
export async function downloadBlob(
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

const sizeOf = async (file: string): Promise<number> => (await sizeOnDisk(file)) ?? 0;

/** Whether the disk and not the network is the trouble. */
export const isDiskError = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
