/**
 * A tokenizer as GGUF metadata, such that llama.cpp finds the same tokens.
 * @module
 */
import type { ChatFormat } from '../../chat/template.js';
import { AttuneError } from '../../errors.js';
import { tokenTypes } from '../../model/gguf-tokenizer.js';
import type { Model } from '../../model/model.js';
import { byteLevelMetadata } from './byte-level-metadata.js';
import type { GgufEntries, GgufEntryValue } from './gguf-writer.js';
import { sentencePieceMetadata } from './sentence-piece-metadata.js';
import type { TokenizerDefinition } from './tokenizer-definition.js';

/**
 * The entries `tokenizer.*`: tokens with types, merges or scores, special tokens, chat template.
 *
 * Rows of the embedding table without a token are named `[PAD…]` and marked unused, as llama.cpp's converter does. Every
 * token that ends an answer is among the end tokens, so that llama.cpp stops where the embedded engine does.
 *
 * @throws {AttuneError} when the tokenizer is of a kind that llama.cpp, or Attune's writer, does not have
 */
export async function tokenizerMetadata(
  { tokenizer, config }: Pick<Model, 'tokenizer' | 'config'>,
  format: ChatFormat,
): Promise<GgufEntries> {
  const definition = JSON.parse(tokenizer.toJSON()) as TokenizerDefinition;
  const kind =
    sentencePieceMetadata(definition, config.vocabSize) ?? (await byteLevelMetadata(definition, tokenizer));
  const added = new Map(definition.added_tokens?.map((token) => [token.id, token]) ?? []);
  const tokens: string[] = [];
  const types: number[] = [];
  for (let id = 0; id < config.vocabSize; id++) {
    const token = tokenizer.idToToken(id);
    tokens.push(token ?? `[PAD${id}]`);
    if (token === undefined) types.push(tokenTypes.unused);
    else if (token === definition.model.unk_token && kind.model === 'llama') types.push(tokenTypes.unknown);
    else if (added.has(id)) types.push(added.get(id)!.special ? tokenTypes.control : tokenTypes.userDefined);
    else types.push(kind.typeOf(token, id));
  }
  const outside = [...added.keys()].find((id) => id >= config.vocabSize);
  if (outside !== undefined) {
    throw new AttuneError(
      `token ${added.get(outside)!.content} has the id ${outside}, the model has only ${config.vocabSize} rows for tokens`,
      { field: 'vocab_size', fix: "use the tokenizer that belongs to the model's weights" },
    );
  }
  const id = (value: number): GgufEntryValue => ({ type: 'uint32', value });
  const bos = config.bosTokenId ?? (tokenizer.bosToken && tokenizer.tokenToId(tokenizer.bosToken));
  const unknown = definition.model.unk_token && tokenizer.tokenToId(definition.model.unk_token);
  return new Map<string, GgufEntryValue>([
    ['tokenizer.ggml.model', { type: 'string', value: kind.model }],
    ['tokenizer.ggml.pre', { type: 'string', value: kind.pre }],
    ['tokenizer.ggml.tokens', { type: 'string[]', value: tokens }],
    ['tokenizer.ggml.token_type', { type: 'int32[]', value: types }],
    ...kind.entries,
    ...(typeof bos === 'number' ? [['tokenizer.ggml.bos_token_id', id(bos)] as const] : []),
    ...endTokens(format, tokenizer).map(([key, token]) => [key, id(token)] as const),
    ...(typeof unknown === 'number' ? [['tokenizer.ggml.unknown_token_id', id(unknown)] as const] : []),
    ...(config.padTokenId === undefined
      ? []
      : [['tokenizer.ggml.padding_token_id', id(config.padTokenId)] as const]),
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: addsBeginning(format, tokenizer) }],
    ['tokenizer.ggml.add_eos_token', { type: 'bool', value: false }],
    ...(format.template === undefined
      ? []
      : [['tokenizer.chat_template', { type: 'string', value: format.template }] as const]),
  ]);
}

/**
 * Whether llama.cpp, and what is built on it, is to put the token that begins a text before a conversation: where the
 * tokenizer does so for texts and the chat template writes it. A template without it was trained and measured without it.
 */
export function addsBeginning(
  format: ChatFormat,
  { bosToken }: Pick<Model['tokenizer'], 'bosToken'>,
): boolean {
  if (format.document.prefix.length === 0 || bosToken === undefined) return false;
  if (format.template === undefined) return true;
  const rendered = format.render([{ role: 'user', content: 'question' }], { addGenerationPrompt: true });
  return rendered.startsWith(bosToken);
}

/** The keys that llama.cpp has for tokens that end an answer. */
const endKeys = ['eos', 'eot', 'eom'] as const;

/** End of sequence, of turn, of message: the tokenizer's own end token first. */
function endTokens(format: ChatFormat, tokenizer: Model['tokenizer']): [string, number][] {
  const own = tokenizer.eosToken === undefined ? undefined : tokenizer.tokenToId(tokenizer.eosToken);
  const stops = format.stopTokenIds.toSorted((a, b) => Number(b === own) - Number(a === own));
  if (stops.length === 0 && own !== undefined) stops.push(own);
  if (stops.length > endKeys.length) {
    throw new AttuneError(
      `${stops.length} tokens end an answer, a GGUF file has room for ${endKeys.length}: ${stops
        .map((stop) => tokenizer.idToToken(stop) ?? stop)
        .join(', ')}`,
      { field: 'eos_token_id', fix: 'leave only those in generation_config.json that the model writes' },
    );
  }
  return stops.map((stop, i) => [`tokenizer.ggml.${endKeys[i]!}_token_id`, stop]);
}
