/**
 * The parts of `tokenizer.json` that a GGUF file has to say.
 * @module
 */
import type { GgufEntryValue } from './gguf-writer.js';

/** What a kind of tokenizer says of itself: its name, how text is split, its merges or scores, types of its tokens. */
export interface TokenizerKind {
  /** `tokenizer.ggml.model`. */
  model: 'gpt2' | 'llama';
  /** `tokenizer.ggml.pre`. */
  pre: string;
  entries: [string, GgufEntryValue][];
  /** The type of a token that is not an added one. */
  typeOf(token: string, id: number): number;
}

/** A step of the normalizer. */
export interface Normalizer {
  type: string;
  normalizers?: Normalizer[];
  prepend?: string;
  pattern?: { String?: string };
  content?: string;
}

/** A step that splits the text. */
export interface PreTokenizer {
  type: string;
  pretokenizers?: PreTokenizer[];
  individual_digits?: boolean;
  add_prefix_space?: boolean;
  use_regex?: boolean;
  pattern?: { Regex?: string };
  behavior?: string;
  invert?: boolean;
  replacement?: string;
  prepend_scheme?: string;
  split?: boolean;
}

/** `tokenizer.json`. */
export interface TokenizerDefinition {
  added_tokens?: { id: number; content: string; special: boolean }[];
  normalizer?: Normalizer | null;
  pre_tokenizer?: PreTokenizer | null;
  model: {
    type?: string;
    vocab: Record<string, number>;
    /** Pairs, or in older files pairs joined by a blank. */
    merges?: ([string, string] | string)[];
    unk_token?: string | null;
    byte_fallback?: boolean;
    ignore_merges?: boolean;
  };
}

/** The steps of a normalizer or pre-tokenizer, one level deep. */
export function stepsOf<T extends { type: string }>(whole: T | null | undefined, parts?: T[]): T[] {
  if (!whole) return [];
  return whole.type === 'Sequence' ? (parts ?? []) : [whole];
}

/** The two halves of a merge. */
export function mergeOf(merge: [string, string] | string): [string, string] {
  if (typeof merge !== 'string') return merge;
  const blank = merge.indexOf(' ', 1);
  return [merge.slice(0, blank), merge.slice(blank + 1)];
}
