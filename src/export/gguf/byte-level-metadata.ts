/**
 * Byte-level BPE in a GGUF file: merges, and the name of the way in which text is split.
 * @module
 */
import { AttuneError } from '../../errors.js';
import { gpt2Words } from '../../model/byte-level-words.js';
import { ggufTokenizer, preTokenizerName, tokenTypes } from '../../model/gguf-tokenizer.js';
import { createTokenizer } from '../../model/native-tokenizer.js';
import type { Tokenizer } from '../../model/tokenizer.js';
import { mergeOf, stepsOf, type TokenizerDefinition, type TokenizerKind } from './tokenizer-definition.js';

const fix =
  'export to safetensors, or convert that with the llama.cpp release that knows the model (convert_hf_to_gguf.py)';

/** Other spellings of patterns that llama.cpp knows. */
const spellings: [string, string][] = [
  ["(?i:'s|'t|'re|'ve|'m|'ll|'d)", "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"],
  [`${gpt2Words}|\\s+`, gpt2Words],
];

/**
 * The metadata of a byte-level BPE tokenizer.
 *
 * @throws {AttuneError} when it is of another kind, or splits text in a way that llama.cpp has no name for
 */
export async function byteLevelMetadata(
  definition: TokenizerDefinition,
  tokenizer: Tokenizer,
): Promise<TokenizerKind> {
  const patterns =
    definition.model.type === undefined || definition.model.type === 'BPE'
      ? splitPatterns(definition)
      : undefined;
  if (!patterns || !definition.model.merges) {
    throw new AttuneError('the tokenizer is of a kind that cannot be written into a GGUF file', {
      field: 'tokenizer.json',
      fix,
    });
  }
  const pre = preTokenizerName(patterns, definition.model.ignore_merges ?? false);
  if (pre === undefined) {
    throw new AttuneError(
      'the tokenizer splits text in a way that has no name in llama.cpp that is known here',
      {
        field: 'pre_tokenizer',
        fix,
      },
    );
  }
  const merges = definition.model.merges.map((merge) => mergeOf(merge).join(' '));
  await checkSameTokens(definition, tokenizer, pre, merges);
  return {
    model: 'gpt2',
    pre,
    entries: [['tokenizer.ggml.merges', { type: 'string[]', value: merges }]],
    typeOf: () => tokenTypes.normal,
  };
}

/** The patterns that text is split by, as llama.cpp spells them; undefined when a step does anything else. */
function splitPatterns({ normalizer, pre_tokenizer: pre }: TokenizerDefinition): string[] | undefined {
  // Canonical composition is left out by llama.cpp too; texts are composed nearly everywhere.
  if (stepsOf(normalizer, normalizer?.normalizers).some(({ type }) => type !== 'NFC')) return undefined;
  const patterns: string[] = [];
  let bytes = false;
  for (const step of stepsOf(pre, pre?.pretokenizers)) {
    if (step.type === 'Digits' && step.individual_digits) patterns.push('\\p{N}');
    else if (step.type === 'Split' && step.pattern?.Regex !== undefined) {
      const isolated = step.behavior === 'Isolated' && !step.invert;
      // The matches are kept and what lies between is removed; patterns that match everything leave nothing between.
      const kept = step.behavior === 'Removed' && step.invert;
      if (!isolated && !kept) return undefined;
      patterns.push(spelled(step.pattern.Regex));
    } else if (step.type === 'ByteLevel' && !step.add_prefix_space) {
      bytes = true;
      if (step.use_regex ?? true) patterns.push(gpt2Words);
    } else return undefined;
  }
  return bytes ? patterns : undefined;
}

function spelled(pattern: string): string {
  return spellings.reduce(
    (spelling, [other, own]) => (spelling.startsWith(other) ? own + spelling.slice(other.length) : spelling),
    pattern,
  );
}

/** What tokenizers differ in: digits, contractions, blanks, line ends, scripts, signs. */
const probe =
  "It's 12,345.67 in 2021, I'LL say: don't!  Grüße,\n\n\tÉtat \r\n 日本語のテキスト 한국어 हिन्दी ٣٤٥ x²+y_1==(a)  [b]{c} … 😀👍🏽 \u00a0 end   ";

/** Reads the metadata back and compares its tokens with the tokenizer's own. */
async function checkSameTokens(
  definition: TokenizerDefinition,
  tokenizer: Tokenizer,
  pre: string,
  merges: string[],
): Promise<void> {
  const tokens = Array.from(
    { length: tokenizer.vocabSize },
    (_, id) => tokenizer.idToToken(id) ?? `[PAD${id}]`,
  );
  const types = tokens.map(() => tokenTypes.normal as number);
  for (const { id, special } of definition.added_tokens ?? []) {
    types[id] = special ? tokenTypes.control : tokenTypes.userDefined;
  }
  const file = 'tokenizer.json';
  const read = ggufTokenizer(
    new Map<string, string | string[] | number[]>([
      ['tokenizer.ggml.model', 'gpt2'],
      ['tokenizer.ggml.pre', pre],
      ['tokenizer.ggml.tokens', tokens],
      ['tokenizer.ggml.token_type', types],
      ['tokenizer.ggml.merges', merges],
    ]),
    file,
  );
  const copy = createTokenizer(read.definition, {}, file);
  const added = (definition.added_tokens ?? []).map(({ content }) => `a ${content} b${content}\n`).join('');
  const text = probe + added;
  const [own, other] = [(await tokenizer.encode(text)).ids, (await copy.encode(text)).ids];
  const at = own.findIndex((token, i) => token !== other[i]);
  if (at >= 0 || own.length !== other.length) {
    const place = tokenizer.decode(own.slice(at < 0 ? -3 : at, at < 0 ? undefined : at + 3));
    throw new AttuneError(
      `llama.cpp would divide text into other tokens, for example at ${JSON.stringify(place)}`,
      {
        field: 'tokenizer.json',
        fix,
      },
    );
  }
}
