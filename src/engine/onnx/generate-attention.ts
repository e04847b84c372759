/**
 * How the graphs of generation attend: over a sequence's new tokens, its own past and a prefix that it shares, with one
 * softmax over all of them.
 * @module
 */
import type { Graph, Tensor } from '../../graph/graph.js';
import { reshape } from '../../graph/ops/broadcast.js';
import { add, mul } from '../../graph/ops/elementwise.js';
import { gatherRows } from '../../graph/ops/indexing.js';
import { matmul, matmulShared } from '../../graph/ops/matmul.js';
import { softmax } from '../../graph/ops/normalization.js';
import { concat, slice, sliceBetween, split, transpose } from '../../graph/ops/shape.js';
import type { ModelConfig } from '../../model/config.js';
import type { Attend } from './llama.js';

/** What decides how it attends; see `GenerateGraphOptions`. */
export interface GenerateAttentionOptions {
  config: ModelConfig;
  hasPrefix: boolean;
  hasPast: boolean;
  blocks: number;
}

/** Keys and values of every layer that a graph is given. */
interface GivenKeys {
  /** Added to the scores: 0 where a token is seen. */
  mask: Tensor;
  layers: { keys: Tensor; values: Tensor }[];
}

/** A stretch of keys: the scores of the queries there, and the sum of its values that weights give. */
interface Stretch {
  /** Name of the last axis of `scores`. */
  size: string | number;
  scores: Tensor;
  output(weights: Tensor): Tensor;
}

/**
 * Attention of several new tokens, causal among each other, in blocks of queries that skip the keys behind them.
 *
 * Inputs: `mask` float32 [sequence, sequence], and with more than one block `bounds` int64 [blocks + 1], where blocks begin
 * and end; with a past `past_mask` [batch, 1, 1, past] and `past_key.<layer>`, `past_value.<layer>` [batch, kvHeads, past,
 * headDim]; with a prefix `prefix_mask` [batch, 1, 1, prefix], `prefix_of` int64 [batch], the row that each sequence
 * continues, and keys and values [groups, kvHeads, prefix, headDim].
 */
export function readingAttention(graph: Graph, options: GenerateAttentionOptions): Attend {
  const { config, hasPrefix, hasPast, blocks: count } = options;
  const { numKeyValueHeads: kvHeads, headDim } = config;
  const group = config.numAttentionHeads / kvHeads;
  const alpha = 1 / Math.sqrt(headDim);
  const mask = graph.input('mask', 'float32', ['sequence', 'sequence']);
  const past = hasPast ? givenKeys(graph, config, 'past', 'batch', []) : undefined;
  const prefix = hasPrefix ? givenKeys(graph, config, 'prefix', 'groups', []) : undefined;
  const prefixOf = hasPrefix ? graph.input('prefix_of', 'int64', ['batch']) : undefined;
  const bounds = count > 1 ? graph.input('bounds', 'int64', [count + 1]) : undefined;
  const bound = (b: number): Tensor => graph.derived(`bound${b}`, () => slice(bounds!, 0, b, b + 1));
  const cutRows = (x: Tensor, axis: number, b: number): Tensor =>
    bounds ? sliceBetween(x, axis, bound(b), bound(b + 1), `rows${b}`) : x;
  const cutColumns = (x: Tensor, axis: number, b: number): Tensor =>
    bounds ? sliceBetween(x, axis, graph.integers(0), bound(b + 1), `columns${b}`) : x;
  const rows = (b: number): string => (bounds ? `rows${b}` : 'sequence');
  const masks = Array.from({ length: count }, (_, b) => {
    const block = cutColumns(cutRows(mask, 0, b), 1, b);
    return concat(Array<Tensor>(group).fill(block), 0, `grouped${b}`);
  });

  return (q, k, v, layer) => {
    const given = (keys: Tensor, values: Tensor, added: Tensor) => ({ keys, values, mask: added });
    const others = [
      ...(past ? [given(past.layers[layer]!.keys, past.layers[layer]!.values, past.mask)] : []),
      ...(prefix
        ? [
            given(
              gatherRows(prefix.layers[layer]!.keys, prefixOf!),
              gatherRows(prefix.layers[layer]!.values, prefixOf!),
              prefix.mask,
            ),
          ]
        : []),
    ];
    const apart = reshape(q, ['batch', kvHeads, group, 'sequence', headDim]);
    const outputs = masks.map((added, b) => {
      const queries = reshape(cutRows(apart, 3, b), ['batch', kvHeads, `grouped${b}`, headDim]);
      const own = given(cutColumns(k, 2, b), cutColumns(v, 2, b), added);
      const output = attendStretches(
        [own, ...others].map(({ keys, values, mask }) => ({
          size: keys.shape[2]!,
          scores: add(matmul(queries, keys, { transB: true, alpha }), mask),
          output: (weights) => matmul(weights, values),
        })),
        `keys${b}`,
      );
      return reshape(output, ['batch', kvHeads, group, rows(b), headDim]);
    });
    const whole = bounds ? concat(outputs, 3, 'sequence') : outputs[0]!;
    return reshape(whole, ['batch', config.numAttentionHeads, 'sequence', headDim]);
  };
}

/**
 * Attention of one new token of every sequence.
 *
 * Queries of a sequence meet its own keys one by one (`matmulShared`), those of all members of a prefix in one product.
 *
 * Inputs: `past_mask` float32 [batch, 1, 1, 1, past] and `past_key.<layer>`, `past_value.<layer>` [batch, kvHeads, 1, past,
 * headDim]; with a prefix `prefix_mask` [batch, 1, 1, 1, prefix], `prefix_members` int64 [groups, members], the sequences
 * that continue each row (any sequence where a row has fewer), `prefix_place` int64 [batch], each sequence's place in it,
 * and keys and values [groups, kvHeads, prefix, headDim].
 */
export function stepAttention(graph: Graph, { config, hasPrefix }: GenerateAttentionOptions): Attend {
  const { numKeyValueHeads: kvHeads, headDim } = config;
  const group = config.numAttentionHeads / kvHeads;
  const past = givenKeys(graph, config, 'past', 'batch', [1]);
  const prefix = hasPrefix ? givenKeys(graph, config, 'prefix', 'groups', [], [1]) : undefined;
  const members = hasPrefix
    ? reshape(graph.input('prefix_members', 'int64', ['groups', 'members']), ['places'])
    : undefined;
  const place = hasPrefix ? graph.input('prefix_place', 'int64', ['batch']) : undefined;
  const scale = graph.scalar(1 / Math.sqrt(headDim));
  /** From sequences to the members of each prefix, and back. */
  const gather = (x: Tensor): Tensor => {
    const width = x.shape[4]!;
    const gathered = gatherRows(reshape(x, ['batch', kvHeads, group, width]), members!);
    const apart = reshape(gathered, ['groups', 'members', kvHeads, group, width]);
    return reshape(transpose(apart, [0, 2, 1, 3, 4]), ['groups', kvHeads, 'stacked', width]);
  };
  const spread = (x: Tensor): Tensor => {
    const width = x.shape[3]!;
    const apart = transpose(reshape(x, ['groups', kvHeads, 'members', group, width]), [0, 2, 1, 3, 4]);
    const single = gatherRows(reshape(apart, ['places', kvHeads, group, width]), place!);
    return reshape(single, ['batch', kvHeads, group, 1, width]);
  };

  return (q, k, v, layer) => {
    const queries = reshape(mul(q, scale), ['batch', kvHeads, group, 1, headDim]);
    const [ownKeys, ownValues] = [k, v].map((x) => reshape(x, ['batch', kvHeads, 1, 1, headDim]));
    const { keys, values } = past.layers[layer]!;
    const stretches: Stretch[] = [
      {
        size: 1,
        scores: matmulShared(queries, ownKeys!, { transB: true }),
        output: (weights) => matmulShared(weights, ownValues!),
      },
      {
        size: 'past',
        scores: add(matmulShared(queries, keys, { transB: true }), past.mask),
        output: (weights) => matmulShared(weights, values),
      },
    ];
    if (prefix) {
      const { keys, values } = prefix.layers[layer]!;
      stretches.push({
        size: 'prefix',
        scores: add(spread(matmul(gather(queries), keys, { transB: true })), prefix.mask),
        output: (weights) => spread(matmul(gather(weights), values)),
      });
    }
    const output = attendStretches(stretches, 'keys');
    return reshape(output, ['batch', config.numAttentionHeads, 'sequence', headDim]);
  };
}

/** One softmax over the scores of all stretches, whose sizes add up to the size that `name` names. */
function attendStretches(stretches: readonly Stretch[], name: string): Tensor {
  if (stretches.length === 1) return stretches[0]!.output(softmax(stretches[0]!.scores));
  const scores = concat(
    stretches.map((stretch) => stretch.scores),
    -1,
    name,
  );
  const weights = split(
    softmax(scores),
    -1,
    stretches.map(({ size }) => size),
  );
  return stretches.map((stretch, i) => stretch.output(weights[i]!)).reduce(add);
}

function givenKeys(
  graph: Graph,
  config: ModelConfig,
  kind: 'prefix' | 'past',
  rows: string,
  between: readonly number[],
  maskBetween = between,
): GivenKeys {
  const shape = [rows, config.numKeyValueHeads, ...between, kind, config.headDim];
  return {
    mask: graph.input(`${kind}_mask`, 'float32', ['batch', 1, ...maskBetween, 1, kind]),
    layers: Array.from({ length: config.numHiddenLayers }, (_, layer) => ({
      keys: graph.input(`${kind}_key.${layer}`, 'float32', shape),
      values: graph.input(`${kind}_value.${layer}`, 'float32', shape),
    })),
  };
}
