import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Progress } from '../../progress.js';
import { findHubFiles } from './hub.js';
import { readRecordFile } from './records/read-records.js';
import { recordsSettings } from './records/records.fixture.js';

const commit = 'c'.repeat(40);
const name = 'owner/questions';
const line = (index: number): string => `{"question": "q${index}", "answer": "a"}\n`;
const many = Array.from({ length: 20_000 }, (_, index) => line(index)).join('');

let root: string;
let server: Server;
let files: Map<string, string>;
let requests: string[];
/** Whether the next transfer of a data file is cut off in its middle. */
let cutNext: boolean;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent(request.url!.split('?')[0]!);
  const range = /bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1];
  requests.push(range ? `${path} from ${range}` : path);
  if (request.headers.authorization !== 'Bearer hf_secret') {
    response.writeHead(401).end('{}');
    return;
  }
  const json = (body: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (/^\/api\/datasets\/owner\/questions\/revision\/(main|c{40}|refs\/convert\/parquet)$/.test(path)) {
    json({ _id: '1', id: name, sha: commit });
  } else if (path === `/api/datasets/${name}/tree/${commit}`) {
    const folders = [...new Set([...files.keys()].map(dirname))].filter((folder) => folder !== '.');
    json([
      ...folders.map((folder) => ({ type: 'directory', path: folder, size: 0, oid: 'd'.repeat(40) })),
      ...[...files].map(([file, text]) => {
        const content = Buffer.from(text);
        return {
          type: 'file',
          path: file,
          size: content.length,
          oid: createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex'),
        };
      }),
    ]);
  } else {
    const text = files.get(path.replace(`/datasets/${name}/resolve/${commit}/`, ''));
    if (text === undefined) response.writeHead(404).end('{}');
    else {
      const content = Buffer.from(text).subarray(Number(range ?? 0));
      response.writeHead(range ? 206 : 200, { 'content-length': content.length });
      if (cutNext && path.endsWith('.jsonl')) {
        cutNext = false;
        response.write(content.subarray(0, content.length >> 1), () =>
          setTimeout(() => response.destroy(), 20),
        );
      } else response.end(content);
    }
  }
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-hub-data-'));
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  requests = [];
  cutNext = false;
  files = new Map([
    ['README.md', '---\nlicense: mit\n---\n# Questions'],
    ['data/the train set.jsonl', many],
    ['data/the test set.jsonl', line(1)],
  ]);
  vi.stubEnv('HF_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('HF_TOKEN', 'hf_secret');
  vi.stubEnv('HF_HUB_OFFLINE', '');
  vi.stubEnv('HF_HUB_CACHE', join(root, 'cache'));
});
afterEach(() => rm(join(root, 'cache'), { recursive: true, force: true }));
afterAll(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true });
});

const failure = (path: string, options = {}) =>
  findHubFiles(path, options).then(
    () => 'no error',
    (error) => error.describe() as string,
  );

describe('findHubFiles', () => {
  it("downloads the files of a split into the hub's cache, once, with progress", async () => {
    const seen: Progress[] = [];
    const found = await findHubFiles(`hub:${name}`, { onProgress: (progress) => seen.push(progress) });
    const snapshot = join(root, 'cache', 'datasets--owner--questions', 'snapshots', commit);
    expect(found).toEqual({
      revision: commit,
      files: [
        {
          file: join(snapshot, 'data/the train set.jsonl'),
          name: 'data/the train set.jsonl',
          format: 'jsonl',
          bytes: many.length,
        },
      ],
    });
    expect(seen.at(-1)).toMatchObject({ phase: 'download', done: many.length, total: many.length });
    expect(requests.some((path) => path.includes('test set'))).toBe(false);

    const ids = [];
    for await (const outcome of readRecordFile(found.files[0]!, recordsSettings())) {
      if ('item' in outcome) ids.push(outcome.item.id);
    }
    expect(ids).toHaveLength(20_000);
    expect(ids[9]).toBe('data/the train set.jsonl:10');

    requests = [];
    expect(await findHubFiles(`hub:${name}`)).toEqual(found);
    expect(await findHubFiles(`hub:${name}@${commit}:train`, { offline: true })).toEqual(found);
    expect(requests).toEqual([]);
  });

  it('goes on where a transfer was cut off', async () => {
    cutNext = true;
    await findHubFiles(`hub:${name}`);
    expect(requests.some((request) => / from [1-9]\d*$/.test(request))).toBe(true);
    expect(await readFile((await findHubFiles(`hub:${name}`)).files[0]!.file, 'utf8')).toBe(many);
  });

  it('does not take half a data set for a whole one', async () => {
    files.set('data/the train set.jsonl', line(1));
    files.set('data/more train.jsonl', many);
    const found = await findHubFiles(`hub:${name}`);
    await rm(found.files[1]!.file);
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    expect(await failure(`hub:${name}`)).toMatch(
      /not in the cache .*the train set\.jsonl is missing\n {2}fix: allow the network/,
    );
    vi.stubEnv('HF_HUB_OFFLINE', '');
    expect(await findHubFiles(`hub:${name}`)).toEqual(found);
    // The test split was never fetched.
    expect(await failure(`hub:${name}:test`, { offline: true })).toMatch(/test set\.jsonl is missing/);
  });

  it('finds what another program downloaded, and the shards that it did not', async () => {
    const snapshot = join(root, 'cache', 'datasets--owner--other', 'snapshots', commit);
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(snapshot, path)), { recursive: true });
      await writeFile(join(snapshot, path), text);
    };
    await write('data/train-00001-of-00002.jsonl', line(2));
    expect(await failure(`hub:owner/other@${commit}`, { offline: true })).toMatch(
      /train-00000-of-00002\.jsonl is missing/,
    );
    await write('data/train-00000-of-00002.jsonl', line(1));
    const { files: found } = await findHubFiles(`hub:owner/other@${commit}`, { offline: true });
    expect(found.map((file) => file.name)).toEqual([
      'data/train-00000-of-00002.jsonl',
      'data/train-00001-of-00002.jsonl',
    ]);
  });

  it('says why there is nothing', async () => {
    expect(await failure('hub:owner/absent')).toMatch(/has no owner\/absent in revision main/);
    expect(await failure(`hub:${name}:dev`)).toMatch(
      /has no split `dev`\n {2}fix: name one of its splits behind a colon: `test`, `train`/,
    );
    expect(await failure(`hub:${name}`, { offline: true })).toMatch(/not in the cache/);
    vi.stubEnv('HF_TOKEN', '');
    expect(await failure('hub:owner/gated')).toMatch(
      /refuses access to owner\/gated \(or there is no such data set\)\n.*HF_TOKEN/,
    );
    vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:1');
    expect(await failure('hub:owner/absent')).toMatch(/fix: run the same command again; without a network/);
  });

  it('writes nothing outside the cache, whatever the hub calls its files', async () => {
    files.set('../../../../train-escaped.jsonl', line(1));
    expect(await failure(`hub:${name}`)).toMatch(/unsafe path/);
    expect(await failure(`hub:${name}`)).toMatch(/unsafe path/);
  });
});
