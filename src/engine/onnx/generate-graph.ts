/**
 * The graph of generation: some new tokens of a batch of sequences, after what was computed before.
 *
 * A sequence's past lies in two places. What several sequences share (system text, worked examples, a table) is
 * held once a group as its *prefix*; what a sequence has alone is its *past*. Batch rows are ordered by group:
 * batch = groups · members.
 * @module
 */

import type { Tensor } from '../../graph/graph.js';
import { Graph } from '../../graph/graph.js';
import { reshape, sum } from '../../graph/ops/broadcast.js';
import { add, div, exp, maximum, sub } from '../../graph/ops/elementwise.js';
import { argMax, gatherRows } from '../../graph/ops/indexing.js';
import { matmul } from '../../graph/ops/matmul.js';
import { rmsNorm } from '../../graph/ops/normalization.js';
import { maxLast } from '../../graph/ops/reduce.js';
import { concat, transpose } from '../../graph/ops/shape.js';
import type { ModelConfig } from '../../model/config.js';
import { type LayerWeights, vector } from './linear.js';
import { type Attend, decoderLayer, rotaryTables } from './llama.js';
import type { AdapterShape, Parameter } from './parameters.js';
import { type BaseWeights, embeddingRows, storedMatrix } from './weights.js';

/** What decides the graph. */
export interface GenerateGraphOptions {
  config: ModelConfig;
  base: BaseWeights;
  parameters: readonly Parameter[];
  adapter?: AdapterShape;
  /** Whether sequences continue a shared prefix. */
  hasPrefix: boolean;
  /** Whether sequences have a past of their own. */
  hasPast: boolean;
  /** Whether the next token's logits are wanted, or only the most likely token. */
  wantsLogits: boolean;
}

/** Names of the outputs. */
export interface GenerateGraph {
  graph: Graph;
  /** float32 [batch, vocabulary] with `wantsLogits`, otherwise int64 [batch]: the most likely token. */
  next: string;
  /** For each layer the keys and values of the new tokens, [batch, kvHeads, sequence, headDim]. */
  keys: string[];
  values: string[];
}

const EMBEDDINGS = 'model.embed_tokens.weight';

/**
 * Builds the graph for some new tokens of every sequence.
 *
 * Inputs: `input_ids` int64 [tokens], tokens = batch · sequence; `position_ids` int64 [groups, members, sequence];
 * `mask` float32 [batch, 1, sequence, sequence]; `last` int64 [batch], the token whose successor is wanted; with a
 * prefix `prefix_mask` [groups, 1, 1, prefix] and `prefix_key.<layer>`, `prefix_value.<layer>` [groups, kvHeads,
 * prefix, headDim]; with a past the same as `past_…` [batch, …].
 */
export function buildGenerateGraph(options: GenerateGraphOptions): GenerateGraph {
  const { config, base, adapter } = options;
  const kvHeads = config.numKeyValueHeads;
  const graph = new Graph();
  const ids = graph.input('input_ids', 'int64', ['tokens']);
  const mask = graph.input('mask', 'float32', ['batch', 1, 'sequence', 'sequence']);
  const positions = reshape(graph.input('position_ids', 'int64', ['groups', 'members', 'sequence']), [
    'batch',
    'sequence',
  ]);
  const last = graph.input('last', 'int64', ['batch']);
  const parameters = new Map(
    options.parameters.map(({ name, shape }) => [name, graph.input(name, 'float32', shape)]),
  );
  const cache = (kind: 'prefix' | 'past', rows: string) => ({
    mask: graph.input(`${kind}_mask`, 'float32', [rows, 1, 1, kind]),
    layers: Array.from({ length: config.numHiddenLayers }, (_, layer) => ({
      keys: graph.input(`${kind}_key.${layer}`, 'float32', [rows, kvHeads, kind, config.headDim]),
      values: graph.input(`${kind}_value.${layer}`, 'float32', [rows, kvHeads, kind, config.headDim]),
    })),
  });
  const prefix = options.hasPrefix ? cache('prefix', 'groups') : undefined;
  const past = options.hasPast ? cache('past', 'batch') : undefined;
  const ownMask = concat(Array<Tensor>(config.numAttentionHeads / kvHeads).fill(mask), 2, 'grouped');

  const keys: string[] = [];
  const values: string[] = [];
  const attend: Attend = (q, k, v, layer) => {
    keys.push(graph.output(k));
    values.push(graph.output(v));
    const parts: AttentionPart[] = [{ keys: k, values: v, mask: ownMask }];
    if (past) parts.push({ ...past.layers[layer]!, mask: past.mask });
    if (prefix) parts.push({ ...prefix.layers[layer]!, mask: prefix.mask, shared: true });
    return attendParts(q, parts, kvHeads);
  };

  const weights: LayerWeights = { base, parameters, adapter };
  const tables = rotaryTables(graph, config, config.maxPositionEmbeddings);
  const table = parameters.get(EMBEDDINGS);
  let x = table ? gatherRows(table, ids) : embeddingRows(graph, base, EMBEDDINGS, ids);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    x = decoderLayer(x, layer, config, weights, positions, tables, attend);
  }
  const hidden = rmsNorm(gatherRows(x, last), vector(x, weights, 'model.norm.weight'), config.rmsNormEps);
  const headName = config.tieWordEmbeddings ? EMBEDDINGS : 'lm_head.weight';
  const head = parameters.get(headName) ?? storedMatrix(graph, base.tensors.get(headName)!).dense();
  const logits = matmul(hidden, head, { transB: true });
  return { graph, next: graph.output(options.wantsLogits ? logits : argMax(logits)), keys, values };
}

interface AttentionPart {
  keys: Tensor;
  values: Tensor;
  /** Added to the scores. */
  mask: Tensor;
  /** Whether the part is held once a group instead of once a sequence. */
  shared?: boolean;
}

/**
 * Attention over several separate stretches of keys with one softmax over all of them: each stretch is
 * exponentiated against the common maximum, numerators and denominators are added. Queries of a group meet its
 * prefix in one product.
 */
function attendParts(q: Tensor, parts: readonly AttentionPart[], kvHeads: number): Tensor {
  const [, heads, , headDim] = q.shape as [string, number, string, number];
  const own = reshape(q, ['batch', kvHeads, 'grouped', headDim]);
  const stack = (x: Tensor): Tensor => {
    const width = x.shape[3]!;
    const apart = reshape(x, ['groups', 'members', kvHeads, 'grouped', width]);
    return reshape(transpose(apart, [0, 2, 1, 3, 4]), ['groups', kvHeads, 'stacked', width]);
  };
  const unstack = (x: Tensor): Tensor => {
    const width = x.shape[3]!;
    const apart = reshape(x, ['groups', kvHeads, 'members', 'grouped', width]);
    return reshape(transpose(apart, [0, 2, 1, 3, 4]), ['batch', kvHeads, 'grouped', width]);
  };
  const scored = parts.map((part) => {
    const queries = part.shared ? stack(own) : own;
    const scores = add(
      matmul(queries, part.keys, { transB: true, alpha: 1 / Math.sqrt(headDim) }),
      part.mask,
    );
    const [outward, inward] = part.shared ? [unstack, stack] : [(x: Tensor) => x, (x: Tensor) => x];
    return { ...part, scores, outward, inward };
  });
  const highest = scored.map(({ scores, outward }) => outward(maxLast(scores))).reduce(maximum);
  const weighted = scored.map(({ scores, values, outward, inward }) => {
    const powers = exp(sub(scores, inward(highest)));
    return { total: outward(sum(powers, -1)), output: outward(matmul(powers, values)) };
  });
  const output = weighted.map((part) => part.output).reduce(add);
  const total = weighted.map((part) => part.total).reduce(add);
  return reshape(div(output, total), ['batch', heads, 'sequence', headDim]);
}
