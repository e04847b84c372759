/**
 * What quality measures need of a language model; whoever has one passes it in.
 * @module
 */
import type { OnProgress } from '../../progress.js';
import type { Message } from '../example.js';

/** Losses of an answer, in nats per token of the answer. */
export interface AnswerLoss {
  /** Tokens of the answer. */
  tokens: number;
  /** Mean loss with the conversation before the answer. */
  conditional: number;
  /** Mean loss of the answer alone. */
  unconditional: number;
}

/** A language model that measures how well it foresees answers. */
export interface DataModel {
  /** Changes whenever the losses would. */
  readonly hash: string;
  /** The losses of each item's last answer, in the order of the items. */
  answerLosses(
    items: { id: string; messages: Message[] }[],
    options: { onProgress?: OnProgress; signal?: AbortSignal },
  ): Promise<AnswerLoss[]>;
  close(): Promise<void>;
}
