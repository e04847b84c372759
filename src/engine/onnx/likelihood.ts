/**
 * How well a model foresees answers: their losses with and without the conversation before them, for the
 * instruction-following difficulty (IFD, Li et al. 2023, arXiv 2308.12032) and for choosing among given answers.
 * @module
 */
import { availableParallelism } from 'node:os';
import { fillArrays } from '../../chat/build-shards.js';
import { type PackedRow, packExamples } from '../../chat/pack.js';
import type { Row } from '../../chat/shard.js';
import type { ChatFormat } from '../../chat/template.js';
import { type TokenizedExample, tokenizeExamples } from '../../chat/tokenize.js';
import { supervisedTargets } from '../../chat/visibility.js';
import type { Message } from '../../data/example.js';
import { AttuneError } from '../../errors.js';
import { hashJson } from '../../files.js';
import type { Model } from '../../model/model.js';
import type { OnProgress } from '../../progress.js';
import type { EngineSettings } from '../../train/settings.js';
import { loadBaseWeights } from './base-weights.js';
import type { LikelihoodWorkerMethods } from './likelihood-worker.js';
import { startWorker, type WorkerClient } from './rpc.js';
import type { TokenLossesOptions } from './token-losses.js';

/** What a scorer is made from. */
export interface LikelihoodOptions {
  model: Model;
  format: ChatFormat;
  precision: EngineSettings['precision'];
  /** Tokens that are computed together, padding included. Default 4096. */
  batchTokens?: number;
  /** Threads of the runtime. Default: all cores. */
  threads?: number;
}

/** A conversation that ends with the answer to be scored. */
export interface ScoredConversation {
  id: string;
  messages: Message[];
}

/** Losses of one answer, in nats per token; times `tokens` they are the sums. */
export interface AnswerLosses {
  /** Tokens of the answer, its end-of-turn token included. */
  tokens: number;
  /** Mean of -log p(token) given the conversation. */
  conditional: number;
  /** The same for the answer alone: after nothing but the beginning of an assistant's turn. */
  unconditional: number;
}

/** Scores answers; its worker starts with the first one. */
export interface LikelihoodScorer {
  /** Changes whenever the losses would: model, template, precision. */
  readonly hash: string;
  /**
   * The losses of each item's last answer, in the order of the items.
   *
   * @throws AttuneError naming the item that cannot be tokenized or is longer than the model's context
   */
  answerLosses(
    items: ScoredConversation[],
    options?: { onProgress?: OnProgress; signal?: AbortSignal },
  ): Promise<AnswerLosses[]>;
  close(): Promise<void>;
}

/** Tokens of a row that shares beginnings; longer items make longer rows. */
const rowTokens = 1024;
/** Most items of one context in a row. */
const itemsPerContext = 64;
const lengthMultiple = 8;
/** Items that are tokenized at once. */
const tokenizedAtOnce = 256;

/**
 * Opens a scorer on the embedded engine. Conversations are packed as for training: beginnings that several share
 * (system text, table) are computed once, and packing changes no loss beyond rounding.
 */
export function createLikelihoodScorer(options: LikelihoodOptions): LikelihoodScorer {
  const { model, format, precision, batchTokens = 4096 } = options;
  let worker: Promise<WorkerClient<LikelihoodWorkerMethods>> | undefined;
  const started = (signal?: AbortSignal): Promise<WorkerClient<LikelihoodWorkerMethods>> => {
    worker ??= startScorer(options, signal).catch((error) => {
      worker = undefined;
      throw error;
    });
    return worker;
  };
  return {
    hash: hashJson({ model: model.hash, template: format.hash, precision }),
    async answerLosses(items, { onProgress, signal } = {}) {
      if (items.length === 0) return [];
      const sequences = await tokenizeBoth(items, options, signal);
      const longest = sequences.reduce((most, { ids }) => Math.max(most, ids.length), 0);
      const { rows } = packExamples(sequences, {
        packing: 'shared_prefix',
        capacity: Math.max(longest, Math.min(rowTokens, model.config.maxPositionEmbeddings)),
        maxExamplesPerContext: itemsPerContext,
      });
      const sums = new Float64Array(sequences.length);
      let done = 0;
      for (const batch of batchRows(rows, batchTokens)) {
        signal?.throwIfAborted();
        const arrays = rowsOf(batch, sequences);
        const losses = await (await started(signal)).call('losses', arrays);
        for (const [i, row] of batch.entries()) addLosses(row, arrays[i]!, losses[i]!, sums);
        done += batch.length;
        onProgress?.({ phase: 'score answers', done, total: rows.length, unit: 'rows' });
      }
      return items.map(({ id }, i) => {
        const tokens = sequences[2 * i]!.lossMask.reduce((sum, flag) => sum + flag, 0);
        const [conditional, unconditional] = [sums[2 * i]! / tokens, sums[2 * i + 1]! / tokens];
        if (!Number.isFinite(conditional + unconditional)) {
          throw new AttuneError(`the loss of the answer of ${id} became ${conditional + unconditional}`, {
            field: 'precision',
            fix: 'use precision: float32, or remove the item',
          });
        }
        return { tokens, conditional, unconditional };
      });
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

/** Two sequences an item: the conversation, and the answer's same tokens after the beginning of a turn. */
async function tokenizeBoth(
  items: readonly ScoredConversation[],
  { model, format }: LikelihoodOptions,
  signal?: AbortSignal,
): Promise<TokenizedExample[]> {
  const most = model.config.maxPositionEmbeddings;
  const openings = new Map<string, number[]>();
  const sequences: TokenizedExample[] = [];
  for (let from = 0; from < items.length; from += tokenizedAtOnce) {
    signal?.throwIfAborted();
    const batch = items.slice(from, from + tokenizedAtOnce);
    const tokenized = await tokenizeExamples(batch, format, model.tokenizer, { train_on: 'last_answer' });
    for (const [i, conversation] of tokenized.entries()) {
      const { id, ids, lossMask } = conversation;
      if (ids.length > most) {
        throw new AttuneError(`${id} has ${ids.length} tokens, the model reads ${most}`, {
          field: 'messages',
          fix: 'shorten or remove the item, or use a model with a longer context',
        });
      }
      const text = openingOf(batch[i]!.messages, format);
      const opening = openings.get(text) ?? (await encodeOpening(text, model, format));
      openings.set(text, opening);
      const start = lossMask.indexOf(1);
      const alone = Int32Array.from([...opening, ...ids.subarray(start)]);
      const mask = new Uint8Array(alone.length);
      mask.set(lossMask.subarray(start), opening.length);
      sequences.push(conversation, { id: `${id} alone`, ids: alone, lossMask: mask });
    }
  }
  return sequences;
}

/** What the template writes between a conversation and the answer that follows it. */
function openingOf(messages: readonly Message[], format: ChatFormat): string {
  const before = messages.slice(0, -1);
  const prompt = format.render(before, { addGenerationPrompt: true });
  const rest = format.render(before, { addGenerationPrompt: false });
  return prompt.startsWith(rest) ? prompt.slice(rest.length) : '';
}

/** Something has to stand before the first token to predict it from: where the template writes nothing, what begins or ends texts. */
async function encodeOpening(text: string, { tokenizer }: Model, format: ChatFormat): Promise<number[]> {
  const { prefix, end } = format.document;
  const ids = [...prefix, ...(await tokenizer.encode(text)).ids];
  return ids.length > 0 ? ids : [end ?? format.stopTokenIds[0] ?? 0];
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

/** Adds each token's loss to the sequence that it belongs to; only leaves hold supervised tokens. */
function addLosses({ segments }: PackedRow, row: Row, losses: Float32Array, sums: Float64Array): void {
  for (const [i, position] of supervisedTargets(row).positions.entries()) {
    const { example } = segments[row.segmentIds[position]! - 1]!;
    sums[example]! += losses[i]!;
  }
}

async function startScorer(
  { model, precision, threads = availableParallelism() }: LikelihoodOptions,
  signal?: AbortSignal,
): Promise<WorkerClient<LikelihoodWorkerMethods>> {
  const base = await loadBaseWeights(model, precision, { signal });
  const workerData: TokenLossesOptions = { config: model.config, base, threads };
  return startWorker<LikelihoodWorkerMethods>('likelihood-worker', workerData);
}
