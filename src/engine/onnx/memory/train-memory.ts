/**
 * The memory of training and of the loss on the validation split, term by term, before anything is computed.
 * @module
 */
import { targetModules } from '../../../adapter/lora.js';
import type { ShardSet } from '../../../chat/shard.js';
import type { ModelConfig } from '../../../model/config.js';
import type { StoredTensor } from '../../../model/weights.js';
import type { EngineSettings } from '../../../train/settings.js';
import { collectGarbage } from '../garbage.js';
import { trainSizes } from '../graph-sizes.js';
import { checkpointedLayers, lossChunkCount } from '../memory-level.js';
import { batchLength } from '../micro-batch.js';
import { optimizerMemory, stateBytes } from '../optimizer-memory.js';
import { adapterShape, trainedParameters } from '../parameters.js';
import { buildTrainGraph } from '../train-graph.js';
import { type GraphMemory, graphMemory } from './graph-memory.js';
import { predictedBase } from './predicted-base.js';
import { type MemoryTerm, type PhaseMemory, phaseOf } from './terms.js';

/** Rows that are computed together, of known lengths. */
export type Lengths = Pick<ShardSet, 'length' | 'lengthPerRow' | 'supervisedPerRow'>;

/** What a training is predicted from. */
export interface TrainMemoryInput {
  config: ModelConfig;
  /** Names and shapes of the model's tensors. */
  tensors: ReadonlyMap<string, Pick<StoredTensor, 'name' | 'shape'>>;
  settings: EngineSettings;
  train: Lengths;
  /** Micro-batches that will come. */
  batches: readonly (readonly number[])[];
  evaluation?: { shards: Lengths; rows: number; batchSize: number };
  /** Rank of the adapters that earlier stages leave merged. Default 0. */
  mergedRank?: number;
}

/**
 * What the process takes by itself before an engine is there: Node, the program, the tokenizer and the runtime's library
 * (measured; docs/memory.md).
 */
export const PROCESS_BYTES = 300 * 2 ** 20;

/** Predicted peaks of loading, training, the loss on the validation split, and saving. */
export function predictTraining(input: TrainMemoryInput): PhaseMemory[] {
  const { config, settings, mergedRank = 0 } = input;
  const base = predictedBase(input.tensors, config, settings.precision);
  const parameters = trainedParameters(config, settings, base.tensors);
  const adapter = adapterShape(config, settings);
  const widths = settings.lora
    ? targetModules(config, settings.lora).map(({ inFeatures }) => inFeatures)
    : [];
  const elements = parameters.reduce((sum, { size }) => sum + size, 0);
  const merged = adapter ? (4 * elements * mergedRank) / adapter.r : 0;

  const count = (shards: Lengths, batches: readonly (readonly number[])[], withGradients: boolean) => {
    const sum = (batch: readonly number[]): number =>
      batch.reduce((total, row) => total + shards.supervisedPerRow[row]!, 0);
    const rows = batches.reduce((most, batch) => Math.max(most, batch.length), 0);
    const lossChunks = lossChunkCount(shards, rows, config, settings);
    const limits = { config, longest: shards.length, lossChunks };
    const built = buildTrainGraph(
      {
        config,
        base,
        parameters,
        adapter,
        mergedRank,
        checkpointedLayers: checkpointedLayers(settings, config),
        length: shards.length,
        lossChunks,
      },
      withGradients,
    );
    const sizes = extremes(
      batches.map((batch) => ({
        batch: batch.length,
        sequence: batchLength(shards, batch),
        targets: Math.max(sum(batch), lossChunks),
      })),
    );
    const memory = graphMemory({
      graph: built.graph,
      runs: sizes.map((size) => {
        const windows = widths.map((width) => size.batch * size.sequence * width);
        return trainSizes(size, { ...limits, windows });
      }),
      given: new Set(built.gradients.values()),
      boundary: built.loss,
    });
    const { batch, sequence, targets } = sizes.at(-1)!;
    const widest = Math.max(
      config.hiddenSize,
      config.intermediateSize,
      config.numAttentionHeads * config.headDim,
    );
    const draws = withGradients && adapter && adapter.dropout > 0 ? 8 * batch * sequence * widest : 0;
    return { memory, inputs: 4 * batch * sequence ** 2 + 16 * (batch * sequence + targets) + draws };
  };

  const state = stateBytes(parameters, settings.optimizer);
  const held: MemoryTerm[] = [
    { name: 'the process itself', bytes: PROCESS_BYTES },
    { name: 'trained values', bytes: 4 * elements },
    { name: 'merged adapters', bytes: merged },
    { name: 'gradients', bytes: 4 * elements },
    { name: 'optimizer state', bytes: state },
  ];
  const step = optimizerMemory(elements);
  const load = phaseOf('load', [
    held[0]!,
    { name: 'trained values', bytes: 4 * elements },
    // Converted one at a time: as stored, as float32, and as it is written.
    { name: 'the largest tensor while it is converted', bytes: 3 * 4 * largestTensor(input.tensors) },
  ]);
  const training = count(input.train, input.batches, true);
  const train = phaseOf('train', [
    ...held,
    { name: 'weights of the base, mapped', bytes: training.memory.mapped, mapped: true },
    { name: 'graph of the step', bytes: training.memory.session },
    { name: 'activations kept for the gradient', bytes: training.memory.run.kept },
    { name: 'temporaries at the peak', bytes: training.memory.run.arena - training.memory.run.kept },
    { name: 'mask and other inputs', bytes: training.inputs },
    { name: 'copies of the results', bytes: training.memory.copies },
    { name: 'optimizer at work', bytes: step },
  ]);
  const save = phaseOf('save', [
    ...held,
    ...besideTerms(training.memory),
    { name: 'optimizer at work', bytes: step },
    // An adapter is laid out as PEFT names it; a model is written from where it lies.
    { name: 'what is written', bytes: adapter ? 4 * elements + merged : 0 },
  ]);
  if (!input.evaluation || input.evaluation.rows === 0) {
    collectGarbage();
    return [load, train, save];
  }

  const { shards, rows, batchSize } = input.evaluation;
  const batches = Array.from({ length: Math.ceil(rows / batchSize) }, (_, i) =>
    Array.from({ length: Math.min(batchSize, rows - i * batchSize) }, (_, j) => i * batchSize + j),
  );
  const evaluating = count(shards, batches, false);
  const beside = settings.memory?.apart ? [] : besideTerms(training.memory);
  const evaluate = phaseOf('evaluate', [
    ...held,
    { name: 'weights of the base, mapped', bytes: evaluating.memory.mapped, mapped: true },
    { name: 'graph of the loss', bytes: evaluating.memory.session },
    { name: 'temporaries at the peak', bytes: evaluating.memory.run.arena },
    { name: 'mask and other inputs', bytes: evaluating.inputs },
    { name: 'optimizer at work', bytes: step },
    ...beside,
  ]);
  // The graphs that were built to be counted are large, and would lie beside the training.
  collectGarbage();
  return [load, train, evaluate, save];
}

function largestTensor(tensors: TrainMemoryInput['tensors']): number {
  return [...tensors.values()].reduce(
    (most, { shape }) =>
      Math.max(
        most,
        shape.reduce((a, b) => a * b, 1),
      ),
    0,
  );
}

/** What training keeps while another graph runs. */
function besideTerms({ mapped, session, run }: GraphMemory): MemoryTerm[] {
  return [
    { name: 'weights as training maps them', bytes: mapped, mapped: true },
    { name: 'graph of the step', bytes: session },
    { name: 'memory that training keeps', bytes: run.arena },
  ];
}

interface Sizes {
  batch: number;
  sequence: number;
  targets: number;
}

/** Batches that may give the highest peak, the one with the most positions last. */
function extremes(all: readonly Sizes[]): Sizes[] {
  const most = (of: (sizes: Sizes) => number): Sizes => all.reduce((a, b) => (of(b) > of(a) ? b : a));
  const chosen = [most(({ targets }) => targets), most(({ batch, sequence }) => batch * sequence ** 1.1)];
  return chosen.filter((sizes, i) => chosen.indexOf(sizes) === i);
}
