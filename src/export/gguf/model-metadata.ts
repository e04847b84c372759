/**
 * What a GGUF file says of a model beside its tokenizer: `general.*` and `llama.*`.
 * @module
 */
import type { AdapterBase } from '../../adapter/peft.js';
import type { ModelConfig } from '../../model/config.js';
import type { GgufEntryValue } from './gguf-writer.js';

/** What the user calls the export, and what it may be used for. */
export interface GgufDescription {
  /** `general.name`, for example the run's name. */
  name: string;
  /** SPDX identifier of the licence, for `general.license`. */
  license?: string;
  /**
   * The base model; where absent, the exported model itself when it came from the hub. Only a hub id is written: a path of
   * this machine says nothing to others.
   */
  base?: AdapterBase;
}

const hubId = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;

/** Entries that every file has: architecture, kind, name, licence, base. */
export function generalEntries(
  type: 'model' | 'adapter',
  { name, license, base }: GgufDescription,
): [string, GgufEntryValue][] {
  const text = (value: string): GgufEntryValue => ({ type: 'string', value });
  const entries: [string, GgufEntryValue][] = [
    ['general.architecture', text('llama')],
    ['general.type', text(type)],
    ['general.name', text(name)],
  ];
  if (license !== undefined) entries.push(['general.license', text(license.toLowerCase())]);
  if (base && hubId.test(base.name)) {
    const [organization, repository] = base.name.split('/') as [string, string];
    entries.push(
      ['general.base_model.count', { type: 'uint32', value: 1 }],
      ['general.base_model.0.name', text(repository)],
      ['general.base_model.0.organization', text(organization)],
      ['general.base_model.0.repo_url', text(`https://huggingface.co/${base.name}`)],
    );
    if (base.revision) entries.push(['general.base_model.0.version', text(base.revision)]);
  }
  return entries;
}

/** Entries `llama.*`: the shape of the model and the constants of its computation. */
export function llamaEntries(config: ModelConfig): [string, GgufEntryValue][] {
  const whole = (value: number): GgufEntryValue => ({ type: 'uint32', value });
  const real = (value: number): GgufEntryValue => ({ type: 'float32', value });
  return [
    ['llama.block_count', whole(config.numHiddenLayers)],
    ['llama.context_length', whole(config.maxPositionEmbeddings)],
    ['llama.embedding_length', whole(config.hiddenSize)],
    ['llama.feed_forward_length', whole(config.intermediateSize)],
    ['llama.attention.head_count', whole(config.numAttentionHeads)],
    ['llama.attention.head_count_kv', whole(config.numKeyValueHeads)],
    ['llama.attention.key_length', whole(config.headDim)],
    ['llama.attention.value_length', whole(config.headDim)],
    ['llama.attention.layer_norm_rms_epsilon', real(config.rmsNormEps)],
    ['llama.rope.freq_base', real(config.ropeTheta)],
    ['llama.rope.dimension_count', whole(config.headDim)],
    ['llama.vocab_size', whole(config.vocabSize)],
  ];
}
