/**
 * A tiny random model of the Llama family in Transformers' own folder form, so that every part can be
 * tested on a whole model without a download.
 * @module
 */
import { join } from 'node:path';
import { writeJson } from '../files.js';
import { randomStream } from '../random.js';
import { bfloat16FromFloat32 } from './floats.js';
import { type TensorToWrite, writeSafetensors } from './safetensors.js';

/** What may differ from the default tiny model; names as in `config.json`. */
export interface TinyModelSettings {
  /** Seed of the random weights. Default 0. */
  seed?: number;
  hidden_size?: number;
  intermediate_size?: number;
  num_hidden_layers?: number;
  num_attention_heads?: number;
  num_key_value_heads?: number;
  head_dim?: number;
  max_position_embeddings?: number;
  rope_theta?: number;
  rms_norm_eps?: number;
  tie_word_embeddings?: boolean;
  /** At least the number of tokens of the tokenizer (the default). */
  vocab_size?: number;
  /** Standard deviation of the weights. Default 0.1. */
  initializer_range?: number;
  /** Element type of the weights file. Default `float32`. */
  torch_dtype?: 'float32' | 'bfloat16';
}

const specialTokens = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];

/** Merges that make whole tokens of the words that tests use most; `Ġ` is a space in byte-level BPE. */
const mergedWords = ['the', 'user', 'assistant', 'system', 'Ġthe', 'Ġis', 'Ġof', 'Ġa', 'Ġand', 'ĠWhat', 'in'];

/** ChatML with a default system text, as in SmolLM2. */
export const tinyChatTemplate = [
  "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}",
  "{{ '<|im_start|>system\nYou are a tiny model.<|im_end|>\n' }}{% endif %}",
  "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}",
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
].join('');

/** The printable characters that stand for the 256 bytes in byte-level BPE, in the order of the bytes. */
function byteAlphabet(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

/** `tokenizer.json` of the tiny model: byte-level BPE with single digits, as SmolLM2's but with few merges. */
export function tinyTokenizerJson(): { model: { vocab: Record<string, number> } } {
  const tokens = [...specialTokens, ...byteAlphabet()];
  const merges: [string, string][] = [];
  for (const word of mergedWords) {
    for (let end = 2; end <= word.length; end++) {
      const token = word.slice(0, end);
      if (tokens.includes(token)) continue;
      tokens.push(token);
      merges.push([word.slice(0, end - 1), word[end - 1]!]);
    }
  }
  const definition = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Digits', individual_digits: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
  return definition;
}

/**
 * Writes config.json, model.safetensors, tokenizer.json and tokenizer_config.json of a tiny random model
 * into `directory`. Default shape: hidden 32, intermediate 64, 2 layers, 4 heads of size 8 with 2 key/value
 * heads, an own `lm_head`, 256 positions. Equal settings give equal bytes.
 */
export async function writeTinyModel(directory: string, settings: TinyModelSettings = {}): Promise<void> {
  const tokenizer = tinyTokenizerJson();
  const { seed = 0, initializer_range = 0.1, ...overrides } = settings;
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_act: 'silu',
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 8,
    max_position_embeddings: 256,
    rms_norm_eps: 1e-5,
    rope_theta: 10000,
    rope_scaling: null,
    attention_bias: false,
    mlp_bias: false,
    tie_word_embeddings: false,
    vocab_size: Object.keys(tokenizer.model.vocab).length,
    bos_token_id: 1,
    eos_token_id: 2,
    pad_token_id: 0,
    torch_dtype: 'float32',
    initializer_range,
    ...overrides,
  };

  const tensors: TensorToWrite[] = [];
  const add = (name: string, shape: number[]): void => {
    const random = randomStream(seed, 'tiny-model', name);
    const centre = name.endsWith('norm.weight') ? 1 : 0;
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length: count }, () => centre + initializer_range * random.normal());
    tensors.push(
      config.torch_dtype === 'bfloat16'
        ? { name, dtype: 'BF16', shape, data: bfloat16FromFloat32(values) }
        : { name, dtype: 'F32', shape, data: values },
    );
  };
  const { hidden_size: hidden, intermediate_size: inner } = config;
  const query = config.num_attention_heads * config.head_dim;
  const keyValue = config.num_key_value_heads * config.head_dim;
  add('model.embed_tokens.weight', [config.vocab_size, hidden]);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const prefix = `model.layers.${layer}`;
    add(`${prefix}.input_layernorm.weight`, [hidden]);
    add(`${prefix}.self_attn.q_proj.weight`, [query, hidden]);
    add(`${prefix}.self_attn.k_proj.weight`, [keyValue, hidden]);
    add(`${prefix}.self_attn.v_proj.weight`, [keyValue, hidden]);
    add(`${prefix}.self_attn.o_proj.weight`, [hidden, query]);
    add(`${prefix}.post_attention_layernorm.weight`, [hidden]);
    add(`${prefix}.mlp.gate_proj.weight`, [inner, hidden]);
    add(`${prefix}.mlp.up_proj.weight`, [inner, hidden]);
    add(`${prefix}.mlp.down_proj.weight`, [hidden, inner]);
  }
  add('model.norm.weight', [hidden]);
  if (!config.tie_word_embeddings) add('lm_head.weight', [config.vocab_size, hidden]);

  await writeSafetensors(join(directory, 'model.safetensors'), tensors, { format: 'pt' });
  await writeJson(join(directory, 'config.json'), config);
  await writeJson(join(directory, 'tokenizer.json'), tokenizer);
  await writeJson(join(directory, 'tokenizer_config.json'), {
    bos_token: '<|im_start|>',
    eos_token: '<|im_end|>',
    pad_token: '<|endoftext|>',
    chat_template: tinyChatTemplate,
  });
}
