/**
 * The text of an answer while its tokens arrive, cut before stop texts.
 * @module
 */
import type { Tokenizer } from '../../model/tokenizer.js';

/** One answer. */
export class AnswerText {
  readonly #tokenizer: Tokenizer;
  readonly #stops: readonly string[];
  /** The answer's tokens, up to the one that completes a stop text. */
  readonly tokens: number[] = [];
  /** Where a stop text begins; absent while there is none. */
  #end?: number;

  constructor(tokenizer: Tokenizer, stops: readonly string[] = []) {
    this.#tokenizer = tokenizer;
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** Takes tokens until a stop text stands in the text; whether one does. */
  add(tokens: readonly number[]): boolean {
    if (this.#stops.length === 0) {
      this.tokens.push(...tokens);
      return false;
    }
    for (const token of tokens) {
      this.tokens.push(token);
      const text = this.#decode();
      const found = this.#stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
      if (found.length === 0) continue;
      this.#end = Math.min(...found);
      return true;
    }
    return false;
  }

  /** What the tokens say, before the first stop text. */
  get text(): string {
    return this.#decode().slice(0, this.#end);
  }

  #decode(): string {
    return this.#tokenizer.decode(this.tokens, { skipSpecialTokens: true });
  }
}
