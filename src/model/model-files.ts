/**
 * The small files beside a model's weights, as Transformers expects them.
 * @module
 */
import { join } from 'node:path';
import { writeFileAtomically, writeJson } from '../files.js';
import type { ModelConfig } from './config.js';
import type { Model } from './model.js';

/** `config.json` of Transformers for a model whose weights are float32. */
function configJson(config: ModelConfig): Record<string, unknown> {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: config.modelType,
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    num_hidden_layers: config.numHiddenLayers,
    num_attention_heads: config.numAttentionHeads,
    num_key_value_heads: config.numKeyValueHeads,
    head_dim: config.headDim,
    hidden_act: 'silu',
    rms_norm_eps: config.rmsNormEps,
    rope_theta: config.ropeTheta,
    max_position_embeddings: config.maxPositionEmbeddings,
    tie_word_embeddings: config.tieWordEmbeddings,
    attention_bias: false,
    mlp_bias: false,
    torch_dtype: 'float32',
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: config.eosTokenIds.length === 1 ? config.eosTokenIds[0] : config.eosTokenIds,
    pad_token_id: config.padTokenId ?? null,
  };
}

/** Writes `config.json`, `tokenizer.json` and `tokenizer_config.json` (with the chat template) into `directory`. */
export async function writeModelFiles(
  directory: string,
  { config, tokenizer, chatTemplate }: Pick<Model, 'config' | 'tokenizer' | 'chatTemplate'>,
): Promise<void> {
  await writeJson(join(directory, 'config.json'), configJson(config));
  await writeFileAtomically(join(directory, 'tokenizer.json'), tokenizer.toJSON());
  await writeJson(join(directory, 'tokenizer_config.json'), {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: tokenizer.bosToken ?? null,
    eos_token: tokenizer.eosToken ?? null,
    pad_token: tokenizer.padToken ?? null,
    model_max_length: config.maxPositionEmbeddings,
    ...(chatTemplate ? { chat_template: chatTemplate } : {}),
  });
}
