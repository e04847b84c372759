/**
 * Answers to requests that come at any time: they join the batch that is growing, are told as they grow, and can be given
 * up one by one.
 * @module
 */
import type { Tokenizer } from '../../model/tokenizer.js';
import { AnswerText } from './answer-text.js';
import type { AnswerProgress, GenerateRequest } from './generate-request.js';

/** A prompt as tokens, and how it is answered. */
export interface AnswerRequest extends Omit<GenerateRequest, 'number'> {
  /** The answer ends before the first of these texts. */
  stop?: readonly string[];
}

/** How one request is followed. */
export interface AskOptions {
  /** Gives the request up. */
  signal?: AbortSignal;
  /** Is told text that cannot change any more, as it comes; together the pieces are the answer's text. */
  onText?: (piece: string) => void;
}

/** An answer that is over. */
export interface GeneratedAnswer {
  text: string;
  /** Whether it ended by itself (end-of-turn token, stop text) and not at the length limit. */
  stopped: boolean;
  /** Tokens of the answer. */
  newTokens: number;
}

/** What makes the tokens: `RunningBatch.advance`, in this thread or in another. */
export type Advance = (
  requests: readonly GenerateRequest[],
  cancelled: readonly number[],
) => Promise<AnswerProgress[]>;

interface OpenRequest {
  text: AnswerText;
  onText?: (piece: string) => void;
  resolve: (answer: GeneratedAnswer) => void;
  reject: (error: unknown) => void;
}

/** The main thread's side of a batch. It works while something is asked. */
export class AnswerService {
  readonly #advance: Advance;
  readonly #tokenizer: Tokenizer;
  readonly #open = new Map<number, OpenRequest>();
  #fresh: GenerateRequest[] = [];
  #cancelled: number[] = [];
  #asked = 0;
  #working?: Promise<void>;

  constructor(advance: Advance, tokenizer: Tokenizer) {
    this.#advance = advance;
    this.#tokenizer = tokenizer;
  }

  /**
   * Answers one request. Requests that come together are read in their order, so those that begin alike should follow each
   * other.
   *
   * @throws the signal's reason when it gives the request up; what the worker throws
   */
  ask(request: AnswerRequest, { signal, onText }: AskOptions = {}): Promise<GeneratedAnswer> {
    const { stop, ...rest } = request;
    return new Promise((done, failed) => {
      if (signal?.aborted) return failed(signal.reason);
      const number = this.#asked++;
      const giveUp = (): void => {
        if (!this.#open.delete(number)) return;
        this.#cancelled.push(number);
        failed(signal!.reason);
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      const settled = (): void => signal?.removeEventListener('abort', giveUp);
      this.#open.set(number, {
        text: new AnswerText(this.#tokenizer, stop),
        onText,
        resolve: (answer) => {
          settled();
          done(answer);
        },
        reject: (error) => {
          settled();
          failed(error);
        },
      });
      this.#fresh.push({ number, ...rest });
      this.#working ??= this.#work();
    });
  }

  /** Waits until nothing is computed any more. Requests that are open by then are answered first. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async #work(): Promise<void> {
    // Whoever asks several things does it before the first are begun.
    await Promise.resolve();
    try {
      let pending = this.#next();
      while (pending) {
        const news = await pending;
        // The next step runs while this one's tokens become texts.
        pending = this.#next();
        // Should telling fail, its failure is nobody's any more.
        pending?.catch(() => undefined);
        for (const progress of news) this.#tell(progress);
      }
    } catch (error) {
      const open = [...this.#open.values()];
      this.#open.clear();
      this.#fresh = [];
      for (const { reject } of open) reject(error);
    } finally {
      this.#working = undefined;
    }
    if (this.#open.size > 0) this.#working = this.#work();
  }

  #next(): Promise<AnswerProgress[]> | undefined {
    const [fresh, cancelled] = [this.#fresh, this.#cancelled];
    if (this.#open.size === 0 && cancelled.length === 0) return undefined;
    [this.#fresh, this.#cancelled] = [[], []];
    return this.#advance(fresh, cancelled);
  }

  #tell({ number, tokens, done, stopped }: AnswerProgress): void {
    const request = this.#open.get(number);
    if (!request) return;
    const { text, onText, resolve } = request;
    const cut = text.add(tokens);
    const isOver = cut || done;
    if (onText) {
      const piece = text.take(isOver);
      if (piece !== '') onText(piece);
    }
    if (!isOver) return;
    this.#open.delete(number);
    if (!done) this.#cancelled.push(number);
    resolve({ text: text.text, stopped: cut || stopped, newTokens: text.tokens.length });
  }
}
