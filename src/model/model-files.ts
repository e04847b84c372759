/**
 * The small files beside a model's weights, as Transformers expects them.
 * @module
 */
import { join } from 'node:path';
import { writeFileAtomically, writeJson } from '../files.js';
import type { ModelConfig } from './config.js';
import type { Model } from './model.js';

/** Names of the element types in `config.json`. */
export type TransformersPrecision = 'float32' | 'float16' | 'bfloat16';

/** `config.json` of Transformers. */
function configJson(config: ModelConfig, precision: TransformersPrecision): Record<string, unknown> {
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
    // Read by every version; the later ones write `dtype`.
    torch_dtype: precision,
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: config.eosTokenIds.length === 1 ? config.eosTokenIds[0] : config.eosTokenIds,
    pad_token_id: config.padTokenId ?? null,
  };
}

/**
 * Writes `config.json`, `tokenizer.json` and `tokenizer_config.json` (with the chat template) into `directory`.
 *
 * @param precision of the weights beside them
 */
export async function writeModelFiles(
  directory: string,
  { config, tokenizer, chatTemplate }: Pick<Model, 'config' | 'tokenizer' | 'chatTemplate'>,
  precision: TransformersPrecision = 'float32',
): Promise<void> {
  await writeJson(join(directory, 'config.json'), configJson(config, precision));
  await writeFileAtomically(join(directory, 'tokenizer.json'), tokenizer.toJSON());
  await writeJson(join(directory, 'tokenizer_config.json'), {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: tokenizer.bosToken ?? null,
    eos_token: tokenizer.eosToken ?? null,
    pad_token: tokenizer.padToken ?? null,
    // What the tokens say is the text: nothing is mended afterwards.
    clean_up_tokenization_spaces: false,
    model_max_length: config.maxPositionEmbeddings,
    ...(chatTemplate ? { chat_template: chatTemplate } : {}),
  });
}
