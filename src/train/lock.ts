/**
 * A lock file that keeps two processes from writing one folder. It outlives its process after a crash or
 * `kill -9`; the next one notices that and takes the folder over.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { AttuneError } from '../errors.js';
import { fileError } from '../files.js';

interface Holder {
  pid: number;
  host: string;
  /** Tells a process from a later one with the same number, where the system says; else empty. */
  birth: string;
  /** Tells two locks of one process apart. */
  token: string;
}

/** Gives the folder free. */
export type Release = () => Promise<void>;

/** Tokens of the locks that this process holds. */
const held = new Set<string>();

/**
 * Takes the lock `file`, also from a process of this machine that no longer lives.
 *
 * @throws {AttuneError} naming process and machine when another one holds it
 */
export async function acquireLock(file: string): Promise<Release> {
  const token = randomBytes(8).toString('hex');
  const own: Holder = { pid: process.pid, host: hostname(), birth: await birthOf('self'), token };
  // Written aside and linked into place: a lock is never seen half-written, and only one link succeeds.
  const draft = `${file}.${token}`;
  held.add(token);
  try {
    await writeFile(draft, `${JSON.stringify(own)}\n`);
    while (!(await linked(draft, file))) {
      const holder = await readHolder(file);
      if (holder === undefined) continue;
      if (await isAlive(holder)) throw inUse(file, holder);
      if (await replaced(file, holder, draft)) break;
    }
  } catch (error) {
    held.delete(token);
    throw fileError(error, file);
  } finally {
    await rm(draft, { force: true });
  }
  return async () => {
    if (held.delete(token)) await rm(file, { force: true });
  };
}

/**
 * Puts `draft` in the place of a dead process's lock, unless another process did so before. A lock of its own
 * makes sure that nobody replaces a lock that was taken over since it was looked at.
 */
async function replaced(file: string, stale: Holder, draft: string): Promise<boolean> {
  const release = await acquireLock(`${file}.takeover`);
  try {
    if ((await readHolder(file))?.token !== stale.token) return false;
    await rename(draft, file);
    return true;
  } finally {
    await release();
  }
}

async function linked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Holder;
    if (Number.isInteger(holder?.pid) && typeof holder.host === 'string') return holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new AttuneError('is no lock file', {
    file,
    fix: 'delete it when no other process uses this folder',
  });
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  if (holder.pid === process.pid) return held.has(holder.token);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const birth = await birthOf(holder.pid);
  if (birth === 'dead') return false;
  return holder.birth === '' || birth === '' || birth === holder.birth;
}

/** When the process began, as a text to compare; `dead` for a zombie, empty where the system does not say. */
async function birthOf(pid: number | 'self'): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The fields after the program's name, which stands in brackets and may hold anything: state is the
    // first, the time of the start the 20th (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'dead' : `${boot.trim()}-${fields[19]}`;
  } catch {
    return '';
  }
}

function inUse(file: string, holder: Holder): AttuneError {
  const here = holder.host === hostname();
  return new AttuneError(
    `another process is writing this folder (process ${holder.pid}${here ? '' : ` on ${holder.host}`})`,
    {
      file,
      fix: here
        ? 'wait until it is done or stop it; `attune report` can read the folder meanwhile'
        : `make sure that it no longer runs on ${holder.host}, then delete this file`,
    },
  );
}
