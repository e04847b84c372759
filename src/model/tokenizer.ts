/**
 * Text to token ids and back, by the native `tokenizers` package.
 * @module
 */

/** Token ids with the characters that each covers. */
export interface Encoding {
  ids: number[];
  /** For each token the [start, end) range in the text, in UTF-16 code units (JavaScript string indices). */
  offsets: [number, number][];
}

/** A model's tokenizer. */
export interface Tokenizer {
  readonly vocabSize: number;
  /** Hex digest of the tokenizer's definition. */
  readonly hash: string;
  readonly bosToken?: string;
  readonly eosToken?: string;
  readonly padToken?: string;
  /**
   * Encodes without adding special tokens; special tokens written out in the text become their ids.
   * Asynchronous because the native package encodes on its own threads only.
   */
  encode(text: string): Promise<Encoding>;
  /** Like {@link encode} for many texts at once, in parallel. */
  encodeBatch(texts: readonly string[]): Promise<Encoding[]>;
  decode(ids: readonly number[], options?: { skipSpecialTokens?: boolean }): string;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** The definition as `tokenizer.json` text, to be written beside an exported model. */
  toJSON(): string;
}
