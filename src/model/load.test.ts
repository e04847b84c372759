import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttuneError } from '../errors.js';
import { readJson, writeJson } from '../files.js';
import { loadModel } from './load.js';
import { readSafetensors, type SafetensorsType, writeSafetensors } from './safetensors.js';
import { writeTinyGguf } from './tiny-gguf.fixture.js';
import { tinyChatTemplate, writeTinyModel } from './tiny-model.fixture.js';

let root: string;
let tiny: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-load-'));
  tiny = join(root, 'tiny');
  await writeTinyModel(tiny);
});
afterAll(() => rm(root, { recursive: true }));

/** A copy of the tiny model with changes to its config.json. */
async function changed(name: string, changes: Record<string, unknown>): Promise<string> {
  const folder = join(root, name);
  await cp(tiny, folder, { recursive: true });
  const config = await readJson<object>(join(tiny, 'config.json'));
  await writeJson(join(folder, 'config.json'), { ...config, ...changes });
  return folder;
}

async function refusal(path: string): Promise<AttuneError> {
  const error = await loadModel(path).catch((e) => e);
  expect(error).toBeInstanceOf(AttuneError);
  return error;
}

describe('loadModel of a Transformers folder', () => {
  it('gives configuration, tokenizer, template and every weight', async () => {
    const model = await loadModel(tiny);
    expect(model.config).toEqual({
      modelType: 'llama',
      vocabSize: model.tokenizer.vocabSize,
      hiddenSize: 32,
      intermediateSize: 64,
      numHiddenLayers: 2,
      numAttentionHeads: 4,
      numKeyValueHeads: 2,
      headDim: 8,
      rmsNormEps: 1e-5,
      ropeTheta: 10000,
      maxPositionEmbeddings: 256,
      tieWordEmbeddings: false,
      bosTokenId: 1,
      eosTokenIds: [2],
      padTokenId: 0,
    });
    expect(model.chatTemplate).toBe(tinyChatTemplate);
    expect(model.tokenizer.eosToken).toBe('<|im_end|>');
    const { tensors } = await readSafetensors(join(tiny, 'model.safetensors'));
    expect([...model.weights.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, { data }] of tensors) expect(await model.weights.readFloat32(name)).toEqual(data);
    await expect(model.weights.readFloat32('nonsense')).rejects.toThrow(/no tensor nonsense/);
  });

  it('has a hash of its weights and configuration, not of its place', async () => {
    const { hash } = await loadModel(tiny);
    await cp(tiny, join(root, 'copy'), { recursive: true });
    expect((await loadModel(join(root, 'copy'))).hash).toBe(hash);
    await writeTinyModel(join(root, 'other-seed'), { seed: 1 });
    expect((await loadModel(join(root, 'other-seed'))).hash).not.toBe(hash);
    expect((await loadModel(await changed('other-theta', { rope_theta: 5000 }))).hash).not.toBe(hash);
  });

  it('reads shards by their index and names a missing one', async () => {
    const folder = await changed('sharded', {});
    const { tensors } = await readSafetensors(join(tiny, 'model.safetensors'));
    await rm(join(folder, 'model.safetensors'));
    const weight_map: Record<string, string> = {};
    for (const shard of [1, 2]) {
      const file = `model-0000${shard}-of-00002.safetensors`;
      const part = [...tensors].filter((_, i) => i % 2 === shard - 1);
      for (const [name] of part) weight_map[name] = file;
      await writeSafetensors(
        join(folder, file),
        part.map(([name, tensor]) => ({ name, ...tensor, dtype: tensor.dtype as SafetensorsType })),
      );
    }
    await writeJson(join(folder, 'model.safetensors.index.json'), { metadata: {}, weight_map });
    const model = await loadModel(folder);
    expect(model.hash).toBe((await loadModel(tiny)).hash);
    await rm(join(folder, 'model-00002-of-00002.safetensors'));
    expect((await refusal(folder)).describe()).toMatch(/model-00002-of-00002\.safetensors: no such file/);
    await writeJson(join(folder, 'model.safetensors.index.json'), { weight_map: { a: '../../etc/passwd' } });
    expect((await refusal(folder)).field).toBe('weight_map');
  });

  it('opens a weights file by its own path', async () => {
    const file = join(tiny, 'model.safetensors');
    expect((await loadModel(file)).path).toBe(file);
  });

  it('takes the embedding table for the output when they are tied', async () => {
    await writeTinyModel(join(root, 'tied'), { tie_word_embeddings: true });
    const { config, weights } = await loadModel(join(root, 'tied'));
    expect(config.tieWordEmbeddings).toBe(true);
    expect(weights.tensors.has('lm_head.weight')).toBe(false);
  });

  it('adds the end tokens of generation_config.json, and takes templates from their own file', async () => {
    const folder = await changed('generation', { eos_token_id: [2] });
    await writeJson(join(folder, 'generation_config.json'), { eos_token_id: [2, 0] });
    await writeFile(join(folder, 'chat_template.jinja'), '{{ messages }}');
    const model = await loadModel(folder);
    expect(model.config.eosTokenIds).toEqual([2, 0]);
    expect(model.chatTemplate).toBe('{{ messages }}');
  });

  it('knows the settings of Transformers 5', async () => {
    const rope_parameters = { rope_type: 'default', rope_theta: 130000 };
    const folder = await changed('version-5', { rope_theta: undefined, rope_parameters });
    expect((await loadModel(folder)).config.ropeTheta).toBe(130000);
  });

  it.each([
    ['model_type', { model_type: 'qwen2' }],
    ['hidden_act', { hidden_act: 'gelu' }],
    ['attention_bias', { attention_bias: true }],
    ['mlp_bias', { mlp_bias: true }],
    ['rope_scaling', { rope_scaling: { rope_type: 'llama3', factor: 8 } }],
    ['rope_scaling', { rope_scaling: { type: 'linear', factor: 2 } }],
    ['rope_parameters', { rope_parameters: { rope_type: 'yarn', rope_theta: 1e4 } }],
    ['partial_rotary_factor', { partial_rotary_factor: 0.5 }],
    ['quantization_config', { quantization_config: { quant_method: 'gptq' } }],
  ])('refuses what it cannot compute: %s %j', async (field, changes) => {
    const error = await refusal(await changed('unsupported', changes));
    expect(error.field).toBe(field);
    expect(error.message).toMatch(/is not supported/);
    expect(error.file).toMatch(/config\.json$/);
  });

  it('names fields that are missing or wrong', async () => {
    expect((await refusal(await changed('wrong', { hidden_size: undefined }))).field).toBe('hidden_size');
    expect((await refusal(await changed('wrong', { vocab_size: 'many' }))).field).toBe('vocab_size');
    expect((await refusal(await changed('wrong', { num_key_value_heads: 3 }))).field).toBe(
      'num_key_value_heads',
    );
    expect((await refusal(await changed('wrong', { head_dim: 7 }))).field).toBe('head_dim');
  });

  it('names tensors that are missing, of another shape, or unknown', async () => {
    const fewer = await refusal(await changed('mismatch', { num_hidden_layers: 3 }));
    expect(fewer.message).toMatch(/model\.layers\.2\.input_layernorm\.weight is missing/);
    const more = await refusal(await changed('mismatch', { num_hidden_layers: 1 }));
    expect(more.message).toMatch(/model\.layers\.1\..* belongs to no model/);
    const shape = await refusal(await changed('mismatch', { intermediate_size: 65 }));
    expect(shape.message).toMatch(/gate_proj\.weight has the shape \[64, 32\].* \[65, 32\]/);
  });

  it('names what a folder lacks', async () => {
    const folder = await changed('lacking', {});
    await truncate(join(folder, 'model.safetensors'), 5000);
    expect((await refusal(folder)).message).toMatch(/truncated/);
    await rm(join(folder, 'tokenizer.json'));
    await cp(join(tiny, 'model.safetensors'), join(folder, 'model.safetensors'));
    expect((await refusal(folder)).message).toMatch(/no tokenizer\.json/);
    await rm(join(folder, 'model.safetensors'));
    await writeFile(join(folder, 'pytorch_model.bin'), '');
    expect((await refusal(folder)).message).toMatch(/no safetensors file, only pytorch_model\.bin/);
    await mkdir(join(root, 'empty'));
    expect((await refusal(join(root, 'empty'))).message).toMatch(/neither config\.json nor a GGUF/);
    await writeFile(join(folder, 'config.json'), '{');
    expect((await refusal(folder)).message).toMatch(/not valid JSON/);
    expect((await refusal(join(folder, 'pytorch_model.bin'))).message).toMatch(/is no model/);
  });
});

describe('loadModel of a GGUF file', () => {
  it('gives the same model as the Transformers folder', async () => {
    const file = join(root, 'tiny.gguf');
    await writeTinyGguf(file, tiny);
    const [gguf, original] = [await loadModel(file), await loadModel(tiny)];
    expect(gguf.config).toEqual(original.config);
    expect(gguf.chatTemplate).toBe(original.chatTemplate);
    expect([...gguf.weights.tensors.keys()]).toEqual([...original.weights.tensors.keys()]);
    for (const name of original.weights.tensors.keys()) {
      expect(await gguf.weights.readFloat32(name), name).toEqual(await original.weights.readFloat32(name));
    }
    const text = "It's 2024: the system is\n\n  <|im_start|>user 😀 日本";
    expect(await gguf.tokenizer.encode(text)).toEqual(await original.tokenizer.encode(text));
  });

  it('opens a folder with one GGUF file and asks which one of several', async () => {
    const folder = join(root, 'ggufs');
    await mkdir(folder);
    await cp(join(root, 'tiny.gguf'), join(folder, 'a.gguf'));
    expect((await loadModel(folder)).path).toBe(join(folder, 'a.gguf'));
    await cp(join(root, 'tiny.gguf'), join(folder, 'b.gguf'));
    expect((await refusal(folder)).message).toMatch(/2 GGUF files: a\.gguf, b\.gguf/);
  });

  it.each([
    ['general.architecture', 'gemma3'],
    ['llama.rope.scaling.type', 'yarn'],
    ['llama.expert_count', 8],
    ['llama.rope.dimension_count', 4],
    ['tokenizer.ggml.pre', 'martian'],
  ])('refuses %s %j', async (field, value) => {
    const file = join(root, 'unsupported.gguf');
    await writeTinyGguf(file, tiny, { [field]: value });
    expect((await refusal(file)).field).toBe(field);
  });

  it('names a tensor that is cut off', async () => {
    const file = join(root, 'cut.gguf');
    const whole = await readFile(join(root, 'tiny.gguf'));
    await writeFile(file, whole.subarray(0, whole.length - 1000));
    expect((await refusal(file)).describe()).toMatch(/cut\.gguf: tensor output\.weight ends at byte/);
  });
});
