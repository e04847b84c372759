/**
 * The tensors of a Llama: their names in Transformers and in llama.cpp, and their shapes.
 * @module
 */
import { AttuneError } from '../errors.js';
import type { ModelConfig } from './config.js';
import type { StoredTensor } from './weights.js';

/** A layer's tensors: name in Transformers, name in llama.cpp. */
const layerNames = [
  ['input_layernorm', 'attn_norm'],
  ['self_attn.q_proj', 'attn_q'],
  ['self_attn.k_proj', 'attn_k'],
  ['self_attn.v_proj', 'attn_v'],
  ['self_attn.o_proj', 'attn_output'],
  ['post_attention_layernorm', 'ffn_norm'],
  ['mlp.gate_proj', 'ffn_gate'],
  ['mlp.up_proj', 'ffn_up'],
  ['mlp.down_proj', 'ffn_down'],
] as const;

/** Name and shape of every tensor that a model of this configuration has, in the order of the computation. */
function llamaTensorShapes(config: ModelConfig): Map<string, number[]> {
  const hidden = config.hiddenSize;
  const inner = config.intermediateSize;
  const query = config.numAttentionHeads * config.headDim;
  const keyValue = config.numKeyValueHeads * config.headDim;
  const layerShapes: Record<(typeof layerNames)[number][0], number[]> = {
    input_layernorm: [hidden],
    'self_attn.q_proj': [query, hidden],
    'self_attn.k_proj': [keyValue, hidden],
    'self_attn.v_proj': [keyValue, hidden],
    'self_attn.o_proj': [hidden, query],
    post_attention_layernorm: [hidden],
    'mlp.gate_proj': [inner, hidden],
    'mlp.up_proj': [inner, hidden],
    'mlp.down_proj': [hidden, inner],
  };
  const shapes = new Map([['model.embed_tokens.weight', [config.vocabSize, hidden]]]);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    for (const [name] of layerNames) shapes.set(`model.layers.${layer}.${name}.weight`, layerShapes[name]);
  }
  shapes.set('model.norm.weight', [hidden]);
  if (!config.tieWordEmbeddings) shapes.set('lm_head.weight', [config.vocabSize, hidden]);
  return shapes;
}

const singleNames: Record<string, string> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
};

/** The name in a GGUF file of a tensor of Transformers; undefined for an unknown one. */
export function ggufName(name: string): string | undefined {
  const single = Object.entries(singleNames).find(([, transformers]) => transformers === name);
  if (single) return single[0];
  const match = /^model\.layers\.(\d+)\.(.+)\.weight$/.exec(name);
  const known = match && layerNames.find(([transformers]) => transformers === match[2]);
  return known ? `blk.${match[1]}.${known[1]}.weight` : undefined;
}

/** The name in Transformers of a tensor of a GGUF file of architecture `llama`; undefined for an unknown one. */
export function transformersName(name: string): string | undefined {
  if (Object.hasOwn(singleNames, name)) return singleNames[name];
  const match = /^blk\.(\d+)\.(\w+)\.weight$/.exec(name);
  const known = match && layerNames.find(([, name]) => name === match[2]);
  return known ? `model.layers.${match[1]}.${known[0]}.weight` : undefined;
}

/**
 * The tensors of a model, in the order of the computation, checked against the configuration.
 *
 * @throws {AttuneError} when one is missing, has another shape, or when there is one that the Llama program
 * does not know (passing it over would compute another model)
 */
export function checkedTensors(
  stored: ReadonlyMap<string, StoredTensor>,
  config: ModelConfig,
  file: string,
): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, shape] of llamaTensorShapes(config)) {
    const tensor = stored.get(name);
    if (!tensor) {
      throw new AttuneError(`tensor ${name} is missing`, {
        file,
        field: name,
        fix: 'check that all weight files of the model are there and belong to its config.json',
      });
    }
    if (tensor.shape.join() !== shape.join()) {
      throw new AttuneError(
        `tensor ${name} has the shape [${tensor.shape.join(', ')}], the configuration asks for [${shape.join(', ')}]`,
        { file: tensor.file, field: name, fix: 'check that weights and configuration belong together' },
      );
    }
    tensors.set(name, tensor);
  }
  // Older files carry the rotary frequencies, which follow from the configuration; tied files may repeat the table.
  const derived = (name: string): boolean =>
    name.endsWith('.rotary_emb.inv_freq') || name === 'lm_head.weight';
  for (const [name, tensor] of stored) {
    if (!tensors.has(name) && !derived(name)) {
      throw new AttuneError(`tensor ${name} belongs to no model of the Llama family`, {
        file: tensor.file,
        field: name,
      });
    }
  }
  return tensors;
}
