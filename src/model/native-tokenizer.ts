/**
 * A {@link Tokenizer} over the native `tokenizers` package.
 * @module
 */
import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { AttuneError } from '../errors.js';
import { hashJson } from '../files.js';
import { wordSplitter } from './byte-level-words.js';
import type { Encoding, Tokenizer } from './tokenizer.js';
import { WordCache } from './word-cache.js';

/** The tokens that have a role of their own. */
export interface SpecialTokens {
  bosToken?: string;
  eosToken?: string;
  padToken?: string;
}

/** The parts of `tokenizer.json` that are looked at here. */
interface Definition {
  added_tokens?: { id: number; special?: boolean }[];
}

/**
 * Opens a tokenizer.
 *
 * @param definition the content of `tokenizer.json`
 * @param file where it comes from, for messages
 * @throws {AttuneError} when the definition is not one that the package understands
 */
export function createTokenizer(definition: object, specials: SpecialTokens, file: string): Tokenizer {
  let native: NativeTokenizer;
  try {
    // Without post-processing: it adds special tokens, which the chat template writes, and may trim offsets.
    // Truncation and padding are decided by the one who packs.
    native = NativeTokenizer.fromString(
      JSON.stringify({ ...definition, post_processor: null, truncation: null, padding: null }),
    );
  } catch (error) {
    throw new AttuneError(`is not a tokenizer that can be read: ${(error as Error).message}`, {
      file,
      fix: 'save the tokenizer with a current version of Transformers',
      cause: error,
    });
  }
  const decoder = native.getDecoder();
  const special = new Set(
    (definition as Definition).added_tokens?.filter((token) => token.special).map((token) => token.id),
  );
  const encodeWhole = async (texts: readonly string[]): Promise<Encoding[]> => {
    const encodings = await native.encodeBatch([...texts], { addSpecialTokens: false });
    return encodings.map((encoding, i) => readEncoding(texts[i]!, encoding));
  };
  const splitter = wordSplitter(definition);
  const cache = splitter && new WordCache(splitter, encodeWhole);
  const encodeBatch = (texts: readonly string[]): Promise<Encoding[]> =>
    cache ? cache.encodeBatch(texts) : encodeWhole(texts);
  return {
    ...specials,
    vocabSize: native.getVocabSize(true),
    hash: hashJson(definition),
    async encode(text) {
      return (await encodeBatch([text]))[0]!;
    },
    encodeBatch,
    decode(ids, { skipSpecialTokens = false } = {}) {
      const tokens: string[] = [];
      for (const id of ids) {
        const token = skipSpecialTokens && special.has(id) ? null : native.idToToken(id);
        if (token !== null) tokens.push(token);
      }
      return decoder ? decoder.decode(tokens) : tokens.join(' ');
    },
    tokenToId: (token) => native.tokenToId(token) ?? undefined,
    idToToken: (id) => native.idToToken(id) ?? undefined,
    toJSON: () => `${JSON.stringify(definition, null, 2)}\n`,
  };
}

/**
 * The ids, and offsets when they are asked for: they take longer to come over than to compute. The native package counts
 * them in code points, JavaScript strings in UTF-16 units.
 */
function readEncoding(text: string, native: { getIds(): number[]; getOffsets(): number[][] }): Encoding {
  return {
    ids: native.getIds(),
    get offsets() {
      const offsets = native.getOffsets() as [number, number][];
      if (!/[\ud800-\udfff]/.test(text)) return offsets;
      const units = [0];
      for (const character of text) units.push(units.at(-1)! + character.length);
      return offsets.map(([start, end]): [number, number] => [units[start]!, units[end]!]);
    },
  };
}
