/**
 * Opens a model from files that are on the disk: a Transformers folder or a GGUF file.
 * @module
 */
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AttuneError } from '../errors.js';
import { fileError, readJson } from '../files.js';
import { type GgufValue, readGgufHeader } from './gguf.js';
import { ggufTokenizer } from './gguf-tokenizer.js';
import { checkedTensors, transformersName } from './llama-tensors.js';
import type { Model } from './model.js';
import { modelHash } from './model-hash.js';
import { createTokenizer } from './native-tokenizer.js';
import { parseGgufConfig, parseTransformersConfig } from './parse-config.js';
import { readSafetensorsHeader } from './safetensors.js';
import { readTransformersTokenizer } from './transformers-tokenizer.js';
import { createWeightStore } from './weight-store.js';
import type { StoredTensor } from './weights.js';

/** What a file or folder says by itself; the rest of {@link Model} is how it was found. */
type LoadedModel = Omit<Model, 'name' | 'revision'>;

/**
 * Opens the model at `path`: a Transformers folder, a folder with one GGUF file, a GGUF file, or a
 * safetensors file with config.json and tokenizer.json beside it.
 *
 * @throws {AttuneError} naming what is missing, broken or not supported
 */
export async function loadModel(path: string): Promise<LoadedModel> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    (error) => {
      throw fileError(error, path);
    },
  );
  if (!isFolder) {
    if (path.endsWith('.gguf')) return loadGguf(path);
    if (path.endsWith('.safetensors')) return loadTransformers(dirname(path), path, async () => [path]);
    throw new AttuneError('is no model: a folder, a .gguf or a .safetensors file was expected', {
      file: path,
    });
  }
  const names = await readdir(path);
  if (names.includes('config.json')) return loadTransformers(path, path, () => weightFiles(path, names));
  const ggufs = names.filter((name) => name.endsWith('.gguf'));
  if (ggufs.length === 1) return loadGguf(join(path, ggufs[0]!));
  throw new AttuneError(
    ggufs.length === 0
      ? 'is no model folder: it has neither config.json nor a GGUF file'
      : `holds ${ggufs.length} GGUF files: ${ggufs.join(', ')}`,
    { file: path, fix: ggufs.length === 0 ? 'check the path' : 'name one of the files' },
  );
}

/** The safetensors files of a folder: the ones that the index names, `model.safetensors`, or the only one. */
async function weightFiles(folder: string, names: string[]): Promise<string[]> {
  if (names.includes('model.safetensors')) return [join(folder, 'model.safetensors')];
  const indexFile = join(folder, 'model.safetensors.index.json');
  if (names.includes('model.safetensors.index.json')) {
    const index = await readJson<{ weight_map?: Record<string, unknown> } | null>(indexFile);
    const files = [...new Set(Object.values(index?.weight_map ?? {}))];
    if (files.length === 0 || files.some((name) => typeof name !== 'string' || basename(name) !== name)) {
      throw new AttuneError('weight_map does not name the files of the model', {
        file: indexFile,
        field: 'weight_map',
      });
    }
    return (files as string[]).map((name) => join(folder, name));
  }
  const single = names.filter((name) => name.endsWith('.safetensors'));
  if (single.length === 1) return [join(folder, single[0]!)];
  const others = names.filter((name) => /\.(bin|pt|pth|h5|msgpack)$/.test(name));
  throw new AttuneError(
    single.length > 1
      ? `holds ${single.length} safetensors files without model.safetensors.index.json`
      : `has no safetensors file${others.length ? `, only ${others.join(', ')}` : ''}`,
    { file: folder, fix: 'save the model with save_pretrained(..., safe_serialization=True)' },
  );
}

/** Configuration first: a model of another family is refused as such, whatever its files look like. */
async function loadTransformers(
  folder: string,
  path: string,
  findWeights: () => Promise<string[]>,
): Promise<LoadedModel> {
  const configFile = join(folder, 'config.json');
  const generationFile = join(folder, 'generation_config.json');
  const hasGeneration = await access(generationFile).then(
    () => true,
    () => false,
  );
  const config = parseTransformersConfig(
    await readJson(configFile),
    hasGeneration ? await readJson(generationFile) : undefined,
    configFile,
  );
  const stored = new Map<string, StoredTensor>();
  for (const file of await findWeights()) {
    for (const [name, tensor] of (await readSafetensorsHeader(file)).tensors) {
      if (stored.has(name)) {
        throw new AttuneError(`tensor ${name} stands in two files`, { file, field: name });
      }
      stored.set(name, tensor);
    }
  }
  const weights = createWeightStore(checkedTensors(stored, config, folder));
  const { tokenizer, chatTemplate } = await readTransformersTokenizer(folder);
  const endToken = tokenizer.eosToken === undefined ? undefined : tokenizer.tokenToId(tokenizer.eosToken);
  if (config.eosTokenIds.length === 0 && endToken !== undefined) config.eosTokenIds.push(endToken);
  return { path, config, tokenizer, chatTemplate, weights, hash: await modelHash(config, weights) };
}

async function loadGguf(file: string): Promise<LoadedModel> {
  const { metadata, tensors } = await readGgufHeader(file);
  const embedding = tensors.get('token_embd.weight');
  if (metadata.get('general.architecture') === 'llama' && !embedding) {
    throw new AttuneError('tensor token_embd.weight is missing', { file, field: 'token_embd.weight' });
  }
  const config = parseGgufConfig(metadata, embedding?.shape[0] ?? 0, tensors.has('output.weight'), file);
  const stored = new Map<string, StoredTensor>();
  for (const tensor of tensors.values()) {
    if (tensor.name === 'rope_freqs.weight') {
      throw new AttuneError('its rotary embeddings are scaled (rope_freqs.weight), which is not supported', {
        file,
        field: tensor.name,
        fix: 'choose a model without rope scaling',
      });
    }
    const name = transformersName(tensor.name) ?? tensor.name;
    const interleavedHeads = name.endsWith('q_proj.weight')
      ? config.numAttentionHeads
      : name.endsWith('k_proj.weight')
        ? config.numKeyValueHeads
        : undefined;
    stored.set(name, { ...tensor, name, ...(interleavedHeads && { interleavedHeads }) });
  }
  const weights = createWeightStore(checkedTensors(stored, config, file));
  const { definition, specials } = ggufTokenizer(metadata, file);
  return {
    path: await realpath(file),
    config,
    tokenizer: createTokenizer(definition, specials, file),
    chatTemplate: text(metadata.get('tokenizer.chat_template')),
    weights,
    hash: await modelHash(config, weights),
  };
}

const text = (value: GgufValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
