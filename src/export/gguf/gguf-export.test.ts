import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapter } from '../../adapter/peft.js';
import { createChatFormat } from '../../chat/template.js';
import { createGgufSystem } from '../../engine/llama-cpp/system.js';
import type { Answer } from '../../evaluate/system.js';
import { readGgufHeader } from '../../model/gguf.js';
import { loadModel } from '../../model/load.js';
import type { Model } from '../../model/model.js';
import { writeTinyGguf } from '../../model/tiny-gguf.fixture.js';
import { embeddedAnswers, greedyAnswers, tinyExport } from '../export.fixture.js';
import { mergedTensors } from '../merge.js';
import { exportGgufAdapter } from './adapter-export.js';
import { exportGguf } from './gguf-export.js';
import { ggufFormats } from './tensor-types.js';

let root: string;
let model: Model;
let adapter: Adapter;
let expected: Map<string, Omit<Answer, 'id'>>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-gguf-export-'));
  const made = await tinyExport(root);
  ({ model, adapter } = made);
  expected = await embeddedAnswers(model, made.adapterDirectory);
});
afterAll(() => rm(root, { recursive: true }));

async function whole(source: { model: Model; adapter?: Adapter }): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  for (const { name, slices } of mergedTensors(source)) {
    const parts: number[] = [];
    for await (const slice of slices()) parts.push(...slice);
    found.set(name, Float32Array.from(parts));
  }
  return found;
}

const openInLlamaCpp = (file: string, adapterFile?: string) =>
  createGgufSystem({
    name: 'gguf',
    file,
    tokenizer: model.tokenizer,
    batchSize: 4,
    threads: 1,
    gpu: false,
    ...(adapterFile === undefined ? {} : { adapterFile }),
  });

describe('exportGguf', () => {
  it.each(['F32', 'F16'] as const)('gives in llama.cpp the answers of the adapter: %s', async (format) => {
    const file = join(root, `${format}.gguf`);
    await exportGguf({ model, adapter }, file, { format, name: 'tiny' });
    const system = await openInLlamaCpp(file);
    const own = createChatFormat(model);
    expect([system.format.template, system.format.stopTokenIds]).toEqual([own.template, own.stopTokenIds]);
    expect(await greedyAnswers(system)).toEqual(expected);
    expect(await embeddedAnswers(model)).not.toEqual(expected);
  });

  it('comes back through the reader: configuration, tokenizer, template, weights', async () => {
    const file = join(root, 'back.gguf');
    await exportGguf({ model, adapter }, file, { format: 'F32', name: 'tiny' });
    const back = await loadModel(file);
    expect(back.config).toEqual(model.config);
    expect(back.chatTemplate).toBe(model.chatTemplate);
    const text = "It's 42 <|im_end|>\n Grüße 😀";
    expect((await back.tokenizer.encode(text)).ids).toEqual((await model.tokenizer.encode(text)).ids);
    const weights = await whole({ model, adapter });
    expect([...back.weights.tensors.keys()]).toEqual([...weights.keys()]);
    for (const [name, values] of weights) expect(await back.weights.readFloat32(name), name).toEqual(values);
  });

  it('is the same from a GGUF base as from its original', async () => {
    await writeTinyGguf(join(root, 'base.gguf'), join(root, 'base'));
    const base = { ...(await loadModel(join(root, 'base.gguf'))), name: 'base' };
    expect(await whole({ model: base, adapter })).toEqual(await whole({ model, adapter }));
  });

  it('writes every format; the further from float32, the smaller', async () => {
    const sizes: number[] = [];
    const weights = await whole({ model, adapter });
    for (const format of ggufFormats) {
      const file = join(root, `all-${format}.gguf`);
      const { byteLength, types } = await exportGguf({ model, adapter }, file, { format, name: 'tiny' });
      sizes.push(byteLength);
      const back = await loadModel(file);
      for (const [name, values] of weights) {
        const read = await back.weights.readFloat32(name);
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const error = read.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0);
        expect(error / largest, `${format} ${name}`).toBeLessThan(0.14);
      }
      expect(Object.values(types).reduce((sum, count) => sum + count, 0)).toBe(weights.size);
      // llama.cpp opens it and answers.
      expect((await greedyAnswers(await openInLlamaCpp(file))).size).toBe(4);
    }
    expect(sizes[0]).toBeGreaterThan(sizes[1]!);
    expect(sizes[1]).toBe(sizes[2]);
    expect(sizes[2]).toBeGreaterThan(sizes[3]!);
    expect(sizes[3]).toBeGreaterThan(sizes[4]!);
  });

  it('says nothing of this machine, and the same twice', async () => {
    const files = ['one.gguf', 'two.gguf'].map((name) => join(root, name));
    for (const file of files) {
      await exportGguf({ model, adapter }, file, {
        format: 'Q8_0',
        name: 'tiny',
        license: 'Apache-2.0',
        base: { name: '/home/someone/models/base' },
      });
    }
    const [one, two] = await Promise.all(files.map((file) => readFile(file)));
    expect(one!.equals(two!)).toBe(true);
    expect(one!.includes(root) || one!.includes('/home/')).toBe(false);
    const { metadata } = await readGgufHeader(files[0]!);
    expect(metadata.get('general.license')).toBe('apache-2.0');
    expect([...metadata.keys()].some((key) => key.startsWith('general.base_model'))).toBe(false);
  });

  it('names the base on the hub', async () => {
    const file = join(root, 'hub.gguf');
    const hub = { ...model, hubId: 'Owner/Base-1B', revision: 'abc' };
    await exportGguf({ model: hub }, file, { format: 'F32', name: 'tiny' });
    const { metadata } = await readGgufHeader(file);
    expect(metadata.get('general.base_model.0.repo_url')).toBe('https://huggingface.co/Owner/Base-1B');
    expect(metadata.get('general.base_model.0.version')).toBe('abc');
  });

  it('leaves no file behind when it is stopped or a weight is no number', async () => {
    const directory = join(root, 'stopped');
    const file = join(directory, 'model.gguf');
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    await expect(
      exportGguf({ model }, file, { format: 'F32', name: 'tiny', onProgress, signal: stop.signal }),
    ).rejects.toThrow();
    expect(await readdir(directory)).toEqual([]);
    const broken = new Map(adapter.tensors);
    const [module, { A, B }] = [...broken][3]!;
    broken.set(module, { A: A.map(() => Number.NaN), B });
    await expect(
      exportGguf({ model, adapter: { ...adapter, tensors: broken } }, file, { format: 'F16', name: 'tiny' }),
    ).rejects.toThrow(`tensor ${module}.weight holds NaN`);
    broken.set(module, { A: A.map(() => 1e6), B: B.map(() => 1) });
    await expect(
      exportGguf({ model, adapter: { ...adapter, tensors: broken } }, file, { format: 'F16', name: 'tiny' }),
    ).rejects.toThrow(/beyond the range of F16/);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('exportGgufAdapter', () => {
  it.each([
    ['alpha / r', {}],
    ['rank-stabilized', { use_rslora: true, r: 2 }],
  ])('on its base gives the answers of the merged model: %s', async (name, changes) => {
    const directory = join(root, name.replace(' / ', '-'));
    const made = await tinyExport(directory, {}, changes);
    const [base, lora] = [join(directory, 'base.gguf'), join(directory, 'lora.gguf')];
    await exportGguf({ model: made.model }, base, { format: 'F32', name: 'base' });
    await exportGgufAdapter(made.adapter, made.model.config, lora, { name: 'tiny' });
    const answers = await greedyAnswers(await openInLlamaCpp(base, lora));
    expect(answers).toEqual(await embeddedAnswers(made.model, made.adapterDirectory));
    const { metadata, tensors } = await readGgufHeader(lora);
    expect(metadata.get('adapter.type')).toBe('lora');
    expect(tensors.get('blk.0.attn_q.weight.lora_a')?.shape).toEqual([made.adapter.settings.r, 32]);
  });
});

describe('mergedTensors', () => {
  it('refuses an adapter of another model', async () => {
    const other = await tinyExport(join(root, 'other'), { hidden_size: 64 });
    expect(() => mergedTensors({ model, adapter: other.adapter })).toThrow(/does not fit the model tiny/);
  });
});
