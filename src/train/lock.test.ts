import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock } from './lock.js';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-lock-'));
  file = join(directory, 'run.lock');
});
afterEach(() => rm(directory, { recursive: true }));

const holder = (change: object) =>
  writeFile(file, JSON.stringify({ pid: 1, host: hostname(), birth: '', token: 'other', ...change }));

describe('acquireLock', () => {
  it('leaves nothing behind when released', async () => {
    const release = await acquireLock(file);
    expect(await readdir(directory)).toEqual(['run.lock']);
    await release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('refuses a second holder in the same process', async () => {
    const release = await acquireLock(file);
    await expect(acquireLock(file)).rejects.toThrow(`process ${process.pid}`);
    await release();
    await (await acquireLock(file))();
  });

  it('refuses while another living process holds it, and takes over when that is dead', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    await holder({ pid: child.pid });
    await expect(acquireLock(file)).rejects.toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const release = await acquireLock(file);
    expect(JSON.parse(await readFile(file, 'utf8')).pid).toBe(process.pid);
    expect(await readdir(directory)).toEqual(['run.lock']);
    await release();
  });

  it.skipIf(process.platform !== 'linux')(
    'takes over from a dead process whose number another one got since',
    async () => {
      await holder({ pid: process.ppid, birth: 'earlier' });
      await (await acquireLock(file))();
    },
  );

  it('takes over from an earlier process that had this one’s number', async () => {
    await holder({ pid: process.pid });
    await (await acquireLock(file))();
  });

  it('never takes over from another machine, and says how to go on', async () => {
    await holder({ host: 'elsewhere' });
    await expect(acquireLock(file)).rejects.toMatchObject({
      message: expect.stringContaining('on elsewhere'),
      fix: expect.stringContaining('delete this file'),
    });
  });

  it('takes over when the process that was taking over died as well', async () => {
    await holder({ pid: 2 ** 22 + 1 });
    await copyFile(file, `${file}.takeover`);
    await (await acquireLock(file))();
    expect(await readdir(directory)).toEqual([]);
  });

  it('names a lock file that is none', async () => {
    await writeFile(file, 'hello');
    await expect(acquireLock(file)).rejects.toMatchObject({ file, message: 'is no lock file' });
  });

  it('lets exactly one of many take over a stale lock', async () => {
    for (let round = 0; round < 20; round++) {
      await holder({ pid: 2 ** 22 + 1 });
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => acquireLock(file)));
      const got = tries.filter((attempt) => attempt.status === 'fulfilled');
      expect(got).toHaveLength(1);
      await got[0]!.value();
      expect(await readdir(directory)).toEqual([]);
    }
  });
});
