import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRun, type RunDescription, readManifest } from './run-folder.js';
import { fakeDescription, fakePlan } from './training.fixture.js';

let directory: string;
const plan = fakePlan();
const description = fakeDescription(plan);
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'attune-run-')), 'run');
});
afterEach(() => rm(join(directory, '..'), { recursive: true }));

async function make(change: Partial<RunDescription> = {}): Promise<void> {
  const run = await openRun(directory, { ...description, ...change });
  await run.close();
}

describe('openRun', () => {
  it('makes a folder with manifest, recipe and plan', async () => {
    await make();
    expect((await readdir(directory)).sort()).toEqual([
      'manifest.json',
      'plan.json',
      'plan.safetensors',
      'recipe.yaml',
    ]);
    const manifest = await readManifest(directory);
    expect(manifest).toMatchObject({
      state: 'running',
      command: 'attune train recipe.yaml',
      resumed_at: [],
      seeds: { train: 7 },
      hashes: { data: 'd', model: 'm', recipe: 'r', plan: expect.stringMatching(/^[0-9a-f]{64}$/) },
      versions: {
        node: process.versions.node,
        attune: expect.any(String),
        onnxruntime: expect.stringMatching(/^\d/),
      },
      machine: { cores: expect.any(Number), platform: `${process.platform}-${process.arch}` },
    });
    expect(manifest.machine.memory_bytes).toBeGreaterThan(2 ** 28);
    expect(await readFile(join(directory, 'recipe.yaml'), 'utf8')).toBe('model: tiny\n');
  });

  it('takes up the same run again and notes when', async () => {
    await make();
    await make({ recipe: 'model: tiny\nname: new\n', hashes: { ...description.hashes, recipe: 'r2' } });
    const manifest = await readManifest(directory);
    expect(manifest.resumed_at).toHaveLength(1);
    expect(manifest.hashes.recipe).toBe('r2');
  });

  it('knows how the run stood before', async () => {
    const run = await openRun(directory, description);
    await run.setState('stopped', 'a gate was not reached');
    await run.close();
    const again = await openRun(directory, description);
    expect(again.found).toEqual({ state: 'stopped', error: 'a gate was not reached' });
    expect(again.manifest.state).toBe('running');
    await again.close();
  });

  it('records states with the time and the reason', async () => {
    const run = await openRun(directory, description);
    await run.setState('failed', 'loss is NaN');
    expect(await readManifest(directory)).toMatchObject({
      state: 'failed',
      error: 'loss is NaN',
      finished_at: expect.stringMatching(/Z$/),
    });
    await run.setState('running');
    const manifest = await readManifest(directory);
    expect([manifest.error, manifest.finished_at]).toEqual([undefined, undefined]);
    await run.close();
  });

  it('refuses a folder that another writer holds, and frees it on close', async () => {
    const run = await openRun(directory, description);
    await expect(openRun(directory, description)).rejects.toThrow(/another process is writing/);
    await run.close();
    await make();
  });

  const changes: [string, Partial<RunDescription>, RegExp][] = [
    ['other data', { hashes: { ...description.hashes, data: 'x' } }, /the data changed/],
    ['another model', { hashes: { ...description.hashes, model: 'x' } }, /the model changed/],
    ['another plan', { plan: fakePlan({ learning_rate: 0.2 }) }, /the training settings changed/],
  ];
  for (const [name, change, message] of changes) {
    it(`refuses ${name} and frees the folder`, async () => {
      await make();
      await expect(make(change)).rejects.toMatchObject({
        message: expect.stringMatching(message),
        fix: expect.stringContaining('output_dir'),
      });
      await make();
    });
  }

  const damages: [string, () => Promise<void>, RegExp][] = [
    ['half a manifest', () => writeFile(join(directory, 'manifest.json'), '{"format"'), /not valid JSON/],
    ['a foreign manifest', () => writeFile(join(directory, 'manifest.json'), '{}'), /not the manifest of a/],
    ['no plan', () => rm(join(directory, 'plan.json')), /its plan cannot be read/],
    ['no plan arrays', () => rm(join(directory, 'plan.safetensors')), /its plan cannot be read/],
    [
      'a changed plan',
      async () => {
        const file = join(directory, 'plan.json');
        await writeFile(file, (await readFile(file, 'utf8')).replace('"seed": 7', '"seed": 8'));
      },
      /not the one that the run was started with/,
    ],
    [
      'no manifest but checkpoints',
      async () => {
        await rm(join(directory, 'manifest.json'));
        await mkdir(join(directory, 'checkpoints'));
      },
      /has checkpoints but no manifest.json/,
    ],
  ];
  for (const [name, damage, message] of damages) {
    it(`refuses a folder with ${name}, naming the fix`, async () => {
      await make();
      await damage();
      await expect(make()).rejects.toMatchObject({
        message: expect.stringMatching(message),
        fix: expect.stringContaining('delete the folder'),
        file: expect.stringContaining(directory),
      });
    });
  }

  it('removes what a killed process was writing', async () => {
    await make();
    const left = join(directory, `metrics.jsonl.${2 ** 22 + 1}-0ae8c2b7.tmp`);
    await writeFile(left, 'half');
    await make();
    expect(existsSync(left)).toBe(false);
  });

  it('completes a folder whose making was cut off before the manifest', async () => {
    await make();
    await rm(join(directory, 'manifest.json'));
    await make();
    expect((await readManifest(directory)).state).toBe('running');
  });
});

describe('readManifest', () => {
  it('says when a folder is no run', async () => {
    await expect(readManifest(directory)).rejects.toThrow(/is no run folder/);
  });
});
