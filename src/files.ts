/**
 * Files are written to a temporary name and renamed, so that a reader never sees half a file.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AttuneError } from './errors.js';

/** Turns the operating system's codes for full disks and missing rights into errors with a fix. */
export function fileError(error: unknown, file: string): AttuneError {
  if (error instanceof AttuneError) return error;
  const code = (error as NodeJS.ErrnoException)?.code;
  const fixes: Record<string, [string, string]> = {
    ENOSPC: [
      'no space left on the disk',
      'free some space and run the same command again; it goes on where it stopped',
    ],
    EDQUOT: [
      'the disk quota is used up',
      'free some space and run the same command again; it goes on where it stopped',
    ],
    EACCES: ['permission denied', 'choose a folder that you may write to'],
    EROFS: ['the file system is read-only', 'choose a folder that you may write to'],
    ENOENT: ['no such file or folder', 'check the path'],
    EISDIR: ['is a folder, a file was expected', 'name a file inside it'],
    ENOTDIR: ['is not a folder', 'check the path'],
    EMFILE: ['too many open files', 'raise the limit of open files (ulimit -n)'],
  };
  const known = code ? fixes[code] : undefined;
  return new AttuneError(known?.[0] ?? (error as Error)?.message ?? String(error), {
    file,
    fix: known?.[1],
    cause: error,
  });
}

/** A temporary name beside a file or folder; it holds the process, so that what a killed one left can be told. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
}

/** Removes the temporary files and folders in a folder that killed processes left behind. */
export async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = /\.(\d+)-[0-9a-f]{8}\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Writes through `produce` into a temporary file beside `file`, syncs it and renames it. */
export async function writeAtomically(
  file: string,
  produce: (write: (chunk: Uint8Array | string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(temporary, 'w');
    try {
      await produce(async (chunk) => {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        let written = 0;
        while (written < bytes.byteLength) {
          written += (await handle.write(bytes, written, bytes.byteLength - written)).bytesWritten;
        }
      });
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(error, file);
  }
}

/** Writes a whole file atomically. */
export function writeFileAtomically(file: string, content: Uint8Array | string): Promise<void> {
  return writeAtomically(file, (write) => write(content));
}

/** Writes `value` as indented JSON with a final newline, atomically. */
export function writeJson(file: string, value: unknown): Promise<void> {
  return writeFileAtomically(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Reads a JSON file; a missing or broken one is an error that names it. */
export async function readJson<T = unknown>(file: string): Promise<T> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new AttuneError(`is not valid JSON: ${(error as Error).message}`, { file, cause: error });
  }
}

/** SHA-256 of a value's canonical JSON (object keys sorted), as hex. */
export function hashJson(value: unknown): string {
  const canonical = JSON.stringify(value, (_key, item) =>
    item && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
  return createHash('sha256')
    .update(canonical ?? 'undefined')
    .digest('hex');
}

/** SHA-256 of a file's bytes, as hex. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    throw fileError(error, file);
  }
  return hash.digest('hex');
}
