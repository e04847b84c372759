/**
 * How probable marked tokens of token sequences are, each after all that stands before it. Beginnings that sequences
 * share are computed once.
 * @module
 */
import { availableParallelism } from 'node:os';
import { fillArrays } from '../../chat/build-shards.js';
import { type PackedRow, packExamples } from '../../chat/pack.js';
import type { Row } from '../../chat/shard.js';
import type { TokenizedExample } from '../../chat/tokenize.js';
import { supervisedTargets } from '../../chat/visibility.js';
import { AttuneError } from '../../errors.js';
import type { Model } from '../../model/model.js';
import type { OnProgress } from '../../progress.js';
import type { EngineSettings } from '../../train/settings.js';
import { loadBaseWeights } from './base-weights.js';
import type { LikelihoodWorkerMethods } from './likelihood-worker.js';
import { loadAdapter } from './loaded-adapter.js';
import { startWorker, type WorkerClient } from './rpc.js';
import type { RowLosses, TokenLossesOptions } from './token-losses.js';

/** What a scorer of sequences is made from. */
export interface SequenceScorerOptions {
  model: Model;
  precision: EngineSettings['precision'];
  /** Folder of a LoRA adapter in PEFT's form. */
  adapterDirectory?: string;
  /** Tokens that are computed together, padding included. Default 4096. */
  batchTokens?: number;
  /** Threads of the runtime. Default: all cores. */
  threads?: number;
}

/** The marked tokens of one sequence together. */
export interface SequenceScore {
  /** Sum of -log p, in nats. */
  loss: number;
  tokens: number;
  /** Whether each was the most probable one. */
  greedy: boolean;
}

/** Scores sequences; its worker starts with the first one. */
export interface SequenceScorer {
  /**
   * Yields, batch by batch, the sequences (by index) that are done with their scores. `lossMask` marks the tokens.
   *
   * @throws AttuneError naming the sequence whose loss is no number
   */
  score(
    sequences: readonly TokenizedExample[],
    options?: { onProgress?: OnProgress; signal?: AbortSignal },
  ): AsyncIterable<[index: number, score: SequenceScore][]>;
  close(): Promise<void>;
}

/** Tokens of a row that shares beginnings; longer items make longer rows. */
const rowTokens = 1024;
/** Most items of one context in a row. */
const itemsPerContext = 64;
const lengthMultiple = 8;

/** Opens a scorer on the embedded engine. Packing changes no loss beyond rounding. */
export function createSequenceScorer(options: SequenceScorerOptions): SequenceScorer {
  const { model, batchTokens = 4096 } = options;
  let worker: Promise<WorkerClient<LikelihoodWorkerMethods>> | undefined;
  const started = (signal?: AbortSignal): Promise<WorkerClient<LikelihoodWorkerMethods>> => {
    worker ??= startScorer(options, signal).catch((error) => {
      worker = undefined;
      throw error;
    });
    return worker;
  };
  return {
    async *score(sequences, { onProgress, signal } = {}) {
      const longest = sequences.reduce((most, { ids }) => Math.max(most, ids.length), 0);
      const { rows } = packExamples(sequences, {
        packing: 'shared_prefix',
        capacity: Math.max(longest, Math.min(rowTokens, model.config.maxPositionEmbeddings)),
        maxExamplesPerContext: itemsPerContext,
      });
      let done = 0;
      for (const batch of batchRows(rows, batchTokens)) {
        signal?.throwIfAborted();
        const arrays = rowsOf(batch, sequences);
        const losses = await (await started(signal)).call('losses', arrays);
        const scores = batch.flatMap((row, i) => scoresOf(row, arrays[i]!, losses[i]!));
        for (const [index, { loss }] of scores) {
          if (Number.isFinite(loss)) continue;
          throw new AttuneError(`the loss of the answer of ${sequences[index]!.id} became ${loss}`, {
            field: 'precision',
            fix: 'use precision: float32, or remove the item',
          });
        }
        done += batch.length;
        onProgress?.({ phase: 'score answers', done, total: rows.length, unit: 'rows' });
        yield scores;
      }
    },
    close: async () => {
      if (!worker) return;
      const client = await worker;
      worker = undefined;
      await client.call('close');
      await client.terminate();
    },
  };
}

/** Rows of similar length together, so that little is padding. */
function batchRows(rows: readonly PackedRow[], batchTokens: number): PackedRow[][] {
  const batches: PackedRow[][] = [];
  for (const row of rows.toSorted((a, b) => b.tokens - a.tokens)) {
    const batch = batches.at(-1);
    if (batch && batch[0]!.tokens * (batch.length + 1) <= batchTokens) batch.push(row);
    else batches.push([row]);
  }
  return batches;
}

function rowsOf(batch: readonly PackedRow[], sequences: readonly TokenizedExample[]): Row[] {
  const length = Math.ceil(batch[0]!.tokens / lengthMultiple) * lengthMultiple;
  const arrays = fillArrays(batch, sequences, length, 0);
  return batch.map((_, i) => {
    const [from, to] = [i * length, (i + 1) * length];
    return {
      inputIds: arrays.input_ids.slice(from, to),
      lossMask: arrays.loss_mask.slice(from, to),
      positionIds: arrays.position_ids.slice(from, to),
      segmentIds: arrays.segment_ids.slice(from, to),
      parentIds: arrays.parent_ids.slice(from, to),
    };
  });
}

/** The sequences of a row: each is the leaf of one segment, and only leaves hold marked tokens. */
function scoresOf(
  { segments }: PackedRow,
  row: Row,
  { losses, margins }: RowLosses,
): [number, SequenceScore][] {
  const scores = new Map<number, SequenceScore>();
  for (const [i, position] of supervisedTargets(row).positions.entries()) {
    const { example } = segments[row.segmentIds[position]! - 1]!;
    const score = scores.get(example) ?? { loss: 0, tokens: 0, greedy: true };
    scores.set(example, score);
    score.loss += losses[i]!;
    score.tokens++;
    if (margins[i] !== 0) score.greedy = false;
  }
  return [...scores];
}

async function startScorer(
  { model, precision, adapterDirectory, threads = availableParallelism() }: SequenceScorerOptions,
  signal?: AbortSignal,
): Promise<WorkerClient<LikelihoodWorkerMethods>> {
  const workerData: TokenLossesOptions = {
    config: model.config,
    base: await loadBaseWeights(model, precision, { signal }),
    ...(await loadAdapter(adapterDirectory, model.config)),
    threads,
  };
  return startWorker<LikelihoodWorkerMethods>('likelihood-worker', workerData);
}
