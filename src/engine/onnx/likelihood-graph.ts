/**
 * The graphs that give the loss of every supervised token by itself: the layers, and the output head over some tokens at
 * a time, so that all logits never exist at once.
 * @module
 */
import { Graph } from '../../graph/graph.js';
import { reshape } from '../../graph/ops/broadcast.js';
import { log, sub } from '../../graph/ops/elementwise.js';
import { gatherRows, pickColumns } from '../../graph/ops/indexing.js';
import { matmul } from '../../graph/ops/matmul.js';
import { rmsNorm, softmax } from '../../graph/ops/normalization.js';
import { maxLast } from '../../graph/ops/reduce.js';
import type { ModelConfig } from '../../model/config.js';
import { attention, maskBlocks } from './attention.js';
import { type LayerWeights, vector } from './linear.js';
import { decoderLayer, rotaryTables } from './llama.js';
import type { AdapterShape, Parameter } from './parameters.js';
import { type BaseWeights, embeddingRows, storedMatrix } from './weights.js';

/** What decides the layers. */
export interface HiddenGraphOptions {
  config: ModelConfig;
  base: BaseWeights;
  /** The adapter's matrices; they are inputs of the graph, by their names. */
  parameters: readonly Parameter[];
  adapter?: AdapterShape;
}

const EMBEDDINGS = 'model.embed_tokens.weight';

/**
 * From tokens to the hidden state that predicts each supervised token, float32 [targets, hidden].
 *
 * Inputs: `input_ids` int64 [tokens], `position_ids` int64 [batch, sequence], `mask` float32 [batch, 1, sequence,
 * sequence], `predictors` int64 [targets], as in training.
 *
 * @param length longest row that will come, in tokens
 */
export function buildHiddenGraph(
  { config, base, adapter, ...options }: HiddenGraphOptions,
  length: number,
): { graph: Graph; output: string } {
  const graph = new Graph();
  const ids = graph.input('input_ids', 'int64', ['tokens']);
  const positions = graph.input('position_ids', 'int64', ['batch', 'sequence']);
  const mask = graph.input('mask', 'float32', ['batch', 1, 'sequence', 'sequence']);
  const predictors = graph.input('predictors', 'int64', ['targets']);
  const tables = rotaryTables(graph, config, length);
  const blocks = maskBlocks(mask, length, config.numAttentionHeads / config.numKeyValueHeads);
  const parameters = new Map(
    options.parameters.map(({ name, shape }) => [name, graph.input(name, 'float32', shape)]),
  );
  const weights: LayerWeights = { base, parameters, adapter };
  let x = embeddingRows(graph, base, EMBEDDINGS, ids);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    x = decoderLayer(x, layer, config, weights, positions, tables, (q, k, v) => attention(q, k, v, blocks));
  }
  const norm = vector(x, weights, 'model.norm.weight');
  return { graph, output: graph.output(rmsNorm(gatherRows(x, predictors), norm, config.rmsNormEps)) };
}

/** The output head over some tokens. */
export interface HeadGraph {
  graph: Graph;
  /** -log softmax(logits)[target], [targets, 1]. */
  losses: string;
  /** How far the target's logit lies below the highest, [targets, 1]; 0 where greedy generation would choose it. */
  margins: string;
}

/** Inputs: `hidden` float32 [targets, hidden] and `target_ids` int64 [targets]. */
export function buildHeadGraph(config: ModelConfig, base: BaseWeights): HeadGraph {
  const graph = new Graph();
  const hidden = graph.input('hidden', 'float32', ['targets', config.hiddenSize]);
  const targets = reshape(graph.input('target_ids', 'int64', ['targets']), ['targets', 1]);
  const name = config.tieWordEmbeddings ? EMBEDDINGS : 'lm_head.weight';
  const logits = matmul(hidden, storedMatrix(graph, base.tensors.get(name)!).dense(), { transB: true });
  const highest = maxLast(logits);
  const chosen = pickColumns(logits, targets);
  // log Σe^x = max - log(max p), as the loss of training computes it.
  const logSum = sub(highest, log(maxLast(softmax(logits))));
  return {
    graph,
    losses: graph.output(sub(logSum, chosen)),
    margins: graph.output(sub(highest, chosen)),
  };
}
