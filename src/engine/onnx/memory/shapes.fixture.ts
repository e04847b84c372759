/**
 * A model by its shapes alone: nothing of it is on the disk.
 * @module
 */
import { linearModules } from '../../../adapter/lora.js';
import { parseTransformersConfig } from '../../../model/parse-config.js';

export const layers = 6;
export const config = parseTransformersConfig(
  {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    hidden_size: 256,
    intermediate_size: 768,
    num_hidden_layers: layers,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 64,
    vocab_size: 8192,
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    tie_word_embeddings: true,
    hidden_act: 'silu',
    eos_token_id: 0,
  },
  undefined,
  'config.json',
);

const shapes: [string, number[]][] = [
  ['model.embed_tokens.weight', [config.vocabSize, config.hiddenSize]],
  ['model.norm.weight', [config.hiddenSize]],
  ...linearModules(config).map(({ name, inFeatures, outFeatures }): [string, number[]] => [
    `${name}.weight`,
    [outFeatures, inFeatures],
  ]),
  ...Array.from({ length: layers }, (_, layer) =>
    ['input_layernorm', 'post_attention_layernorm'].map((name): [string, number[]] => [
      `model.layers.${layer}.${name}.weight`,
      [config.hiddenSize],
    ]),
  ).flat(),
];
/** Names and shapes of the model's tensors. */
export const tensors = new Map(shapes.map(([name, shape]) => [name, { name, shape }]));
