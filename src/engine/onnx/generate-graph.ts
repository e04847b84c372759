/**
 * The graphs of generation: one reads prompts, one makes a token of every answer.
 *
 * A sequence's past lies in two places. What several sequences share (system text, worked examples, a table) is held once
 * as a row of the *prefix*; what a sequence has alone is its *past*.
 * @module
 */

import { Graph, type Tensor } from '../../graph/graph.js';
import { argMax, gatherRows } from '../../graph/ops/indexing.js';
import { matmul } from '../../graph/ops/matmul.js';
import { rmsNorm } from '../../graph/ops/normalization.js';
import { multiplyRows, quantizeRows } from '../../graph/ops/quantize.js';
import type { ModelConfig } from '../../model/config.js';
import { bring } from './frozen/base.js';
import { readingAttention, stepAttention } from './generate-attention.js';
import { headName } from './generation-weights.js';
import { type LayerWeights, vector } from './linear.js';
import { decoderLayer, rotaryTables } from './llama.js';
import type { AdapterShape, Parameter } from './parameters.js';
import { type BaseWeights, embeddingRows, storedMatrix } from './weights.js';

/** What decides the graph. */
export interface GenerateGraphOptions {
  config: ModelConfig;
  base: BaseWeights;
  parameters: readonly Parameter[];
  adapter?: AdapterShape;
  /** Whether each sequence gets several tokens or one. */
  kind: 'read' | 'step';
  /** Whether sequences continue a shared prefix. */
  hasPrefix: boolean;
  /** Whether sequences have a past of their own; a step's always have. */
  hasPast: boolean;
  /** Blocks that the new tokens of a sequence are cut into for attention; a sequence needs as many tokens. */
  blocks: number;
}

/** Names of the outputs. */
export interface GenerateGraph {
  graph: Graph;
  /** int64 [batch]: the most likely token after each sequence. */
  next: string;
  /** float32 [batch, vocabulary]: the logits of the token after each sequence. */
  logits: string;
  /** For each layer the keys and values of the new tokens, [batch, kvHeads, sequence, headDim]. */
  keys: string[];
  values: string[];
}

const EMBEDDINGS = 'model.embed_tokens.weight';

/**
 * Builds the graph for some new tokens of every sequence.
 *
 * Inputs: `input_ids` int64 [tokens], tokens = batch · sequence; `position_ids` int64 [batch, sequence]; `last` int64
 * [batch], the token whose successor is wanted; what attention reads (`generate-attention.ts`).
 */
export function buildGenerateGraph(options: GenerateGraphOptions): GenerateGraph {
  const { config, base, adapter } = options;
  const graph = new Graph();
  const ids = graph.input('input_ids', 'int64', ['tokens']);
  const positions = graph.input('position_ids', 'int64', ['batch', 'sequence']);
  const last = graph.input('last', 'int64', ['batch']);
  const parameters = new Map(
    options.parameters.map(({ name, shape }) => [name, graph.input(name, 'float32', shape)]),
  );
  const keys: string[] = [];
  const values: string[] = [];
  const attention =
    options.kind === 'read' ? readingAttention(graph, options) : stepAttention(graph, options);
  const weights: LayerWeights = { base, parameters, adapter };
  const tables = rotaryTables(graph, config, config.maxPositionEmbeddings);
  const table = parameters.get(EMBEDDINGS);
  let x = table ? gatherRows(table, ids) : embeddingRows(graph, base, EMBEDDINGS, ids);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    x = decoderLayer(x, layer, config, weights, positions, tables, (q, k, v) => {
      keys.push(graph.output(k));
      values.push(graph.output(v));
      return attention(q, k, v, layer);
    });
  }
  const hidden = rmsNorm(gatherRows(x, last), vector(x, weights, 'model.norm.weight'), config.rmsNormEps);
  const logits = applyHead(hidden, headName(config), weights);
  return { graph, next: graph.output(argMax(logits)), logits: graph.output(logits), keys, values };
}

/** Logits of hidden states. */
function applyHead(hidden: Tensor, name: string, { base, parameters }: LayerWeights): Tensor {
  const { graph } = hidden;
  const trained = parameters.get(name);
  const int8 = base.int8Compute === 'int8' ? base.int8?.get(name) : undefined;
  if (!trained && int8) {
    return multiplyRows(quantizeRows(hidden), bring(graph, int8.codes), bring(graph, int8.scales));
  }
  return matmul(hidden, trained ?? storedMatrix(graph, base.tensors.get(name)!).dense(), { transB: true });
}
