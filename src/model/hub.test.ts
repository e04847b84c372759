import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeJson } from '../files.js';
import type { Progress } from '../progress.js';
import { downloadFromHub } from './hub.js';
import { findCachedSnapshot } from './hugging-face-cache.js';
import { openModel } from './open.js';
import { writeTinyModel } from './tiny-model.fixture.js';

const commit = 'a'.repeat(40);
const hubId = 'owner/tiny';

/** What the server does with requests for the weights; each takes its turn, then the file is sent as it is. */
type Behaviour = (response: ServerResponse, content: Buffer, from: number) => void;

let root: string;
let files: Map<string, Buffer>;
let server: Server;
let behaviours: Behaviour[];
let requests: string[];
/** What the server announces instead of the hashes of small files. */
let forgedHash: string | undefined;

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const gitHash = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

/** Just enough of the hub: model info, list of files, files with ranges. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent(request.url!.split('?')[0]!);
  const range = /bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1];
  requests.push(range ? `${path} from ${range}` : path);
  const json = (body: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (path === `/api/models/${hubId}/revision/main` || path === `/api/models/${hubId}/revision/${commit}`) {
    json({ _id: '1', id: hubId, sha: commit });
    return;
  }
  if (path.startsWith(`/api/models/${hubId}/tree/${commit}`)) {
    json(
      [...files].map(([name, content]) => ({
        type: 'file',
        path: name,
        size: content.length,
        oid: forgedHash ?? gitHash(content),
        ...(name.endsWith('.safetensors') && {
          lfs: { oid: sha256(content), size: content.length, pointerSize: 130 },
        }),
      })),
    );
    return;
  }
  const name = path.replace(`/${hubId}/resolve/${commit}/`, '');
  const content = files.get(name);
  if (!content) {
    response.writeHead(404).end('{}');
    return;
  }
  const from = Number(range ?? 0);
  const behaviour = name === 'model.safetensors' ? behaviours.shift() : undefined;
  if (behaviour) behaviour(response, content, from);
  else
    response
      .writeHead(range ? 206 : 200, { 'content-length': content.length - from })
      .end(content.subarray(from));
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-hub-'));
  await writeTinyModel(join(root, 'tiny'));
  const names = await readdir(join(root, 'tiny'));
  files = new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(root, 'tiny', name))] as const)),
  );
  files.set('README.md', Buffer.from('not needed'));
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('HF_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('HF_TOKEN', '');
});
beforeEach(() => {
  behaviours = [];
  requests = [];
  vi.stubEnv('HF_HUB_CACHE', join(root, 'cache'));
});
afterEach(() => rm(join(root, 'cache'), { recursive: true, force: true }));
afterAll(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true });
});

/** Sends the first half and then does `end` with the connection. */
const half =
  (end: (response: ServerResponse) => void): Behaviour =>
  (response, content, from) => {
    response.writeHead(from ? 206 : 200, { 'content-length': content.length - from });
    response.write(content.subarray(from, from + Math.floor((content.length - from) / 2)), () =>
      setTimeout(() => end(response), 20),
    );
  };

describe('downloadFromHub', () => {
  it("fetches what a model needs into the hub's cache layout, once, with progress", async () => {
    const seen: Progress[] = [];
    const model = await openModel(hubId, { onProgress: (progress) => seen.push(progress) });
    expect(model).toMatchObject({ name: hubId, revision: commit });
    expect(model.path).toBe(join(root, 'cache', 'models--owner--tiny', 'snapshots', commit));
    const pointer = join(model.path, 'model.safetensors');
    expect((await lstat(pointer)).isSymbolicLink()).toBe(true);
    const weights = files.get('model.safetensors')!;
    expect(await realpath(pointer)).toBe(
      join(root, 'cache', 'models--owner--tiny', 'blobs', sha256(weights)),
    );
    expect(model.weights.tensors.get('model.norm.weight')!.file).toBe(await realpath(pointer));
    expect(requests.some((path) => path.endsWith('README.md'))).toBe(false);
    expect(seen.at(-1)!.done).toBe(seen.at(-1)!.total);

    requests = [];
    await openModel(`${hubId}@main`);
    await openModel(hubId, { revision: commit, offline: true });
    expect(requests).toEqual([]);
  });

  it('goes on where a dropped connection stopped, without fetching again what it has', async () => {
    behaviours = [half((response) => response.destroy())];
    await downloadFromHub(hubId, 'main');
    const length = files.get('model.safetensors')!.length;
    expect(requests).toContain(
      `/${hubId}/resolve/${commit}/model.safetensors from ${Math.floor(length / 2)}`,
    );
    expect(await findCachedSnapshot(hubId, 'main')).toMatchObject({ revision: commit });
  });

  it('goes on in a later call after it was stopped', async () => {
    const controller = new AbortController();
    behaviours = [half(() => controller.abort(new Error('stopped by the user')))];
    await expect(downloadFromHub(hubId, 'main', { signal: controller.signal })).rejects.toThrow(/stopped/);
    expect(await findCachedSnapshot(hubId, 'main')).toMatch(/not in revision main/);
    requests = [];
    await downloadFromHub(hubId, 'main');
    const resolved = requests.filter((path) => path.includes('/resolve/'));
    expect(resolved[0]).toMatch(/model\.safetensors from [1-9]\d*$/);
    expect(resolved.some((path) => path.endsWith('config.json') && !path.includes('tokenizer'))).toBe(false);
  });

  it('takes up a stalled transfer again, and starts anew where the server knows no ranges', async () => {
    behaviours = [
      half(() => undefined),
      (response, content) => response.writeHead(200, { 'content-length': content.length }).end(content),
    ];
    await downloadFromHub(hubId, 'main', { stallTimeout: 100 });
    expect(await findCachedSnapshot(hubId, 'main')).toMatchObject({ revision: commit });
  });

  it('refuses a file with a wrong checksum, and does not keep it', async () => {
    behaviours = [
      (response, content) => {
        const damaged = Buffer.from(content);
        damaged[damaged.length - 1]! ^= 1;
        response.writeHead(200, { 'content-length': damaged.length }).end(damaged);
      },
    ];
    await expect(downloadFromHub(hubId, 'main')).rejects.toThrow(/model\.safetensors arrived damaged/);
    await downloadFromHub(hubId, 'main');
    expect(await findCachedSnapshot(hubId, 'main')).toMatchObject({ revision: commit });
  });

  it('gives up on a transfer that brings nothing', async () => {
    behaviours = Array(5).fill((response: ServerResponse) => response.destroy());
    await expect(downloadFromHub(hubId, 'main')).rejects.toThrow(/cut off|closed/);
    expect(behaviours).toHaveLength(2);
  });

  it('gives up on a hub that does not answer, in the time it is given', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const endpoint = process.env.HF_ENDPOINT;
    vi.stubEnv('HF_ENDPOINT', `http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const start = Date.now();
    await expect(downloadFromHub(hubId, 'main', { connectTimeout: 200 })).rejects.toThrow(
      /no answer within 0.2 s/,
    );
    expect(Date.now() - start).toBeLessThan(2000);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
    await expect(downloadFromHub(hubId, 'main')).rejects.toThrow(/connection was refused/);
    vi.stubEnv('HF_ENDPOINT', endpoint!);
  });

  it('follows no path that a hub puts into a hash', async () => {
    forgedHash = '../../../../escaped';
    await expect(downloadFromHub(hubId, 'main')).rejects.toThrow(/announces no valid hash/);
    forgedHash = undefined;
  });

  it('says that there is no such model', async () => {
    await expect(downloadFromHub('owner/absent', 'main')).rejects.toThrow(/has no owner\/absent/);
    const whole = files;
    files = new Map([...whole].filter(([name]) => name !== 'model.safetensors'));
    await expect(downloadFromHub(hubId, 'main')).rejects.toThrow(/has no model\.safetensors/);
    files = whole;
  });
});

describe('findCachedSnapshot', () => {
  it('does not take an unfinished download of another program for a model', async () => {
    await downloadFromHub(hubId, 'main');
    const { path } = (await findCachedSnapshot(hubId, 'main')) as { path: string };
    await rm(join(path, 'model.safetensors'));
    expect(await findCachedSnapshot(hubId, 'main')).toMatch(/model\.safetensors is missing/);
    expect(await findCachedSnapshot(hubId, 'b'.repeat(40))).toMatch(/config\.json is missing/);
    await writeJson(join(path, 'model.safetensors.index.json'), { weight_map: { a: 'model-1.safetensors' } });
    expect(await findCachedSnapshot(hubId, 'main')).toMatch(/model-1\.safetensors is missing/);
    await writeJson(join(path, 'model.safetensors.index.json'), []);
    expect(await findCachedSnapshot(hubId, 'main')).toMatch(/weight_map .* is missing/);
  });
});
