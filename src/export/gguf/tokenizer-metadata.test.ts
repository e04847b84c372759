import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChatFormat } from '../../chat/template.js';
import { openGguf } from '../../engine/llama-cpp/gguf-model.js';
import { writeJson } from '../../files.js';
import { readGgufHeader } from '../../model/gguf.js';
import { ggufTokenizer } from '../../model/gguf-tokenizer.js';
import { loadModel } from '../../model/load.js';
import type { Model } from '../../model/model.js';
import { createTokenizer } from '../../model/native-tokenizer.js';
import { tinyTokenizerJson, writeTinyModel } from '../../model/tiny-model.fixture.js';
import { exportGguf } from './gguf-export.js';
import { tokenizerMetadata } from './tokenizer-metadata.js';

let root: string;
let model: Model;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-gguf-tokenizer-'));
  await writeTinyModel(join(root, 'tiny'));
  model = { ...(await loadModel(join(root, 'tiny'))), name: 'tiny' };
});
afterAll(() => rm(root, { recursive: true }));

const llama3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const bytes = (use_regex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex,
});
const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
const sequence = (...pretokenizers: object[]) => ({ type: 'Sequence', pretokenizers });

/** The tiny model with another `tokenizer.json`. */
function withTokenizer(changes: object, modelChanges: object = {}): Pick<Model, 'tokenizer' | 'config'> {
  const definition = tinyTokenizerJson();
  const changed = { ...definition, ...changes, model: { ...definition.model, ...modelChanges } };
  const specials = { bosToken: '<|im_start|>', eosToken: '<|im_end|>', padToken: '<|endoftext|>' };
  return { tokenizer: createTokenizer(changed, specials, 'tokenizer.json'), config: model.config };
}

const metadataOf = async (source: Pick<Model, 'tokenizer' | 'config'>) =>
  new Map(
    [
      ...(await tokenizerMetadata(source, createChatFormat({ ...source, chatTemplate: model.chatTemplate }))),
    ].map(([key, { value }]) => [key, value]),
  );

describe('tokenizerMetadata of byte-level BPE', () => {
  it.each([
    ['smollm', {}, {}],
    ['gpt-2', { pre_tokenizer: bytes(true) }, {}],
    ['llama-bpe', { pre_tokenizer: sequence(split(llama3), bytes(false)) }, { ignore_merges: true }],
    ['dbrx', { pre_tokenizer: sequence(split(llama3), bytes(false)) }, {}],
    [
      'qwen2',
      {
        normalizer: { type: 'NFC' },
        pre_tokenizer: sequence(split(llama3.replace('{1,3}', '')), bytes(false)),
      },
      {},
    ],
  ])('names the way of splitting: %s', async (pre, changes, modelChanges) => {
    const source = withTokenizer(changes, modelChanges);
    const metadata = await metadataOf(source);
    expect(metadata.get('tokenizer.ggml.pre')).toBe(pre);
    const { definition } = ggufTokenizer(metadata as Map<string, string>, 'test');
    const text = "It's 12345 of\n\n the  user<|im_end|>\n日本 😀";
    const back = createTokenizer(definition, {}, 'test');
    expect((await back.encode(text)).ids).toEqual((await source.tokenizer.encode(text)).ids);
  });

  it.each([
    [
      'an unknown pattern',
      { pre_tokenizer: sequence(split('\\w+'), bytes(false)) },
      /has no name in llama.cpp/,
    ],
    ['lower case', { normalizer: { type: 'Lowercase' } }, /kind that cannot be written/],
    ['other steps', { pre_tokenizer: { type: 'Whitespace' } }, /kind that cannot be written/],
  ])('refuses %s', async (_what, changes, message) => {
    await expect(metadataOf(withTokenizer(changes))).rejects.toThrow(message);
  });

  it('marks special, user-defined and missing tokens, and names the ends', async () => {
    const definition = tinyTokenizerJson() as unknown as { added_tokens: { id: number; special: boolean }[] };
    const added_tokens = definition.added_tokens.map((token) => ({ ...token, special: token.id !== 0 }));
    const source = withTokenizer({ added_tokens });
    const { vocabSize } = source.tokenizer;
    const config = { ...model.config, vocabSize: vocabSize + 2, eosTokenIds: [2, 0] };
    const metadata = await metadataOf({ ...source, config });
    const types = metadata.get('tokenizer.ggml.token_type') as number[];
    expect([types.slice(0, 4), types.slice(-3)]).toEqual([
      [4, 3, 3, 1],
      [1, 5, 5],
    ]);
    expect((metadata.get('tokenizer.ggml.tokens') as string[]).at(-1)).toBe(`[PAD${vocabSize + 1}]`);
    expect(metadata.get('tokenizer.ggml.eos_token_id')).toBe(2);
    expect(metadata.get('tokenizer.ggml.eot_token_id')).toBe(0);
    expect(metadata.get('tokenizer.ggml.add_bos_token')).toBe(false);
    await expect(metadataOf({ ...source, config: { ...config, eosTokenIds: [2, 0, 1, 5] } })).rejects.toThrow(
      /4 tokens end an answer/,
    );
    await expect(metadataOf({ ...source, config: { ...config, vocabSize: 2 } })).rejects.toThrow(
      /only 2 rows/,
    );
  });
});

describe('tokenizerMetadata of SentencePiece BPE', () => {
  /** As in Llama 2: blanks are marked, unknown characters fall back to bytes. */
  function sentencePiece(prefix: boolean) {
    const merges = [
      '▁ t',
      'h e',
      '▁t he',
      'i n',
      '▁ a',
      'e r',
      'u s',
      'us er',
      '▁ user',
      '▁t h',
      '▁th e',
      'a n',
      'an d',
      '▁ and',
    ];
    const pieces = merges.map((merge) => merge.replace(' ', ''));
    const letters = [...'▁abcdefghijklmnopqrstuvwxyzTW?.,'];
    const hex = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    const tokens = [
      '<unk>',
      '<s>',
      '</s>',
      ...Array.from({ length: 256 }, (_, byte) => hex(byte)),
      ...new Set([...pieces, ...letters]),
    ];
    const added = (content: string, id: number) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    });
    const replace = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
    return {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: tokens.slice(0, 3).map(added),
      normalizer: {
        type: 'Sequence',
        normalizers: prefix ? [{ type: 'Prepend', prepend: '▁' }, replace] : [replace],
      },
      pre_tokenizer: null,
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
        pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
        special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
      },
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
          { type: 'Strip', content: ' ', start: 1, stop: 0 },
        ],
      },
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: '<unk>',
        fuse_unk: true,
        byte_fallback: true,
        ignore_merges: false,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges,
      },
    };
  }

  it.each([true, false])('gives llama.cpp the same tokens, with a blank in front: %s', async (prefix) => {
    const directory = join(root, `piece-${prefix}`);
    const definition = sentencePiece(prefix);
    await writeTinyModel(directory, { vocab_size: Object.keys(definition.model.vocab).length });
    await writeJson(join(directory, 'tokenizer.json'), definition);
    await writeJson(join(directory, 'tokenizer_config.json'), {
      bos_token: '<s>',
      eos_token: '</s>',
      chat_template:
        "{% for m in messages %}{{ bos_token + '[INST] ' + m.content + ' [/INST]' + eos_token }}{% endfor %}",
    });
    const piece = { ...(await loadModel(directory)), name: 'piece' };
    const file = join(root, `piece-${prefix}.gguf`);
    await exportGguf({ model: piece }, file, { format: 'F32', name: 'piece' });
    const { metadata } = await readGgufHeader(file);
    expect(metadata.get('tokenizer.ggml.model')).toBe('llama');
    expect(metadata.get('tokenizer.ggml.add_bos_token')).toBe(true);
    const gguf = await openGguf({ file, gpu: false, threads: 1 });
    for (const text of [
      'the user and the inner then',
      'What is a user? T.',
      'an  andthe',
      'é 日本 😀\n\tthe',
    ]) {
      const { ids } = await piece.tokenizer.encode(text);
      expect([...gguf.model.tokenize(text, true)], text).toEqual(ids);
    }
    await gguf.model.dispose();
    await gguf.llama.dispose();
  });
});
