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
  /** Characters that {@link take} has given. */
  #taken = 0;

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

  /**
   * What is new since the last time and cannot change any more: not what may be the beginning of a stop text or of a
   * character.
   *
   * @param isOver whether no more tokens come
   */
  take(isOver: boolean): string {
    const { text } = this;
    let end = text.length;
    if (!isOver && this.#end === undefined) {
      while (end > this.#taken && text[end - 1] === '\uFFFD') end--;
      const beginnings = this.#stops.map((stop) => longestBeginning(text.slice(0, end), stop));
      end -= Math.max(0, ...beginnings);
    }
    const piece = text.slice(this.#taken, end);
    this.#taken = Math.max(this.#taken, end);
    return piece;
  }

  #decode(): string {
    return this.#tokenizer.decode(this.tokens, { skipSpecialTokens: true });
  }
}

/** Length of the longest beginning of `stop` that `text` ends with. */
function longestBeginning(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
