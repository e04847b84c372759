/**
 * The graph of a micro-batch: forward, loss and, for training, gradients added to accumulators.
 * @module
 */
import { checkpoint, differentiate } from '../../graph/differentiate.js';
import type { Tensor } from '../../graph/graph.js';
import { Graph } from '../../graph/graph.js';
import { add } from '../../graph/ops/elementwise.js';
import { gatherRows } from '../../graph/ops/indexing.js';
import { rmsNorm } from '../../graph/ops/normalization.js';
import type { ModelConfig } from '../../model/config.js';
import { attention, maskBlocks } from './attention.js';
import { crossEntropySum, type Head } from './cross-entropy.js';
import { type LayerWeights, type MergedBranch, mergedName, vector } from './linear.js';
import { decoderLayer, layerPrefix, rotaryTables } from './llama.js';
import { type AdapterShape, adapterPart, type Parameter } from './parameters.js';
import { type BaseWeights, embeddingRows, storedMatrix } from './weights.js';

/** What decides the graph. */
export interface TrainGraphOptions {
  config: ModelConfig;
  base: BaseWeights;
  parameters: readonly Parameter[];
  adapter?: AdapterShape;
  /** Rank of the adapters that were merged into the base; default 0. */
  mergedRank?: number;
  /** Layers, from the first on, that are computed a second time for their gradient. */
  checkpointedLayers: number;
  /** Longest row that will come, in tokens. */
  length: number;
  /** Whether attention computes whole squares, for a runtime that cannot take empty blocks. Default false. */
  attendInOneBlock?: boolean;
  /** Pieces in which the loss is computed; at most the targets of the smallest micro-batch. */
  lossChunks: number;
}

/** Name of the output that holds the new accumulator of a parameter; the old one comes in as `gradient:<name>`. */
export interface TrainGraph {
  graph: Graph;
  /** Output with the scaled loss sum. */
  loss: string;
  /** Parameter name → output with accumulator + gradient; absent without gradients. */
  gradients: Map<string, string>;
}

const EMBEDDINGS = 'model.embed_tokens.weight';

/**
 * Builds the graph of one micro-batch.
 *
 * Inputs: `input_ids` int64 [tokens], `position_ids` int64 [batch, sequence], `mask` float32 [batch, 1, sequence,
 * sequence], `predictors` int64 [targets] (index of the token whose logits predict), `target_ids` int64 [targets],
 * `target_weights` float32 [targets, 1], `loss_scale` float32 [] (1 / supervised tokens of the whole step), every parameter by its name, and with
 * `withGradients` its accumulator `gradient:<name>`; with dropout `dropout_pool` and `dropout_offsets`; with `mergedRank` the
 * merged matrices by {@link mergedName}.
 */
export function buildTrainGraph(options: TrainGraphOptions, withGradients: boolean): TrainGraph {
  const { config, base, adapter } = options;
  const graph = new Graph();
  const ids = graph.input('input_ids', 'int64', ['tokens']);
  const positions = graph.input('position_ids', 'int64', ['batch', 'sequence']);
  const mask = graph.input('mask', 'float32', ['batch', 1, 'sequence', 'sequence']);
  const predictors = graph.input('predictors', 'int64', ['targets']);
  const targetIds = graph.input('target_ids', 'int64', ['targets']);
  const targetWeights = graph.input('target_weights', 'float32', ['targets', 1]);
  const scale = graph.input('loss_scale', 'float32', []);
  const parameters = new Map(
    options.parameters.map(({ name, shape }) => [name, graph.input(name, 'float32', shape)]),
  );
  const merged = mergedBranch(graph, options);
  const dropout =
    withGradients && adapter && adapter.dropout > 0
      ? {
          pool: graph.input('dropout_pool', 'float32', ['pool']),
          offsets: graph.input('dropout_offsets', 'int64', [adapter.modules.length]),
        }
      : undefined;

  const tables = rotaryTables(graph, config, options.length);
  const groupSize = config.numAttentionHeads / config.numKeyValueHeads;
  const blocks = maskBlocks(mask, options.length, groupSize, options.attendInOneBlock);
  const embeddings = parameters.get(EMBEDDINGS);
  let x = embeddings ? gatherRows(embeddings, ids) : embeddingRows(graph, base, EMBEDDINGS, ids);

  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const names = [...parameters.keys()].filter((name) => name.startsWith(layerPrefix(layer)));
    const run = (input: Tensor, ...own: Tensor[]): Tensor[] => {
      const weights: LayerWeights = {
        base,
        parameters: new Map(names.map((name, i) => [name, own[i]!])),
        adapter,
        dropout,
        merged,
      };
      return [
        decoderLayer(input, layer, config, weights, positions, tables, (q, k, v) =>
          attention(q, k, v, blocks),
        ),
      ];
    };
    const inputs = [x, ...names.map((name) => parameters.get(name)!)] as const;
    // The first layers: their gradients come last, when what the others kept is no longer there.
    x = (withGradients && layer < options.checkpointedLayers ? checkpoint(inputs, run) : run(...inputs))[0]!;
  }

  const last = rmsNorm(
    gatherRows(x, predictors),
    vector(x, { base, parameters }, 'model.norm.weight'),
    config.rmsNormEps,
  );
  const lossSum = crossEntropySum(
    last,
    targetIds,
    targetWeights,
    outputHead(graph, options, parameters),
    options.lossChunks,
  );
  graph.output(lossSum);
  const gradients = new Map<string, string>();
  if (withGradients) {
    const targets = [...parameters.values()];
    const derived = differentiate([[lossSum, scale]], targets);
    // Results run in the order in which they are written: the last layer first, as its gradient is derived first.
    // In any other order, what the layers above still need would wait for the first layer.
    const whenDerived = targets.flatMap((target, i) =>
      derived[i] ? [{ target, gradient: derived[i] }] : [],
    );
    whenDerived.sort((a, b) => a.gradient.operation!.id - b.gradient.operation!.id);
    for (const { target, gradient } of whenDerived) {
      const accumulator = graph.input(`gradient:${target.name}`, 'float32', target.shape);
      gradients.set(target.name, graph.output(add(accumulator, gradient)));
    }
  }
  return { graph, loss: lossSum.name, gradients };
}

/** Inputs for the merged matrices: no gradient is asked for them, so none is derived. */
function mergedBranch(
  graph: Graph,
  { parameters, adapter, mergedRank = 0 }: TrainGraphOptions,
): MergedBranch | undefined {
  if (!adapter || mergedRank === 0) return undefined;
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of parameters) {
    const { module, matrix } = adapterPart(name);
    const input = mergedName(module, matrix);
    const size = matrix === 'A' ? [mergedRank, shape[1]!] : [shape[0]!, mergedRank];
    tensors.set(input, graph.input(input, 'float32', size));
  }
  return { rank: mergedRank, tensors };
}

function outputHead(
  graph: Graph,
  { config, base }: TrainGraphOptions,
  parameters: ReadonlyMap<string, Tensor>,
): Head {
  const name = config.tieWordEmbeddings ? EMBEDDINGS : 'lm_head.weight';
  const parameter = parameters.get(name);
  if (parameter) return { dense: () => parameter, parameter };
  return storedMatrix(graph, base.tensors.get(name)!);
}
