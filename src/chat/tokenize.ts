/**
 * Examples to token ids with their loss mask.
 * @module
 */
import type { Example, Message } from '../data/example.js';
import { AttuneError } from '../errors.js';
import type { Encoding, Tokenizer } from '../model/tokenizer.js';
import { findAnswers, type RenderedConversation, type TrainOn } from './answer-spans.js';
import type { ChatFormat } from './template.js';

/** An example as tokens. */
export interface TokenizedExample {
  id: string;
  ids: Int32Array;
  /** 1 where the token is a supervised target; never at the first token, and at one token at least. */
  lossMask: Uint8Array;
}

/** What of an example is tokenized. */
export type TokenizableExample = Pick<Example, 'id' | 'messages' | 'text'>;

/** How examples are tokenized. */
export interface TokenizeOptions {
  /** Which assistant turns are supervised. Default `all_answers`. */
  train_on?: TrainOn;
}

/** The prompt for the assistant's next turn, exactly as training examples begin. */
export async function encodePrompt(
  messages: readonly Message[],
  format: ChatFormat,
  tokenizer: Tokenizer,
): Promise<number[]> {
  return (await tokenizer.encode(format.render(messages, { addGenerationPrompt: true }))).ids;
}

/**
 * Tokenizes one example.
 *
 * Of a conversation, each supervised turn's answer is a target up to and including its end-of-turn token;
 * what the template writes after the last one is left out. The tokens before an answer are exactly
 * {@link encodePrompt} of the messages before it. Of a plain text, every token but the first is a target,
 * and an end-of-sequence token is appended.
 *
 * @throws {AttuneError} naming the example, see {@link findAnswers}; also when an answer holds the end-of-turn
 * token or the tokenizer joins the end of an earlier prompt with its answer
 */
export async function tokenizeExample(
  example: TokenizableExample,
  format: ChatFormat,
  tokenizer: Tokenizer,
  options: TokenizeOptions = {},
): Promise<TokenizedExample> {
  const [tokenized] = await tokenizeExamples([example], format, tokenizer, options);
  return tokenized!;
}

/** {@link tokenizeExample} for many examples, encoded in one parallel batch. */
export async function tokenizeExamples(
  examples: readonly TokenizableExample[],
  format: ChatFormat,
  tokenizer: Tokenizer,
  { train_on = 'all_answers' }: TokenizeOptions = {},
): Promise<TokenizedExample[]> {
  const texts: string[] = [];
  const conversations = examples.map((example) => {
    if (example.messages === undefined) {
      texts.push(example.text ?? '');
      return undefined;
    }
    const conversation = findAnswers(example.id, example.messages, format, train_on);
    texts.push(conversation.text, ...conversation.spans.map(({ prompt }) => prompt));
    return conversation;
  });
  const encodings = await tokenizer.encodeBatch(texts);
  let next = 0;
  const tokenized: TokenizedExample[] = [];
  for (const [index, { id }] of examples.entries()) {
    const conversation = conversations[index];
    const whole = encodings[next++]!;
    if (conversation) {
      const prompts = encodings.slice(next, next + conversation.spans.length).map(({ ids }) => ids);
      next += prompts.length;
      tokenized.push(await maskConversation(id, conversation, whole, prompts, format, tokenizer));
    } else {
      tokenized.push(maskText(id, whole.ids, format));
    }
  }
  return tokenized;
}

function maskText(id: string, text: readonly number[], format: ChatFormat): TokenizedExample {
  const { prefix, end } = format.document;
  if (text.length === 0) {
    throw new AttuneError(`example ${id}: the text is empty`, { field: 'text', fix: 'remove the example' });
  }
  if (end === undefined) {
    throw new AttuneError(`example ${id}: the tokenizer has no token that ends a text`, {
      field: 'eos_token',
      fix: "name one as eos_token in the model's tokenizer_config.json",
    });
  }
  const ids = Int32Array.from([...prefix, ...text, end]);
  const lossMask = new Uint8Array(ids.length).fill(1, 1);
  return { id, ids, lossMask };
}

async function maskConversation(
  id: string,
  { text, spans }: RenderedConversation,
  whole: Encoding,
  prompts: readonly number[][],
  format: ChatFormat,
  tokenizer: Tokenizer,
): Promise<TokenizedExample> {
  let encoding = whole;
  const continues = (prompt: readonly number[]): boolean =>
    prompt.every((token, i) => encoding.ids[i] === token);
  if (!prompts.every(continues)) {
    // A token straddles the border of prompt and answer (an answer that begins with a line break, for one).
    // In use the prompt is encoded alone and the answer follows it, so it is done here too.
    encoding = await encodeApart(text, spans.at(-1)!.prompt, prompts.at(-1)!, tokenizer);
    if (tokenizer.decode(encoding.ids) !== tokenizer.decode(whole.ids)) {
      throw new AttuneError(
        `example ${id}: the prompt ends inside a token, and the tokenizer writes the rest differently when it stands alone`,
        {
          field: 'chat_template',
          fix: 'use a chat template whose generation prompt does not end with a space or inside a word',
        },
      );
    }
    const broken = prompts.findIndex((prompt) => !continues(prompt));
    if (broken >= 0) {
      throw new AttuneError(
        `example ${id}: the tokenizer joins the end of the prompt of answer ${broken + 1} with the answer, so its tokens would differ from those in use`,
        {
          field: 'messages',
          fix: 'remove the white space at the beginning of the answer, or set train_on: last_answer',
        },
      );
    }
  }
  const { ids } = encoding;
  const lossMask = new Uint8Array(ids.length);
  for (const [index, { end }] of spans.entries()) {
    const start = prompts[index]!.length;
    const after = end === text.length ? ids.length : tokensUpTo(encoding, start, end);
    if (start === 0 || after === undefined || after <= start) {
      throw new AttuneError(
        `example ${id}: the end of answer ${index + 1} does not become a token of its own`,
        {
          field: 'chat_template',
          fix: 'check that the chat template belongs to this tokenizer',
        },
      );
    }
    lossMask.fill(1, start, after);
    if (ids.slice(start, after - 1).includes(ids[after - 1]!)) {
      throw new AttuneError(
        `example ${id}: answer ${index + 1} holds the end-of-turn token ${JSON.stringify(format.endOfTurn)}`,
        { field: 'messages', fix: 'remove it: the template adds it' },
      );
    }
  }
  return { id, ids: new Int32Array(ids), lossMask };
}

/** Number of tokens up to `end` in the text; undefined when none ends there. */
function tokensUpTo({ offsets }: Encoding, start: number, end: number): number | undefined {
  let after = start;
  while (after < offsets.length && offsets[after]![1] <= end) after++;
  return offsets[after - 1]?.[1] === end ? after : undefined;
}

/** Encodes `text` as `prompt` (whose ids are given) and, apart from it, what follows. */
async function encodeApart(
  text: string,
  prompt: string,
  promptIds: readonly number[],
  tokenizer: Tokenizer,
): Promise<Encoding> {
  const [before, after] = await tokenizer.encodeBatch([prompt, text.slice(prompt.length)]);
  const shift = prompt.length;
  return {
    ids: [...promptIds, ...after!.ids],
    offsets: [
      ...before!.offsets,
      ...after!.offsets.map(([start, end]): [number, number] => [start + shift, end + shift]),
    ],
  };
}
