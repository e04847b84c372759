import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loraScaling } from '../adapter/lora.js';
import type { Adapter } from '../adapter/peft.js';
import { readJson } from '../files.js';
import { loadModel } from '../model/load.js';
import type { Model } from '../model/model.js';
import { readSafetensors, readSafetensorsHeader } from '../model/safetensors.js';
import { writeTinyGguf } from '../model/tiny-gguf.fixture.js';
import { embeddedAnswers, tinyExport } from './export.fixture.js';
import { writeGeneratedModel } from './generated-model.fixture.js';
import { quantizedBaseTypes } from './merge.js';
import { exportSafetensors } from './safetensors-export.js';
import { shardTensors } from './safetensors-shards.js';

/** Runs a script, which finds `model` and where to export it `to`, in a process of its own; gives what it wrote. */
async function inChild(
  script: string,
  [from, to]: [string, string],
  options: string[] = [],
  environment: Record<string, string> = {},
): Promise<string> {
  const built = pathToFileURL(join(import.meta.dirname, '../../dist')).href;
  const head = `
    const { loadModel } = await import('${built}/model/load.js');
    const { exportSafetensors } = await import('${built}/export/safetensors-export.js');
    const { exportGguf } = await import('${built}/export/gguf/gguf-export.js');
    const [from, to] = process.argv.slice(-2);
    const model = { ...(await loadModel(from)), name: 'generated' };\n`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...options, '--input-type=module', '-e', head + script, '--', from, to],
    { env: { ...process.env, ...environment } },
  );
  return stdout;
}

let root: string;
let model: Model;
let adapter: Adapter;
let adapterDirectory: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-safetensors-export-'));
  ({ model, adapter, adapterDirectory } = await tinyExport(root));
});
afterAll(() => rm(root, { recursive: true }));

describe('exportSafetensors', () => {
  it('gives a folder that answers as the adapter does', async () => {
    const directory = join(root, 'float32');
    const { weightFiles } = await exportSafetensors({ model, adapter }, directory, { precision: 'float32' });
    expect(weightFiles).toEqual(['model.safetensors']);
    expect((await readdir(directory)).sort()).toEqual([
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const merged = { ...(await loadModel(directory)), name: 'merged' };
    expect(merged.chatTemplate).toBe(model.chatTemplate);
    expect(merged.tokenizer.hash).toBe(model.tokenizer.hash);
    expect(merged.config).toEqual(model.config);
    expect(await embeddedAnswers(merged)).toEqual(await embeddedAnswers(model, adapterDirectory));
  });

  it('holds W + s·B·A, rounded to the type once', async () => {
    const name = 'model.layers.1.mlp.down_proj';
    const { A, B } = adapter.tensors.get(name)!;
    const { r } = adapter.settings;
    const base = await model.weights.readFloat32(`${name}.weight`);
    const columns = A.length / r;
    const exact = base.map((value, at) => {
      let sum = value;
      for (let k = 0; k < r; k++) {
        sum +=
          loraScaling(adapter.settings) *
          B[Math.floor(at / columns) * r + k]! *
          A[k * columns + (at % columns)]!;
      }
      return sum;
    });
    for (const [precision, dtype, step] of [
      ['float32', 'F32', 2 ** -23],
      ['float16', 'F16', 2 ** -11],
      ['bfloat16', 'BF16', 2 ** -8],
    ] as const) {
      const directory = join(root, `merged-${precision}`);
      await exportSafetensors({ model, adapter }, directory, { precision });
      const file = join(directory, 'model.safetensors');
      const header = await readSafetensorsHeader(file);
      expect(header.metadata).toEqual({ format: 'pt' });
      expect(new Set([...header.tensors.values()].map((tensor) => tensor.dtype))).toEqual(new Set([dtype]));
      expect(await readJson(join(directory, 'config.json'))).toMatchObject({ torch_dtype: precision });
      const read = await (await loadModel(directory)).weights.readFloat32(`${name}.weight`);
      for (let i = 0; i < exact.length; i++) {
        expect(Math.abs(read[i]! - exact[i]!)).toBeLessThanOrEqual(Math.abs(exact[i]!) * step + 2 ** -24);
      }
    }
  });

  it('divides the weights into files with an index', async () => {
    const directory = join(root, 'shards');
    const { weightFiles, byteLength } = await exportSafetensors({ model, adapter }, directory, {
      precision: 'bfloat16',
      maxShardSize: 30_000,
    });
    expect(weightFiles.length).toBeGreaterThan(2);
    expect(weightFiles[1]).toBe(`model-00002-of-0000${weightFiles.length}.safetensors`);
    const index = await readJson<{ metadata: object; weight_map: Record<string, string> }>(
      join(directory, 'model.safetensors.index.json'),
    );
    expect(index.metadata).toEqual({ total_parameters: byteLength / 2, total_size: byteLength });
    for (const file of weightFiles) {
      const { tensors } = await readSafetensors(join(directory, file));
      for (const name of tensors.keys()) expect(index.weight_map[name]).toBe(file);
    }
    expect(Object.keys(index.weight_map).sort()).toEqual([...model.weights.tensors.keys()].sort());
    await loadModel(directory);
    // A later export in one file leaves none of these.
    await exportSafetensors({ model, adapter }, directory, {});
    expect((await readdir(directory)).filter((name) => name.startsWith('model'))).toEqual([
      'model.safetensors',
    ]);
  });

  it('repeats no tied head', async () => {
    const tied = await tinyExport(join(root, 'tied'), { tie_word_embeddings: true });
    const directory = join(root, 'tied-out');
    await exportSafetensors(tied, directory, { precision: 'float32' });
    expect((await loadModel(directory)).weights.tensors.has('lm_head.weight')).toBe(false);
    expect(await readJson(join(directory, 'config.json'))).toMatchObject({ tie_word_embeddings: true });
  });

  it('takes a GGUF base, and it can be told that it was quantized', async () => {
    const file = join(root, 'base.gguf');
    await writeTinyGguf(file, join(root, 'base'));
    const base = { ...(await loadModel(file)), name: 'base' };
    const directory = join(root, 'from-gguf');
    await exportSafetensors({ model: base, adapter }, directory, { precision: 'float32' });
    const [own, other] = await Promise.all(
      [join(root, 'float32'), directory].map((path) => readSafetensors(join(path, 'model.safetensors'))),
    );
    expect(other!.tensors).toEqual(own!.tensors);
    expect(quantizedBaseTypes(base)).toEqual([]);
    const tensors = new Map(model.weights.tensors);
    const [name, tensor] = [...tensors][1]!;
    tensors.set(name, { ...tensor, dtype: 'Q4_1' });
    expect(quantizedBaseTypes({ weights: { ...model.weights, tensors } })).toEqual(['Q4_1']);
  });

  it("stops at the template's end of turn, and keeps the base's way of choosing tokens", async () => {
    const changed = await tinyExport(join(root, 'ends'));
    await writeFile(
      join(root, 'ends/base/generation_config.json'),
      JSON.stringify({
        eos_token_id: [0],
        temperature: 0.6,
        do_sample: true,
        _name_or_path: '/home/x',
        transformers_version: '4',
      }),
    );
    const reloaded = { ...(await loadModel(changed.model.path)), name: 'ends' };
    const directory = join(root, 'ends-out');
    await exportSafetensors({ model: reloaded }, directory);
    expect(await readJson(join(directory, 'generation_config.json'))).toEqual({
      bos_token_id: 1,
      eos_token_id: [2, 0],
      pad_token_id: 0,
      do_sample: true,
      temperature: 0.6,
    });
    for (const name of await readdir(directory)) {
      const text = await readFile(join(directory, name), 'latin1');
      expect(text.includes(root) || text.includes('/home/'), name).toBe(false);
    }
  });

  it('leaves other files alone, and nothing half written', async () => {
    const directory = join(root, 'mine');
    await mkdir(directory);
    await writeFile(join(directory, 'thesis.txt'), 'all of it');
    await expect(exportSafetensors({ model }, directory)).rejects.toThrow(/holds thesis.txt/);
    expect(await readdir(directory)).toEqual(['thesis.txt']);
    const stop = new AbortController();
    const target = join(root, 'stopped');
    await expect(
      exportSafetensors({ model }, target, { onProgress: () => stop.abort(), signal: stop.signal }),
    ).rejects.toThrow();
    expect(existsSync(target) || existsSync(`${target}.tmp`)).toBe(false);
  });

  it('says which file a full disk has no room for, and what to do', async () => {
    const target = join(root, 'no-room');
    const fixture = new URL('../../test/full-disk.fixture.mjs', import.meta.url).href;
    const stdout = await inChild(
      'await exportSafetensors({ model }, to).catch((error) => process.stdout.write(error.describe()));',
      [join(root, 'base'), target],
      ['--import', fixture],
      { ATTUNE_TEST_FULL_DISK: 'no-room' },
    );
    expect(stdout).toMatch(
      /no-room.*model\.safetensors: no space left on the disk\n {2}fix: free some space/,
    );
    expect(existsSync(target) || existsSync(`${target}.tmp`)).toBe(false);
  });
});

describe('memory', () => {
  it.each([
    ['safetensors', "await exportSafetensors({ model }, to, { precision: 'float16' });"],
    ['gguf', "await exportGguf({ model }, to, { format: 'Q8_0', name: 'generated' });"],
  ])('does not grow with the model: %s', async (kind, command) => {
    const measure = async (rows: number): Promise<{ peak: number; bytes: number }> => {
      const directory = join(root, `memory-${kind}-${rows}`);
      const bytes = await writeGeneratedModel(join(directory, 'model'), rows);
      const say = 'process.stdout.write(String(process.resourceUsage().maxRSS * 1024));';
      const peak = Number(await inChild(command + say, [join(directory, 'model'), join(directory, 'out')]));
      await rm(directory, { recursive: true });
      return { peak, bytes };
    };
    const [small, large] = [await measure(60_000), await measure(360_000)];
    expect(large.bytes - small.bytes).toBeGreaterThan(300e6);
    expect(large.peak - small.peak).toBeLessThan(120e6);
  });
});

describe('shardTensors', () => {
  it('keeps order and limit, and gives a tensor that is too large a file of its own', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100), { minLength: 1 }),
        fc.integer({ min: 1, max: 120 }),
        (sizes, limit) => {
          const tensors = sizes.map((byteLength, i) => ({ name: `${i}`, byteLength }));
          const shards = shardTensors(tensors, limit);
          expect(shards.flatMap((shard) => shard.tensors)).toEqual(tensors);
          for (const shard of shards) {
            const size = shard.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
            expect(
              size <= limit ||
                shard.tensors.length === 1 ||
                shard.tensors.filter((t) => t.byteLength > 0).length === 1,
            ).toBe(true);
          }
        },
      ),
    );
  });
});
