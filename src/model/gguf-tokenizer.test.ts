import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { catalog } from './catalog.js';
import { type GgufHeader, type GgufValue, readGgufHeader } from './gguf.js';
import { ggufTokenizer } from './gguf-tokenizer.js';
import { createTokenizer } from './native-tokenizer.js';
import { packagedModelFile } from './python-package.js';

/** Made by `test/golden/make_token_ids.py` with llama.cpp itself, one list of ids for each way of splitting. */
const cases: { text: string; ids: Record<string, number[]> }[] = JSON.parse(
  await readFile(new URL('../../test/golden/token-ids.json', import.meta.url), 'utf8'),
);
const smolLm = packagedModelFile(catalog[0]!.pythonPackage!);
const skipReason = existsSync(smolLm) ? '' : ` (skipped: ${smolLm} is not there)`;

describe.skipIf(skipReason)(`ids equal llama.cpp's${skipReason}`, () => {
  let header: GgufHeader | undefined;
  it.each(Object.keys(cases[0]!.ids))('split as %s', async (pre) => {
    header ??= await readGgufHeader(smolLm);
    const metadata = new Map(header.metadata).set('tokenizer.ggml.pre', pre);
    const { definition, specials } = ggufTokenizer(metadata, smolLm);
    const tokenizer = createTokenizer(definition, specials, smolLm);
    const encodings = await tokenizer.encodeBatch(cases.map(({ text }) => text));
    for (const [i, { text, ids }] of cases.entries()) {
      expect(encodings[i]!.ids, JSON.stringify(text)).toEqual(ids[pre]);
      expect(tokenizer.decode(encodings[i]!.ids), JSON.stringify(text)).toBe(text);
    }
  });
});

describe('ggufTokenizer', () => {
  const metadata = (changes: Record<string, GgufValue>): Map<string, GgufValue> =>
    new Map<string, GgufValue>(
      Object.entries({
        'tokenizer.ggml.model': 'gpt2',
        'tokenizer.ggml.pre': 'smollm',
        'tokenizer.ggml.tokens': ['<end>', 'a', 'b', 'ab', '<tool>', 'Ġ', '<pad>'],
        'tokenizer.ggml.token_type': [3, 1, 1, 1, 4, 1, 3],
        'tokenizer.ggml.merges': ['a b'],
        'tokenizer.ggml.eos_token_id': 0,
        'tokenizer.ggml.padding_token_id': 6,
        ...changes,
      }),
    );

  it('finds control and user-defined tokens in the text; only control tokens are special', async () => {
    const { definition, specials } = ggufTokenizer(metadata({}), 'x.gguf');
    expect(specials).toEqual({ bosToken: undefined, eosToken: '<end>', padToken: '<pad>' });
    const tokenizer = createTokenizer(definition, specials, 'x.gguf');
    const { ids, offsets } = await tokenizer.encode('ab<tool>a<end>');
    expect(ids).toEqual([3, 4, 1, 0]);
    expect(offsets).toEqual([
      [0, 2],
      [2, 8],
      [8, 9],
      [9, 14],
    ]);
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe('ab<tool>a');
  });

  it('names an unknown way of splitting and other kinds of tokenizers', () => {
    expect(() => ggufTokenizer(metadata({ 'tokenizer.ggml.pre': 'martian' }), 'x.gguf')).toThrow(/"martian"/);
    expect(() => ggufTokenizer(metadata({ 'tokenizer.ggml.pre': 'toString' }), 'x.gguf')).toThrow(
      /"toString"/,
    );
    expect(() => ggufTokenizer(metadata({ 'tokenizer.ggml.model': 'llama' }), 'x.gguf')).toThrow(/"llama"/);
    expect(() => ggufTokenizer(metadata({ 'tokenizer.ggml.merges': 'a b' }), 'x.gguf')).toThrow(/merges/);
  });
});
