/**
 * Builds a `tokenizer.json` definition out of a GGUF file's metadata, such that the ids are those of
 * llama.cpp. Byte-level BPE only: llama.cpp names the way in which text is split before merging in
 * `tokenizer.ggml.pre`, and the patterns here are those that it uses for each name (llama-vocab.cpp).
 * @module
 */
import { AttuneError } from '../errors.js';
import { gpt2Words } from './byte-level-words.js';
import type { GgufValue } from './gguf.js';
import type { SpecialTokens } from './native-tokenizer.js';

/** The pattern of Llama 3 and its relatives, which differ in how many digits stay together. */
const llama3 = (digits: string): string =>
  `(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}` +
  '| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

/** Patterns that split the text one after the other: what one has split, the next splits further. */
const splits = {
  default: ['[\\p{P}\\$\\+<=>\\^~\\|]+', gpt2Words, '\\p{N}+', '[0-9][0-9][0-9]'],
  gpt2: [gpt2Words],
  singleDigits: ['\\p{N}', gpt2Words],
  falcon: ['[\\p{P}\\$\\+<=>\\^~\\|`]+', gpt2Words, '[0-9][0-9][0-9]'],
  llama3: [llama3('\\p{N}{1,3}')],
  qwen2: [llama3('\\p{N}')],
  deepseekCoder: ['[\r\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', '[一-龥ࠀ-一가-퟿]+', '\\p{N}'],
} as const satisfies Record<string, readonly string[]>;

/** How llama.cpp splits for each `tokenizer.ggml.pre` that Attune knows; of several names for one way the first is written. */
const preTokenizers: Record<string, keyof typeof splits> = {
  default: 'default',
  'gpt-2': 'gpt2',
  'phi-2': 'gpt2',
  mpt: 'gpt2',
  olmo: 'gpt2',
  jais: 'gpt2',
  trillion: 'gpt2',
  'granite-docling': 'gpt2',
  exaone4: 'gpt2',
  smollm: 'singleDigits',
  starcoder: 'singleDigits',
  refact: 'singleDigits',
  'command-r': 'singleDigits',
  codeshell: 'singleDigits',
  exaone: 'singleDigits',
  'minerva-7b': 'singleDigits',
  falcon: 'falcon',
  'llama-bpe': 'llama3',
  llama3: 'llama3',
  'llama-v3': 'llama3',
  falcon3: 'llama3',
  'falcon-h1': 'llama3',
  pixtral: 'llama3',
  lfm2: 'llama3',
  dbrx: 'llama3',
  'smaug-bpe': 'llama3',
  qwen2: 'qwen2',
  'deepseek-r1-qwen': 'qwen2',
  kormo: 'qwen2',
  megrez: 'qwen2',
  stablelm2: 'qwen2',
  'deepseek-coder': 'deepseekCoder',
};

/** Of these llama.cpp takes a piece that is a token as it is, without merging. */
const wholeWordsFirst = new Set([
  'llama3',
  'llama-v3',
  'llama-bpe',
  'falcon3',
  'falcon-h1',
  'pixtral',
  'lfm2',
]);

/** Token types of GGUF: unknown, control, user-defined are found in the text before it is split. */
export const tokenTypes = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/**
 * The name in `tokenizer.ggml.pre` of the way in which text is split, undefined when llama.cpp has none that is known here.
 *
 * @param patterns what the text is split by, one after the other
 * @param takesWholeWords whether a piece that is a token is taken as it is, without merging
 */
export function preTokenizerName(patterns: readonly string[], takesWholeWords: boolean): string | undefined {
  const kinds = Object.entries(splits) as [keyof typeof splits, readonly string[]][];
  const kind = kinds.find(
    ([, own]) => own.length === patterns.length && own.every((pattern, i) => pattern === patterns[i]),
  )?.[0];
  return Object.entries(preTokenizers).find(
    ([name, of]) => of === kind && wholeWordsFirst.has(name) === takesWholeWords,
  )?.[0];
}

/**
 * The `tokenizer.json` definition and the special tokens of a GGUF file.
 *
 * @throws {AttuneError} when the tokenizer is of another kind than byte-level BPE, or split in an unknown way
 */
export function ggufTokenizer(
  metadata: ReadonlyMap<string, GgufValue>,
  file: string,
): { definition: object; specials: SpecialTokens } {
  const kind = metadata.get('tokenizer.ggml.model');
  if (kind !== 'gpt2') {
    throw new AttuneError(
      `its tokenizer is of the kind ${JSON.stringify(kind ?? 'none')}; byte-level BPE can be read`,
      {
        file,
        field: 'tokenizer.ggml.model',
        fix: "use the model's original folder (config.json, safetensors, tokenizer.json) instead of the GGUF file",
      },
    );
  }
  const pre = metadata.get('tokenizer.ggml.pre') ?? 'default';
  const split = typeof pre === 'string' && Object.hasOwn(preTokenizers, pre) ? preTokenizers[pre] : undefined;
  if (!split) {
    throw new AttuneError(
      `its tokenizer splits text in the way ${JSON.stringify(pre)}, which is not known here`,
      {
        file,
        field: 'tokenizer.ggml.pre',
        fix: "use the model's original folder (config.json, safetensors, tokenizer.json) instead of the GGUF file",
      },
    );
  }
  const tokens = list<string>(metadata, 'tokenizer.ggml.tokens', 'string', file);
  const merges = list<string>(metadata, 'tokenizer.ggml.merges', 'string', file);
  const types = metadata.has('tokenizer.ggml.token_type')
    ? list<number>(metadata, 'tokenizer.ggml.token_type', 'number', file)
    : [];
  const addedTokens = tokens.flatMap((content, id) => {
    const type = types[id];
    const special = type === tokenTypes.control || type === tokenTypes.unknown;
    if (!special && type !== tokenTypes.userDefined) return [];
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }];
  });
  const definition = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens,
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        ...splits[split].map((pattern) => ({
          type: 'Split',
          pattern: { Regex: pattern },
          behavior: 'Isolated',
          invert: false,
        })),
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: wholeWordsFirst.has(pre as string),
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map((merge) => {
        const space = merge.indexOf(' ', 1);
        return [merge.slice(0, space), merge.slice(space + 1)];
      }),
    },
  };
  const token = (key: string): string | undefined => {
    const id = metadata.get(`tokenizer.ggml.${key}_token_id`);
    return typeof id === 'number' ? tokens[id] : undefined;
  };
  return {
    definition,
    specials: { bosToken: token('bos'), eosToken: token('eos'), padToken: token('padding') },
  };
}

function list<T>(
  metadata: ReadonlyMap<string, GgufValue>,
  key: string,
  type: 'string' | 'number',
  file: string,
): T[] {
  const value = metadata.get(key);
  if (!Array.isArray(value) || value.some((item) => typeof item !== type)) {
    throw new AttuneError(`${key} is ${value === undefined ? 'missing' : `not a list of ${type}s`}`, {
      file,
      field: key,
    });
  }
  return value as T[];
}
