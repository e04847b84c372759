/**
 * Tokenizer, chat format and examples for the tests of this folder.
 * @module
 */
import type { Example, Message } from '../data/example.js';
import type { ModelConfig } from '../model/config.js';
import { createTokenizer } from '../model/native-tokenizer.js';
import { tinyChatTemplate, tinyTokenizerJson } from '../model/tiny-model.fixture.js';
import type { Tokenizer } from '../model/tokenizer.js';
import type { Row } from './shard.js';
import { type ChatFormat, createChatFormat } from './template.js';
import { pathOf, segmentsOf } from './visibility.js';

/** The tiny model's tokenizer; `changes` replace parts of its `tokenizer.json`. */
export function tinyTokenizer(changes: object = {}): Tokenizer {
  return createTokenizer(
    { ...tinyTokenizerJson(), ...changes },
    { bosToken: '<|im_start|>', eosToken: '<|im_end|>', padToken: '<|endoftext|>' },
    'tokenizer.json',
  );
}

/** A format with the template (default the tiny model's; `null` for none). */
export function tinyFormat(
  chatTemplate: string | null = tinyChatTemplate,
  tokenizer: Tokenizer = tinyTokenizer(),
): ChatFormat {
  const config = { eosTokenIds: [2] } as ModelConfig;
  return createChatFormat({ chatTemplate: chatTemplate ?? undefined, tokenizer, config });
}

/** Messages in turns from strings: user, assistant, user, …; a first string in `system` becomes the system's. */
export function turns(contents: string[], system?: string): Message[] {
  const messages = contents.map(
    (content, i): Message => ({ role: i % 2 === 0 ? 'user' : 'assistant', content }),
  );
  return system === undefined ? messages : [{ role: 'system', content: system }, ...messages];
}

/** An example with everything that this folder does not look at. */
export function example(id: string, content: Pick<Example, 'messages' | 'text'>): Example {
  return { id, ...content, task: 'test', group: id, split: 'train', source: 'test', licence: 'CC0-1.0' };
}

/** What stands on the path of one leaf segment, from the root to the leaf. */
export interface Path {
  /** Places in the row. */
  indices: number[];
  ids: number[];
  mask: number[];
  positions: number[];
}

/** Reads the path of one leaf segment. */
export function readPath(row: Row, leaf: number): Path {
  const segments = new Map(segmentsOf(row).map((segment) => [segment.id, segment]));
  const indices = pathOf(segments, leaf).flatMap(({ start, end }) =>
    Array.from({ length: end - start }, (_, i) => start + i),
  );
  return {
    indices,
    ids: indices.map((i) => row.inputIds[i]!),
    mask: indices.map((i) => row.lossMask[i]!),
    positions: indices.map((i) => row.positionIds[i]!),
  };
}
