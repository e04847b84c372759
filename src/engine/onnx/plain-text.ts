/**
 * Plain text as token ids, as lm-evaluation-harness and Transformers encode it: with what the tokenizer itself puts
 * before a text.
 * @module
 */
import type { ChatFormat } from '../../chat/template.js';
import { AttuneError } from '../../errors.js';
import type { Model } from '../../model/model.js';

/** Encodes texts. A text that already begins with the first of the tokenizer's own tokens gets them not a second time. */
export async function encodeTexts(
  texts: readonly string[],
  { tokenizer }: Model,
  format: ChatFormat,
): Promise<number[][]> {
  const { prefix } = format.document;
  const first = prefix[0] === undefined ? undefined : tokenizer.idToToken(prefix[0]);
  const encodings = await tokenizer.encodeBatch(texts);
  return encodings.map(({ ids }, i) =>
    first === undefined || texts[i]!.startsWith(first) ? ids : [...prefix, ...ids],
  );
}

/** What stands before the first token of a text that has nothing before it: BOS, or EOS where there is no BOS. */
export function textStart({ tokenizer }: Model, format: ChatFormat): number {
  const id =
    (tokenizer.bosToken === undefined ? undefined : tokenizer.tokenToId(tokenizer.bosToken)) ??
    format.document.end;
  if (id === undefined) {
    throw new AttuneError('the tokenizer has no token that begins or ends a text', {
      field: 'bos_token',
      fix: "name one as bos_token or eos_token in the model's tokenizer_config.json",
    });
  }
  return id;
}
