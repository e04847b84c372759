import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../model/config.js';
import { tensorType } from './tensor-types.js';

/** How many tensors have which type. */
function count(
  format: 'Q8_0' | 'Q4_0' | 'Q4_K_M',
  hidden: number,
  inner: number,
  layers: number,
  tied: boolean,
) {
  const config = {
    numHiddenLayers: layers,
    numAttentionHeads: 8,
    numKeyValueHeads: layers === 80 ? 1 : 8,
    tieWordEmbeddings: tied,
  } as ModelConfig;
  const shapes: [string, number[]][] = [['model.embed_tokens.weight', [500, hidden]]];
  for (let layer = 0; layer < layers; layer++) {
    for (const name of ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj']) {
      shapes.push([`model.layers.${layer}.${name}.weight`, [hidden, hidden]]);
    }
    shapes.push([`model.layers.${layer}.mlp.gate_proj.weight`, [inner, hidden]]);
    shapes.push([`model.layers.${layer}.mlp.up_proj.weight`, [inner, hidden]]);
    shapes.push([`model.layers.${layer}.mlp.down_proj.weight`, [hidden, inner]]);
    shapes.push([`model.layers.${layer}.input_layernorm.weight`, [hidden]]);
    shapes.push([`model.layers.${layer}.post_attention_layernorm.weight`, [hidden]]);
  }
  shapes.push(['model.norm.weight', [hidden]]);
  if (!tied) shapes.push(['lm_head.weight', [500, hidden]]);
  const counts: Record<string, number> = {};
  for (const [name, shape] of shapes) {
    const type = tensorType(name, shape, format, config);
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

/** The counts are those of files that `llama_model_quantize` (llama.cpp v0.5.0) wrote of models of these shapes. */
describe('tensorType', () => {
  it.each([
    ['Q8_0', 256, 512, 20, false, { Q8_0: 142, F32: 41 }],
    ['Q4_0', 256, 512, 20, false, { Q4_0: 141, F32: 41, Q6_K: 1 }],
    ['Q4_K_M', 256, 512, 20, false, { Q4_K: 121, F32: 41, Q6_K: 21 }],
    ['Q8_0', 192, 512, 11, true, { Q8_0: 78, F32: 23 }],
    ['Q4_0', 192, 512, 11, true, { Q4_0: 77, F32: 23, Q8_0: 1 }],
    ['Q4_K_M', 192, 512, 11, true, { Q5_0: 61, F32: 23, Q8_0: 6, Q4_K: 6, Q6_K: 5 }],
    ['Q4_K_M', 256, 256, 5, true, { Q4_K: 31, F32: 11, Q6_K: 5 }],
  ] as const)(
    'mixes types as llama.cpp does: %s of %i × %i, %i layers',
    (format, hidden, inner, layers, tied, expected) => {
      expect(count(format, hidden, inner, layers, tied)).toEqual(expected);
    },
  );

  it('takes F16 for rows that hold no whole blocks, and more bits for the values of the deepest Llama', () => {
    expect(count('Q8_0', 40, 48, 2, false)).toEqual({ F16: 16, F32: 5 });
    expect(count('Q4_K_M', 256, 256, 80, false).Q5_K).toBe(40);
  });
});
