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
import { type BaseWeights, embeddingRows, storedMatrix } from './weights.js';

/** A graph and its one output. */
export interface SingleOutput {
  graph: Graph;
  output: string;
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
export function buildHiddenGraph(config: ModelConfig, base: BaseWeights, length: number): SingleOutput {
  const graph = new Graph();
  const ids = graph.input('input_ids', 'int64', ['tokens']);
  const positions = graph.input('position_ids', 'int64', ['batch', 'sequence']);
  const mask = graph.input('mask', 'float32', ['batch', 1, 'sequence', 'sequence']);
  const predictors = graph.input('predictors', 'int64', ['targets']);
  const tables = rotaryTables(graph, config, length);
  const blocks = maskBlocks(mask, length, config.numAttentionHeads / config.numKeyValueHeads);
  const weights: LayerWeights = { base, parameters: new Map() };
  let x = embeddingRows(graph, base, EMBEDDINGS, ids);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    x = decoderLayer(x, layer, config, weights, positions, tables, (q, k, v) => attention(q, k, v, blocks));
  }
  const norm = vector(x, weights, 'model.norm.weight');
  return { graph, output: graph.output(rmsNorm(gatherRows(x, predictors), norm, config.rmsNormEps)) };
}

/** From `hidden` float32 [targets, hidden] and `target_ids` int64 [targets] to -log softmax(logits)[target], [targets, 1]. */
export function buildHeadGraph(config: ModelConfig, base: BaseWeights): SingleOutput {
  const graph = new Graph();
  const hidden = graph.input('hidden', 'float32', ['targets', config.hiddenSize]);
  const targets = reshape(graph.input('target_ids', 'int64', ['targets']), ['targets', 1]);
  const name = config.tieWordEmbeddings ? EMBEDDINGS : 'lm_head.weight';
  const logits = matmul(hidden, storedMatrix(graph, base.tensors.get(name)!).dense(), { transB: true });
  // log Σe^x = max - log(max p), as the loss of training computes it.
  const logSum = sub(maxLast(logits), log(maxLast(softmax(logits))));
  return { graph, output: graph.output(sub(logSum, pickColumns(logits, targets))) };
}
