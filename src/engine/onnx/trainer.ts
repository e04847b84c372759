/**
 * The embedded engine's training state and what can be done with it. Runs in the worker thread.
 * @module
 */
import * as ort from 'onnxruntime-node';
import type { LoraPair } from '../../adapter/lora.js';
import type { ShardSet } from '../../chat/shard.js';
import { AttuneError } from '../../errors.js';
import type { ModelConfig } from '../../model/config.js';
import { randomStream } from '../../random.js';
import type { EvaluationResult, StageStart, StepRequest, StepResult } from '../../train/engine.js';
import type { EngineSettings } from '../../train/settings.js';
import { trainedPairs } from './checkpoint.js';
import { collectGarbage } from './garbage.js';
import { mergedName } from './linear.js';
import { checkpointedLayers, lossChunkCount } from './memory-level.js';
import { stackPairs } from './merged-adapters.js';
import { type MicroBatch, microBatch } from './micro-batch.js';
import {
  clearMoments,
  createOptimizer,
  createTrainedState,
  type Optimizer,
  type TrainedState,
} from './optimizer.js';
import { type AdapterShape, adapterShape, initialAdapter, trainedParameters } from './parameters.js';
import { createSession, type Session, type Values } from './session.js';
import { buildTrainGraph, type TrainGraph } from './train-graph.js';
import { createWebGpuSession } from './webgpu/session.js';
import type { BaseWeights } from './weights.js';

/** What a trainer is made from. */
export interface TrainerOptions {
  config: ModelConfig;
  base: BaseWeights;
  settings: EngineSettings;
  train: ShardSet;
  evaluation?: ShardSet;
  threads: number;
}

/** What nothing is stacked on. */
const noPair: LoraPair = { A: new Float32Array(0), B: new Float32Array(0) };

interface CompiledGraph extends Omit<TrainGraph, 'graph'> {
  session: Session;
  mergedRank: number;
  /** Most rows that a batch may have. */
  rows: number;
  lossChunks: number;
}

/** Holds parameters, gradients and optimizer state, and runs steps over them. */
export class Trainer {
  readonly state: TrainedState;
  readonly #options: TrainerOptions;
  readonly #adapter?: AdapterShape;
  readonly #optimizer: Optimizer;
  #training?: CompiledGraph;
  #evaluation?: CompiledGraph;

  private constructor(options: TrainerOptions, state: TrainedState, optimizer: Optimizer) {
    this.#options = options;
    this.#adapter = adapterShape(options.config, options.settings);
    this.#optimizer = optimizer;
    this.state = state;
  }

  /** Allocates the state; an adapter begins with its initial values, full fine-tuning with zeros to be filled. */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const { config, settings, base, threads } = options;
    const state = createTrainedState(
      trainedParameters(config, settings, base.tensors),
      settings.optimizer.optim,
    );
    for (const [name, values] of initialAdapter(config, settings)) state.view(state.values, name).set(values);
    return new Trainer(options, state, await createOptimizer(settings.optimizer, threads));
  }

  /** One optimizer step; on NaN or infinity nothing is changed. */
  async step({
    step,
    optimizerStep,
    microBatches,
    learningRate,
    normaliser,
  }: StepRequest): Promise<StepResult> {
    const { state } = this;
    const { max_grad_norm: limit } = this.#options.settings.optimizer;
    this.#evaluation = await this.#release(this.#evaluation);
    this.#training = await this.#compile(this.#options.train, true, microBatches, this.#training);
    state.gradients.fill(0);
    let loss = 0;
    let tokens = 0;
    for (const [index, rows] of microBatches.entries()) {
      const batch = microBatch(this.#options.train, rows, 1 / normaliser, this.#training.lossChunks);
      const contribution = (await this.#run(this.#training, batch, { step, index })) / normaliser;
      if (!Number.isFinite(contribution)) throw notFinite('loss', contribution, step, rows);
      loss += contribution;
      tokens += batch.tokens;
    }
    const gradNorm = await this.#optimizer.gradientNorm(state);
    if (!Number.isFinite(gradNorm)) throw notFinite('gradient', gradNorm, step, microBatches.flat());
    // As torch.nn.utils.clip_grad_norm_ does it.
    const gradientScale = limit > 0 ? Math.min(1, limit / (gradNorm + 1e-6)) : 1;
    await this.#optimizer.update(state, optimizerStep, learningRate, gradientScale);
    return { loss, gradNorm, tokens };
  }

  /**
   * Prepares for the first step of a stage behind another one. Moments belong to the adapter that they came from, so a
   * fresh one begins without.
   *
   * @throws {AttuneError} on `merged` without an adapter
   */
  async beginStage({ carry, optimizer, stage }: StageStart): Promise<void> {
    const { state } = this;
    if (carry === 'merged') this.#mergeAdapter(stage);
    if (carry === 'adapter' && optimizer === 'keep') return;
    clearMoments(state);
  }

  #mergeAdapter(stage: number): void {
    const { state } = this;
    const { config, settings } = this.#options;
    if (!settings.lora) {
      throw new AttuneError('a stage cannot begin with a merged adapter: all weights are trained', {
        field: 'carry',
        fix: 'leave carry out, or use method: lora or qlora',
      });
    }
    const { r } = settings.lora;
    const { rank, tensors } = state.merged ?? { rank: 0, tensors: undefined };
    const merged = new Map<string, LoraPair>();
    for (const [module, pair] of trainedPairs(state)) {
      merged.set(module, stackPairs(tensors?.get(module) ?? noPair, rank, pair, r));
    }
    state.merged = { rank: rank + r, tensors: merged };
    for (const [name, values] of initialAdapter(config, settings, stage)) {
      state.view(state.values, name).set(values);
    }
  }

  /** Loss over rows of the evaluation shards. */
  async evaluate(rows: readonly number[], batchSize: number): Promise<EvaluationResult> {
    const { evaluation } = this.#options;
    if (!evaluation) throw new Error('this trainer has no evaluation shards');
    const batches: number[][] = [];
    for (let i = 0; i < rows.length; i += batchSize) batches.push(rows.slice(i, i + batchSize));
    this.#training = await this.#release(this.#training);
    this.#evaluation = await this.#compile(evaluation, false, batches, this.#evaluation);
    let lossSum = 0;
    let supervisedTokens = 0;
    for (const group of batches) {
      const batch = microBatch(evaluation, group, 1, this.#evaluation.lossChunks);
      lossSum += await this.#run(this.#evaluation, batch);
      supervisedTokens += batch.supervisedTokens;
    }
    return { lossSum, supervisedTokens };
  }

  /** Gives back the memory of a graph that is not in use now, where the settings want that. */
  async #release(graph: CompiledGraph | undefined): Promise<CompiledGraph | undefined> {
    if (!this.#options.settings.memory?.apart) return graph;
    await graph?.session.close();
    return undefined;
  }

  async close(): Promise<void> {
    await this.#training?.session.close();
    await this.#evaluation?.session.close();
    await this.#optimizer.close();
  }

  /** A graph for `batches`: the known one where it was made for as many rows. */
  async #compile(
    shards: ShardSet,
    withGradients: boolean,
    batches: readonly number[][],
    known?: CompiledGraph,
  ): Promise<CompiledGraph> {
    const { config, base, settings, threads } = this.#options;
    const rows = Math.max(...batches.map((batch) => batch.length));
    const mergedRank = this.state.merged?.rank ?? 0;
    if (known?.mergedRank === mergedRank && known.rows >= rows) return known;
    await known?.session.close();
    const lossChunks = lossChunkCount(shards, rows, config, settings);
    const { graph, loss, gradients } = buildTrainGraph(
      {
        config,
        base,
        parameters: this.state.parameters,
        adapter: this.#adapter,
        mergedRank,
        checkpointedLayers: checkpointedLayers(settings, config),
        length: shards.length,
        attendInOneBlock: settings.device === 'webgpu',
        lossChunks,
      },
      withGradients,
    );
    const session = await (settings.device === 'webgpu'
      ? createWebGpuSession(graph)
      : createSession(graph, { threads }));
    // What building left behind would otherwise lie beside the activations of the first run.
    collectGarbage();
    return { loss, gradients, mergedRank, rows, lossChunks, session };
  }

  /** Runs a graph over a batch, adding to the gradients where it has them; returns the unscaled loss sum. */
  async #run(
    graph: CompiledGraph,
    batch: MicroBatch,
    dropout?: { step: number; index: number },
  ): Promise<number> {
    const { state } = this;
    const inputs: Values = { ...batch.inputs };
    const outputs: Values = {};
    for (const { name, shape } of state.parameters) {
      inputs[name] = new ort.Tensor('float32', state.view(state.values, name), shape);
      const gradient = graph.gradients.get(name);
      if (!gradient) continue;
      const accumulator = new ort.Tensor('float32', state.view(state.gradients, name), shape);
      inputs[`gradient:${name}`] = accumulator;
      outputs[gradient] = accumulator;
    }
    for (const [module, pair] of state.merged?.tensors ?? []) {
      const { rank } = state.merged!;
      const tensor = (data: Float32Array, shape: number[]): ort.Tensor =>
        new ort.Tensor('float32', data, shape);
      inputs[mergedName(module, 'A')] = tensor(pair.A, [rank, pair.A.length / rank]);
      inputs[mergedName(module, 'B')] = tensor(pair.B, [pair.B.length / rank, rank]);
    }
    if (dropout && this.#adapter && this.#adapter.dropout > 0) {
      Object.assign(inputs, this.#dropoutDraws(this.#adapter, batch.positions, dropout));
    }
    const results = await graph.session.run(inputs, outputs);
    const loss = results[graph.loss]!.data[0] as number;
    // The binding copies every output; without this the copies pile up until the collector wakes.
    collectGarbage();
    return loss;
  }

  /**
   * Dropout's draws of one micro-batch: one pool, of which every module reads a window at a random place. Drawing
   * for each module anew would cost as much as the step.
   */
  #dropoutDraws(
    adapter: AdapterShape,
    positions: number,
    { step, index }: { step: number; index: number },
  ): Values {
    const { config, settings } = this.#options;
    const widest = Math.max(
      config.hiddenSize,
      config.intermediateSize,
      config.numAttentionHeads * config.headDim,
    );
    const window = positions * widest;
    const random = randomStream(settings.seed, 'dropout', step, index);
    const keep = 1 / (1 - adapter.dropout);
    const pool = new Float32Array(2 * window);
    for (let i = 0; i < pool.length; i++) pool[i] = random.next() < adapter.dropout ? 0 : keep;
    const offsets = BigInt64Array.from(adapter.modules, () => BigInt(random.integer(window)));
    return {
      dropout_pool: new ort.Tensor('float32', pool, [pool.length]),
      dropout_offsets: new ort.Tensor('int64', offsets, [offsets.length]),
    };
  }
}

function notFinite(what: string, value: number, step: number, rows: readonly number[]): AttuneError {
  return new AttuneError(`the ${what} became ${value} at step ${step}, rows ${rows.join(', ')}`, {
    field: 'learning_rate',
    fix: 'lower learning_rate or max_grad_norm, and look at the rows with: attune data inspect',
  });
}
