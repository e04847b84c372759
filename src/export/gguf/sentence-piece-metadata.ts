/**
 * SentencePiece BPE (Llama 2, TinyLlama, Mistral) in a GGUF file. `tokenizer.json` keeps it as merges, llama.cpp as a score
 * for each token: the pair whose token has the highest score is joined first.
 * @module
 */
import { tokenTypes } from '../../model/gguf-tokenizer.js';
import { mergeOf, stepsOf, type TokenizerDefinition, type TokenizerKind } from './tokenizer-definition.js';

/** SentencePiece's mark of a blank. */
const blank = '▁';
const bytePattern = /^<0x[0-9A-F]{2}>$/;

/**
 * The metadata of a SentencePiece BPE tokenizer with byte tokens, undefined for any other.
 *
 * A token's score is minus the place of the first merge that makes it among the merges, which is the order in which
 * SentencePiece's own scores put them.
 *
 * @param vocabSize rows of the embedding table: there are as many scores
 */
export function sentencePieceMetadata(
  definition: TokenizerDefinition,
  vocabSize: number,
): TokenizerKind | undefined {
  const { model } = definition;
  if (model.type !== 'BPE' || !model.byte_fallback || !model.merges) return undefined;
  const prefix = blankPrefix(definition);
  if (prefix === undefined) return undefined;
  const places = new Map<string, number>();
  for (const merge of model.merges) {
    const token = mergeOf(merge).join('');
    if (!places.has(token)) places.set(token, places.size);
  }
  const added = new Set(definition.added_tokens?.map(({ id }) => id));
  const scores = new Array<number>(vocabSize).fill(0);
  for (const [token, id] of Object.entries(model.vocab)) {
    // No pair makes a token without a merge; SentencePiece gives these the lowest scores.
    if (!added.has(id) && !bytePattern.test(token)) scores[id] = -(places.get(token) ?? places.size + id);
  }
  return {
    model: 'llama',
    pre: 'default',
    entries: [
      ['tokenizer.ggml.scores', { type: 'float32[]', value: scores }],
      ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: prefix }],
    ],
    typeOf: (token) => (bytePattern.test(token) ? tokenTypes.byte : tokenTypes.normal),
  };
}

/** Whether a text gets a blank in front; undefined when blanks are not marked in SentencePiece's way. */
function blankPrefix({ normalizer, pre_tokenizer: pre }: TokenizerDefinition): boolean | undefined {
  let prefix = false;
  let marked = false;
  for (const step of stepsOf(normalizer, normalizer?.normalizers)) {
    if (step.type === 'Prepend' && step.prepend === blank) prefix = true;
    else if (step.type === 'Replace' && step.pattern?.String === ' ' && step.content === blank) marked = true;
    else return undefined;
  }
  for (const step of stepsOf(pre, pre?.pretokenizers)) {
    if (step.type !== 'Metaspace' || (step.replacement ?? blank) !== blank) return undefined;
    marked = true;
    prefix ||=
      step.prepend_scheme === undefined ? (step.add_prefix_space ?? true) : step.prepend_scheme !== 'never';
  }
  return marked ? prefix : undefined;
}
