/**
 * The Llama family (arXiv 2302.13971) as a program over symbolic tensors: what each layer computes, not how
 * its weights are stored or what is trained.
 * @module
 */
import { checkpoint } from '../../graph/differentiate.js';
import type { Graph, Tensor } from '../../graph/graph.js';
import { reshape } from '../../graph/ops/broadcast.js';
import { add, mul, silu } from '../../graph/ops/elementwise.js';
import { type RotaryTables, rmsNorm, rotary } from '../../graph/ops/normalization.js';
import { transpose } from '../../graph/ops/shape.js';
import type { ModelConfig } from '../../model/config.js';
import { type LayerWeights, project, vector } from './linear.js';

/** Attention over heads [batch, heads, sequence, headDim]; training and generation bring their own. */
export type Attend = (q: Tensor, k: Tensor, v: Tensor, layer: number) => Tensor;

/** Names of the parameters and weights of layer `layer` begin so. */
export function layerPrefix(layer: number): string {
  return `model.layers.${layer}.`;
}

/**
 * One decoder layer.
 *
 * @param x [tokens, hidden], tokens = batch · sequence
 * @param positions int64 [batch, sequence]
 */
export function decoderLayer(
  x: Tensor,
  layer: number,
  config: ModelConfig,
  weights: LayerWeights,
  positions: Tensor,
  tables: RotaryTables,
  attend: Attend,
): Tensor {
  const { numAttentionHeads, numKeyValueHeads, headDim, rmsNormEps } = config;
  const name = (rest: string): string => layerPrefix(layer) + rest;
  const heads = (y: Tensor, count: number): Tensor => {
    return transpose(reshape(y, ['batch', 'sequence', count, headDim]), [0, 2, 1, 3]);
  };

  const h = rmsNorm(x, vector(x, weights, name('input_layernorm.weight')), rmsNormEps);
  const [q, k, v] = project(
    h,
    weights,
    ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'].map(name),
  );
  const attended = attend(
    rotary(heads(q!, numAttentionHeads), positions, tables),
    rotary(heads(k!, numKeyValueHeads), positions, tables),
    heads(v!, numKeyValueHeads),
    layer,
  );
  const joined = reshape(transpose(attended, [0, 2, 1, 3]), [x.shape[0]!, numAttentionHeads * headDim]);
  const afterAttention = add(x, project(joined, weights, [name('self_attn.o_proj')])[0]!);

  const h2 = rmsNorm(afterAttention, vector(x, weights, name('post_attention_layernorm.weight')), rmsNormEps);
  const [gate, up] = project(h2, weights, ['mlp.gate_proj', 'mlp.up_proj'].map(name));
  // The activation is cheap to compute and as wide as the gate: it is computed again for the gradient instead of kept.
  const [activated] = checkpoint([gate!, up!], (g, u) => [mul(silu(g!), u!)]);
  return add(afterAttention, project(activated!, weights, [name('mlp.down_proj')])[0]!);
}

/** Cosines and sines of the rotary embedding for positions below `count`, in float32 as Transformers computes them. */
export function rotaryTables(graph: Graph, config: ModelConfig, count: number): RotaryTables {
  const half = config.headDim / 2;
  const cos = new Float32Array(count * half);
  const sin = new Float32Array(count * half);
  for (let j = 0; j < half; j++) {
    const frequency = Math.fround(1 / Math.fround(config.ropeTheta ** ((2 * j) / config.headDim)));
    for (let position = 0; position < count; position++) {
      const angle = Math.fround(position * frequency);
      cos[position * half + j] = Math.cos(angle);
      sin[position * half + j] = Math.sin(angle);
    }
  }
  return {
    cos: graph.constant('float32', [count, half], cos),
    sin: graph.constant('float32', [count, half], sin),
  };
}
