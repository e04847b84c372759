import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelConfig } from '../model/config.js';
import { bfloat16FromFloat32 } from '../model/floats.js';
import { readSafetensors, type TensorToWrite, writeSafetensors } from '../model/safetensors.js';
import { initialLora, type LoraPair, targetModules } from './lora.js';
import { type AdapterSettings, readAdapter, writeAdapter } from './peft.js';

const config: ModelConfig = {
  modelType: 'llama',
  vocabSize: 160,
  hiddenSize: 64,
  intermediateSize: 128,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  headDim: 16,
  rmsNormEps: 1e-5,
  ropeTheta: 10000,
  maxPositionEmbeddings: 128,
  tieWordEmbeddings: true,
  eosTokenIds: [2],
};
const settings: AdapterSettings = {
  r: 4,
  lora_alpha: 8,
  target_modules: 'all-linear',
  lora_dropout: 0.05,
  bias: 'none',
  use_rslora: false,
};
const baseModel = { name: 'some/base', revision: '0123abc' };

function tensorsFor(of: AdapterSettings): Map<string, LoraPair> {
  return new Map(
    targetModules(config, of).map((module) => {
      const { A, B } = initialLora(module, of.r, 1);
      return [module.name, { A, B: B.map((_, i) => i / B.length) }];
    }),
  );
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-peft-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const configFile = () => join(directory, 'adapter_config.json');
const weightsFile = () => join(directory, 'adapter_model.safetensors');

/** Writes an adapter whose configuration has these fields too. */
async function writeWith(fields: Record<string, unknown>): Promise<void> {
  await writeAdapter(directory, { settings, baseModel, tensors: tensorsFor(settings) });
  const json = JSON.parse(await readFile(configFile(), 'utf8'));
  await writeFile(configFile(), JSON.stringify({ ...json, ...fields }));
}

/** Writes the tensors of an adapter after a change. */
async function rewriteTensors(change: (tensors: TensorToWrite[]) => TensorToWrite[]): Promise<void> {
  await writeAdapter(directory, { settings, baseModel, tensors: tensorsFor(settings) });
  const { tensors } = await readSafetensors(weightsFile());
  const list = [...tensors].map(([name, tensor]) => ({ name, ...tensor }) as TensorToWrite);
  await writeSafetensors(weightsFile(), change(list));
}

describe('writeAdapter and readAdapter', () => {
  it('give back what was written', async () => {
    const chosen = { ...settings, target_modules: ['q_proj', 'mlp.up_proj'], use_rslora: true };
    const adapter = { settings: chosen, baseModel, tensors: tensorsFor(chosen) };
    await writeAdapter(directory, adapter);
    const read = await readAdapter(directory, config);
    expect(read).toEqual(adapter);
    expect([...read.tensors.keys()]).toEqual([...adapter.tensors.keys()]);
  });

  it('write all-linear as the names that it stands for', async () => {
    await writeWith({});
    const { target_modules, peft_type, revision } = JSON.parse(await readFile(configFile(), 'utf8'));
    expect(target_modules.join(' ')).toBe('q_proj k_proj v_proj o_proj gate_proj up_proj down_proj');
    expect([peft_type, revision]).toEqual(['LORA', '0123abc']);
    expect((await readAdapter(directory, config)).tensors.size).toBe(14);
  });

  it('name the tensors and shapes as in an adapter that PEFT itself wrote', async () => {
    const golden = fileURLToPath(new URL('../../test/golden/adapter/', import.meta.url));
    const read = await readAdapter(golden, config);
    expect(read.settings).toMatchObject({ r: 4, lora_alpha: 8, bias: 'none', use_rslora: true });
    await writeAdapter(directory, read);
    const theirs = await readSafetensors(join(golden, 'adapter_model.safetensors'));
    const ours = await readSafetensors(weightsFile());
    expect(ours.tensors).toEqual(theirs.tensors);
    expect(ours.metadata).toEqual(theirs.metadata);
    const theirConfig = JSON.parse(await readFile(join(golden, 'adapter_config.json'), 'utf8'));
    const ourConfig = JSON.parse(await readFile(configFile(), 'utf8'));
    for (const list of [theirConfig, ourConfig]) list.target_modules.sort();
    expect(theirConfig).toMatchObject(ourConfig);
  });

  it('widen half precision', async () => {
    const name = 'base_model.model.model.layers.1.mlp.up_proj.lora_A.weight';
    await rewriteTensors((tensors) =>
      tensors.map((tensor) =>
        tensor.name === name
          ? { ...tensor, dtype: 'BF16', data: bfloat16FromFloat32(new Float32Array(4 * 64).fill(0.5)) }
          : tensor,
      ),
    );
    const read = await readAdapter(directory, config);
    expect(read.tensors.get('model.layers.1.mlp.up_proj')!.A).toEqual(new Float32Array(4 * 64).fill(0.5));
  });
});

describe('readAdapter refuses', () => {
  const reading = () => readAdapter(directory, config);

  it('a folder without an adapter', async () => {
    await expect(reading()).rejects.toMatchObject({ file: configFile() });
    await writeWith({});
    await rm(weightsFile());
    await expect(reading()).rejects.toMatchObject({ file: weightsFile() });
  });

  it('a truncated file', async () => {
    await writeWith({});
    await truncate(weightsFile(), (await stat(weightsFile())).size - 5);
    await expect(reading()).rejects.toThrow(/truncated/);
  });

  it.each([
    [{ peft_type: 'IA3' }, /type "IA3", only "LORA"/],
    [{ use_dora: true }, /uses use_dora/],
    [{ rank_pattern: { q_proj: 8 } }, /uses rank_pattern/],
    [{ modules_to_save: ['lm_head'] }, /uses modules_to_save/],
    [{ init_lora_weights: 'pissa_niter_4' }, /init_lora_weights: .*changes the base model/],
    [{ r: 0 }, /^r: /],
    [{ lora_alpha: 'much' }, /^lora_alpha: /],
    [{ target_modules: '.*_proj' }, /target_modules: must be a list/],
    [{ target_modules: ['c_attn'] }, /c_attn/],
  ])('the configuration %j', async (fields, message) => {
    await writeWith(fields);
    await expect(reading()).rejects.toThrow(message);
  });

  it('a file without one of its tensors', async () => {
    await rewriteTensors((tensors) =>
      tensors.filter(({ name }) => !name.endsWith('0.mlp.up_proj.lora_B.weight')),
    );
    await expect(reading()).rejects.toThrow(
      /no tensor base_model\.model\.model\.layers\.0\.mlp\.up_proj\.lora_B/,
    );
  });

  it('a tensor that the base model has no place for', async () => {
    await writeAdapter(directory, { settings, baseModel, tensors: tensorsFor(settings) });
    await expect(readAdapter(directory, { ...config, numHiddenLayers: 1 })).rejects.toThrow(
      /no place for: .*layers\.1\./,
    );
  });

  it('shapes of another base model or another r', async () => {
    await writeWith({ r: 8 });
    await expect(reading()).rejects.toThrow(/is \[4, 64\].* must be \[8, 64\]/);
    await writeWith({});
    await expect(readAdapter(directory, { ...config, hiddenSize: 32 })).rejects.toThrow(
      /lora_A\.weight is \[4, 64\].* must be \[4, 32\]/,
    );
  });
});
