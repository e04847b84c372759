/**
 * The tiny model as a GGUF file, as llama.cpp's converter writes it.
 * @module
 */
import { type GgufTensor, writeGguf } from './gguf.fixture.js';
import type { GgufValue } from './gguf.js';
import { loadModel } from './load.js';
import { tinyChatTemplate } from './tiny-model.fixture.js';

/** The rows of a head as llama.cpp's converter stores them: 0, half, 1, half + 1, … */
function interleave(values: Float32Array, heads: number, columns: number): Float32Array {
  const headRows = values.length / columns / heads;
  const out: number[] = [];
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < headRows / 2; i++) {
      for (const row of [i, i + headRows / 2]) {
        const start = (head * headRows + row) * columns;
        out.push(...values.subarray(start, start + columns));
      }
    }
  }
  return Float32Array.from(out);
}

/** Writes the tiny model in the folder `tiny` (of the default shape) as a GGUF file. */
export async function writeTinyGguf(
  file: string,
  tiny: string,
  changes: Record<string, GgufValue> = {},
): Promise<void> {
  const model = await loadModel(tiny);
  const names: [RegExp, string][] = [
    [/^model\.embed_tokens/, 'token_embd'],
    [/^model\.norm/, 'output_norm'],
    [/^lm_head/, 'output'],
    [/^model\.layers\.(\d+)\.input_layernorm/, 'blk.$1.attn_norm'],
    [/^model\.layers\.(\d+)\.post_attention_layernorm/, 'blk.$1.ffn_norm'],
    [/^model\.layers\.(\d+)\.self_attn\.o_proj/, 'blk.$1.attn_output'],
    [/^model\.layers\.(\d+)\.self_attn\.(\w)_proj/, 'blk.$1.attn_$2'],
    [/^model\.layers\.(\d+)\.mlp\.(\w+)_proj/, 'blk.$1.ffn_$2'],
  ];
  const tensors: GgufTensor[] = [];
  for (const { name, shape } of model.weights.tensors.values()) {
    const [pattern, replacement] = names.find(([from]) => from.test(name))!;
    let values = await model.weights.readFloat32(name);
    if (name.includes('q_proj')) values = interleave(values, 4, 32);
    if (name.includes('k_proj')) values = interleave(values, 2, 32);
    tensors.push({
      name: name.replace(pattern, replacement),
      dimensions: [...shape].reverse(),
      type: 0,
      data: new Uint8Array(values.buffer),
    });
  }
  const { vocabSize } = model.tokenizer;
  const tokens = Array.from({ length: vocabSize }, (_, id) => model.tokenizer.idToToken(id)!);
  const { merges } = (JSON.parse(model.tokenizer.toJSON()) as { model: { merges: string[][] } }).model;
  await writeGguf(
    file,
    {
      'general.architecture': 'llama',
      'llama.embedding_length': 32,
      'llama.feed_forward_length': 64,
      'llama.block_count': 2,
      'llama.context_length': 256,
      'llama.attention.head_count': 4,
      'llama.attention.head_count_kv': 2,
      'llama.attention.layer_norm_rms_epsilon': 1e-5,
      'llama.rope.freq_base': 10000.0001,
      'llama.rope.dimension_count': 8,
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'smollm',
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.token_type': tokens.map((_, id) => (id < 3 ? 3 : 1)),
      'tokenizer.ggml.merges': merges.map((pair) => pair.join(' ')),
      'tokenizer.ggml.bos_token_id': 1,
      'tokenizer.ggml.eos_token_id': 2,
      'tokenizer.ggml.padding_token_id': 0,
      'tokenizer.chat_template': tinyChatTemplate,
      ...changes,
    },
    tensors,
  );
}
