/**
 * How well a model foresees answers: their losses with and without the conversation before them, for the
 * instruction-following difficulty (IFD, Li et al. 2023, arXiv 2308.12032) and for choosing among given answers.
 * @module
 */
import type { ChatFormat } from '../../chat/template.js';
import { type TokenizedExample, tokenizeExamples } from '../../chat/tokenize.js';
import type { Message } from '../../data/example.js';
import { AttuneError } from '../../errors.js';
import { hashJson } from '../../files.js';
import type { Model } from '../../model/model.js';
import type { OnProgress } from '../../progress.js';
import type { EngineSettings } from '../../train/settings.js';
import { createSequenceScorer, type SequenceScore } from './sequence-scores.js';

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

/** Items that are tokenized at once. */
const tokenizedAtOnce = 256;

/**
 * Opens a scorer on the embedded engine. Conversations are packed as for training: beginnings that several share
 * (system text, table) are computed once, and packing changes no loss beyond rounding.
 */
export function createLikelihoodScorer(options: LikelihoodOptions): LikelihoodScorer {
  const { model, format, precision } = options;
  const scorer = createSequenceScorer(options);
  return {
    hash: hashJson({ model: model.hash, template: format.hash, precision }),
    async answerLosses(items, { onProgress, signal } = {}) {
      const sequences = await tokenizeBoth(items, options, signal);
      const scores: SequenceScore[] = new Array(sequences.length);
      for await (const batch of scorer.score(sequences, { onProgress, signal })) {
        for (const [index, score] of batch) scores[index] = score;
      }
      return items.map((_, i) => {
        const { tokens, loss } = scores[2 * i]!;
        return { tokens, conditional: loss / tokens, unconditional: scores[2 * i + 1]!.loss / tokens };
      });
    },
    close: () => scorer.close(),
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
