import fc from 'fast-check';
import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { describe, expect, it } from 'vitest';
import { gpt2Words, wordSplitter } from './byte-level-words.js';
import { createTokenizer } from './native-tokenizer.js';
import { tinyTokenizerJson } from './tiny-model.fixture.js';

type Definition = Record<string, unknown> & { added_tokens: object[]; model: object };

const split = (pattern: string): object => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior: 'Isolated',
  invert: false,
});
const bytes = (use_regex: boolean): object => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: false,
  use_regex,
});

/** The tiny tokenizer, with words divided in each of the known ways. */
const preTokenizers: Record<string, object> = {
  'digits apart': {
    type: 'Sequence',
    pretokenizers: [{ type: 'Digits', individual_digits: true }, bytes(true)],
  },
  'GPT-2': bytes(true),
  "llama.cpp's pattern": { type: 'Sequence', pretokenizers: [split(gpt2Words), bytes(false)] },
  "llama.cpp's pattern, digits apart": {
    type: 'Sequence',
    pretokenizers: [split('\\p{N}'), split(`${gpt2Words}|\\s+`), bytes(false)],
  },
};

function definitionWith(changes: Partial<Definition>): Definition {
  return { ...(tinyTokenizerJson() as unknown as Definition), ...changes };
}

describe.each(Object.entries(preTokenizers))('words encoded once, %s', (_name, pre_tokenizer) => {
  const definition = definitionWith({ pre_tokenizer });
  const native = NativeTokenizer.fromString(JSON.stringify(definition));
  const tokenizer = createTokenizer(definition, {}, 'tokenizer.json');

  async function expectSame(texts: string[]): Promise<void> {
    const wanted = await native.encodeBatch(texts, { addSpecialTokens: false });
    const encodings = await tokenizer.encodeBatch(texts);
    expect(encodings.map(({ ids }, i) => [texts[i], ids])).toEqual(
      wanted.map((encoding, i) => [texts[i], encoding.getIds()]),
    );
    // Offsets beyond the basic plane are counted differently; native-tokenizer.test.ts looks at those.
    const plain = texts.map((text) => !/[\ud800-\udfff]/.test(text));
    expect(encodings.map(({ offsets }, i) => plain[i] && offsets)).toEqual(
      wanted.map((encoding, i) => plain[i] && encoding.getOffsets()),
    );
  }

  it('knows the words', () => {
    expect(wordSplitter(definition)).toBeDefined();
  });

  it('gives what the whole text gives, for every character in its company', async () => {
    const texts: string[] = [];
    // Every character of the blocks that are looked at one by one, a few of the others.
    for (let code = 0; code < 0x3100; code += code < 0x600 || (code >= 0x1fff && code < 0x2300) ? 1 : 9) {
      const c = String.fromCharCode(code);
      texts.push(`the${c}the ${c}${c} 1${c}2  ${c} ${c}'s`);
    }
    await expectSame(texts);
  });

  it('gives what the whole text gives, for mixtures', async () => {
    const pieces = [
      ...[
        "'s",
        "'re",
        "'ll",
        "'l",
        "'",
        ' ',
        '  ',
        '\n',
        '\r\n',
        '\t',
        '\u00a0',
        '\u0085',
        '\u2003',
        'the',
        ' the',
      ],
      ...[
        'THE',
        '1',
        '42',
        '½',
        '²',
        '...',
        '(',
        '€',
        'é',
        'e\u0301',
        'Ω',
        'ж',
        '漢',
        '😀',
        '<|im_end|>',
        '<|im_',
        '|>',
      ],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), { maxLength: 8 }),
        (texts) => expectSame(texts.map((parts) => parts.join(''))),
      ),
      { numRuns: 300 },
    );
  });

  it('gives the same again when it knows the words, and from calls at the same time', async () => {
    const texts = ['the table says 1,234 <|im_end|>', 'a'.repeat(5000), "they're  here\n\n\nnow", ''];
    const [first, second] = await Promise.all([tokenizer.encodeBatch(texts), tokenizer.encodeBatch(texts)]);
    expect(second).toEqual(first);
    await expectSame(texts);
    await expectSame(texts.toReversed());
  });
});

describe('wordSplitter', () => {
  it.each<[string, Partial<Definition>]>([
    ['a normalizer', { normalizer: { type: 'NFC' } }],
    ['no pre-tokenizer', { pre_tokenizer: null }],
    [
      'an unknown pattern',
      { pre_tokenizer: { type: 'Sequence', pretokenizers: [split('\\w+'), bytes(false)] } },
    ],
    ['a blank put before', { pre_tokenizer: { ...bytes(true), add_prefix_space: true } }],
    ['dropout', { model: { dropout: 0.1 } }],
    ['tokens that take blanks along', { added_tokens: [{ content: '<x>', lstrip: true }] }],
    [
      'tokens found before and after normalization',
      { added_tokens: [{ content: 'a', normalized: true }, { content: 'b' }] },
    ],
  ])('leaves definitions with %s to the native package', (_name, changes) => {
    expect(wordSplitter(definitionWith(changes))).toBeUndefined();
  });
});
