import { beforeAll, describe, expect, it } from 'vitest';
import { createTokenizer } from './native-tokenizer.js';
import { tinyTokenizerJson } from './tiny-model.fixture.js';
import type { Tokenizer } from './tokenizer.js';

let tokenizer: Tokenizer;
beforeAll(() => {
  tokenizer = createTokenizer(tinyTokenizerJson(), { eosToken: '<|im_end|>' }, 'tokenizer.json');
});

/** The piece of the text that each token covers. */
async function pieces(text: string): Promise<string[]> {
  return (await tokenizer.encode(text)).offsets.map(([start, end]) => text.slice(start, end));
}

describe('createTokenizer', () => {
  it('gives offsets as JavaScript string indices, with emoji and CJK before and after', async () => {
    expect(await pieces('a😀b')).toEqual(['a', '😀', '😀', '😀', '😀', 'b']);
    expect(await pieces('日a👍🏽 the')).toEqual([
      '日',
      '日',
      '日',
      'a',
      ...Array(4).fill('👍'),
      ...Array(4).fill('🏽'),
      ' ',
      'the',
    ]);
    expect(await pieces('😀<|im_end|>😀')).toContain('<|im_end|>');
  });

  it('turns special tokens in the text into their ids and adds none', async () => {
    const { ids } = await tokenizer.encode('<|im_start|>user<|im_end|>');
    expect(ids.map((id) => tokenizer.idToToken(id))).toEqual(['<|im_start|>', 'user', '<|im_end|>']);
    expect((await tokenizer.encode('')).ids).toEqual([]);
  });

  it('does not let post-processing, truncation or padding of the definition in', async () => {
    const added = createTokenizer(
      {
        ...tinyTokenizerJson(),
        truncation: { direction: 'Right', max_length: 2, strategy: 'LongestFirst', stride: 0 },
        padding: {
          strategy: { Fixed: 9 },
          direction: 'Right',
          pad_to_multiple_of: null,
          pad_id: 0,
          pad_type_id: 0,
          pad_token: '<|endoftext|>',
        },
        post_processor: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      },
      {},
      'tokenizer.json',
    );
    expect(await added.encode('a the x')).toEqual(await tokenizer.encode('a the x'));
    expect(JSON.parse(added.toJSON()).truncation.max_length).toBe(2);
  });

  it('encodes batches as one by one', async () => {
    const texts = ['the user 12', '', '😀 日本'];
    expect(await tokenizer.encodeBatch(texts)).toEqual(
      await Promise.all(texts.map((t) => tokenizer.encode(t))),
    );
  });

  it('decodes what it encoded, with or without special tokens', async () => {
    const text = '<|im_start|>user\n日本 😀 12<|im_end|>';
    const { ids } = await tokenizer.encode(text);
    expect(tokenizer.decode(ids)).toBe(text);
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe('user\n日本 😀 12');
  });

  it('knows tokens by text and id', () => {
    expect(tokenizer.tokenToId('<|im_end|>')).toBe(2);
    expect(tokenizer.tokenToId('nonsense')).toBeUndefined();
    expect(tokenizer.idToToken(99_999)).toBeUndefined();
    expect(tokenizer.vocabSize).toBe(Object.keys(tinyTokenizerJson().model.vocab).length);
  });

  it('has a hash of the definition', () => {
    expect(createTokenizer(tinyTokenizerJson(), {}, 'elsewhere.json').hash).toBe(tokenizer.hash);
    expect(createTokenizer({ ...tinyTokenizerJson(), normalizer: { type: 'NFC' } }, {}, 'x').hash).not.toBe(
      tokenizer.hash,
    );
  });

  it('names the file of a broken definition', () => {
    expect(() => createTokenizer({ model: { type: 'Martian' } }, {}, 'tokenizer.json')).toThrow(
      expect.objectContaining({ file: 'tokenizer.json' }),
    );
  });
});
