/**
 * Reads {@link ModelConfig} out of a Transformers `config.json` or out of GGUF metadata. What the Llama
 * program cannot compute is refused here, by name: a setting that is passed over would give wrong numbers.
 * @module
 */
import { z } from 'zod';
import { AttuneError } from '../errors.js';
import type { ModelConfig } from './config.js';
import type { GgufValue } from './gguf.js';

const size = z.number().int().positive();
const tokenId = z.number().int().nonnegative();
const ropeScaling = z.looseObject({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: z.number().positive().optional(),
});

/** The fields of `config.json` that matter; others describe saving and generation, not the computation. */
const transformersConfig = z.looseObject({
  hidden_size: size,
  intermediate_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  vocab_size: size,
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: ropeScaling.nullish(),
  /** Transformers 5 keeps base and scaling of the rotary embedding together. */
  rope_parameters: ropeScaling.nullish(),
  max_position_embeddings: size.default(2048),
  tie_word_embeddings: z.boolean().default(false),
  bos_token_id: tokenId.nullish(),
  eos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
  pad_token_id: z.number().int().nullish(),
  hidden_act: z.string().default('silu'),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  partial_rotary_factor: z.number().nullish(),
  quantization_config: z.unknown().optional(),
});

/** Only the tokens that end an answer matter here. */
const generationConfig = z.looseObject({
  eos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
});

const supported =
  'supported is the Llama family: model_type llama with plain rotary embeddings and no biases';

function unsupported(file: string, field: string, value: unknown): AttuneError {
  return new AttuneError(`${field} ${JSON.stringify(value)} is not supported`, {
    file,
    field,
    fix: `choose another model (\`attune models\` lists some); ${supported}`,
  });
}

function parse<T>(schema: z.ZodType<T>, json: unknown, file: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = issue.path.join('.');
  throw new AttuneError(`${field || 'the configuration'}: ${issue.message}`, { file, field });
}

/** Refuses shapes that contradict each other. */
function checked(config: ModelConfig, file: string): ModelConfig {
  if (config.numAttentionHeads % config.numKeyValueHeads !== 0) {
    throw new AttuneError(
      `${config.numAttentionHeads} attention heads cannot share ${config.numKeyValueHeads} key and value heads`,
      { file, field: 'num_key_value_heads' },
    );
  }
  if (!Number.isInteger(config.headDim) || config.headDim % 2 !== 0) {
    throw new AttuneError(`the size of a head is ${config.headDim}, rotary embeddings need an even one`, {
      file,
      field: 'head_dim',
    });
  }
  return config;
}

const asList = (ids: number | number[] | null | undefined): number[] => (ids == null ? [] : [ids].flat());

/**
 * Reads a Transformers configuration.
 *
 * @param json the content of `config.json`
 * @param generation the content of `generation_config.json`, whose end tokens are added
 * @param file its path, for messages
 * @throws {AttuneError} naming the field that is missing, wrong or not supported
 */
export function parseTransformersConfig(json: unknown, generation: unknown, file: string): ModelConfig {
  const modelType = (json as { model_type?: unknown } | null)?.model_type;
  if (modelType !== 'llama') throw unsupported(file, 'model_type', modelType);
  const raw = parse(transformersConfig, json, file);
  if (raw.hidden_act !== 'silu') throw unsupported(file, 'hidden_act', raw.hidden_act);
  if (raw.attention_bias) throw unsupported(file, 'attention_bias', true);
  if (raw.mlp_bias) throw unsupported(file, 'mlp_bias', true);
  if (raw.quantization_config != null) {
    throw unsupported(file, 'quantization_config', raw.quantization_config);
  }
  if ((raw.partial_rotary_factor ?? 1) !== 1) {
    throw unsupported(file, 'partial_rotary_factor', raw.partial_rotary_factor);
  }
  for (const field of ['rope_scaling', 'rope_parameters'] as const) {
    const scaling = raw[field];
    const kind = scaling?.rope_type ?? scaling?.type ?? 'default';
    if (kind !== 'default') throw unsupported(file, field, scaling);
  }
  const endTokens = parse(generationConfig, generation ?? {}, file).eos_token_id;
  return checked(
    {
      modelType: 'llama',
      vocabSize: raw.vocab_size,
      hiddenSize: raw.hidden_size,
      intermediateSize: raw.intermediate_size,
      numHiddenLayers: raw.num_hidden_layers,
      numAttentionHeads: raw.num_attention_heads,
      numKeyValueHeads: raw.num_key_value_heads ?? raw.num_attention_heads,
      headDim: raw.head_dim ?? raw.hidden_size / raw.num_attention_heads,
      rmsNormEps: raw.rms_norm_eps,
      ropeTheta: raw.rope_theta ?? raw.rope_parameters?.rope_theta ?? 10000,
      maxPositionEmbeddings: raw.max_position_embeddings,
      tieWordEmbeddings: raw.tie_word_embeddings,
      bosTokenId: raw.bos_token_id ?? undefined,
      eosTokenIds: [...new Set([...asList(raw.eos_token_id), ...asList(endTokens)])],
      padTokenId: raw.pad_token_id == null || raw.pad_token_id < 0 ? undefined : raw.pad_token_id,
    },
    file,
  );
}

/** GGUF keeps 1e-5 as the nearest float32; the shortest decimal that means the same float32 is what was written. */
function shortestDecimal(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}

/**
 * Reads the configuration out of GGUF metadata.
 *
 * @param metadata the file's metadata
 * @param vocabSize rows of the embedding table
 * @param hasOutput whether the file holds `output.weight`; without it the embedding table is used for both
 * @throws {AttuneError} naming the field that is missing, wrong or not supported
 */
export function parseGgufConfig(
  metadata: ReadonlyMap<string, GgufValue>,
  vocabSize: number,
  hasOutput: boolean,
  file: string,
): ModelConfig {
  const architecture = metadata.get('general.architecture');
  if (architecture !== 'llama') throw unsupported(file, 'general.architecture', architecture);
  const number = (key: string, fallback?: number): number => {
    const value = metadata.get(key) ?? fallback;
    if (typeof value !== 'number' || !(value > 0)) {
      throw new AttuneError(`${key} is ${value === undefined ? 'missing' : String(value)}`, {
        file,
        field: key,
      });
    }
    return value;
  };
  const token = (key: string): number | undefined => {
    const value = metadata.get(key);
    return typeof value === 'number' ? value : undefined;
  };
  const scaling = metadata.get('llama.rope.scaling.type') ?? 'none';
  if (scaling !== 'none') throw unsupported(file, 'llama.rope.scaling.type', scaling);
  const experts = metadata.get('llama.expert_count') ?? 0;
  if (experts !== 0) throw unsupported(file, 'llama.expert_count', experts);
  const hiddenSize = number('llama.embedding_length');
  const heads = number('llama.attention.head_count');
  const headDim = number('llama.attention.key_length', hiddenSize / heads);
  const rotated = number('llama.rope.dimension_count', headDim);
  if (rotated !== headDim) throw unsupported(file, 'llama.rope.dimension_count', rotated);
  const endTokens = [token('tokenizer.ggml.eos_token_id'), token('tokenizer.ggml.eot_token_id')];
  return checked(
    {
      modelType: 'llama',
      vocabSize,
      hiddenSize,
      intermediateSize: number('llama.feed_forward_length'),
      numHiddenLayers: number('llama.block_count'),
      numAttentionHeads: heads,
      numKeyValueHeads: number('llama.attention.head_count_kv', heads),
      headDim,
      rmsNormEps: shortestDecimal(number('llama.attention.layer_norm_rms_epsilon')),
      ropeTheta: shortestDecimal(number('llama.rope.freq_base', 10000)),
      maxPositionEmbeddings: number('llama.context_length'),
      tieWordEmbeddings: !hasOutput,
      bosTokenId: token('tokenizer.ggml.bos_token_id'),
      eosTokenIds: [...new Set(endTokens.filter((id) => id !== undefined))],
      padTokenId: token('tokenizer.ggml.padding_token_id'),
    },
    file,
  );
}
