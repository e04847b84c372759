/**
 * Prompts and continuations as the tokens of llama.cpp's own tokenizer, compared with ours.
 * @module
 */
import type { LlamaModel, Token } from 'node-llama-cpp';
import type { ChatFormat } from '../../chat/template.js';
import type { Message } from '../../data/example.js';
import { AttuneError } from '../../errors.js';
import type { LikelihoodRequest, PromptBody } from '../../evaluate/system.js';
import type { Tokenizer } from '../../model/tokenizer.js';
import { splitTrailingSpace } from '../trailing-space.js';

/** Writes prompts as tokens. */
export interface PromptEncoder {
  /** @throws AttuneError when the tokenizer of the training gives other tokens */
  prompt(id: string, body: PromptBody): Promise<Token[]>;
  continuations(request: LikelihoodRequest): Promise<EncodedContinuations>;
}

/** A request for likelihoods as tokens. */
export interface EncodedContinuations {
  /** At least one token. */
  prompt: Token[];
  /** For each continuation the tokens that follow the prompt. */
  continuations: Token[][];
  /** Whether the prompt is empty, so that a continuation may be scored window by window. */
  alone: boolean;
}

/** What an encoder is made from. */
export interface PromptEncoderOptions {
  file: string;
  model: LlamaModel;
  format: ChatFormat;
  /** That of the training; every text is then encoded with both and has to give the same tokens. */
  tokenizer?: Tokenizer;
}

/**
 * Makes an encoder. Special tokens that are written out become their ids, as in training. Plain text is encoded as by
 * lm-evaluation-harness: after what the tokenizer itself puts before a text; white space at the end of a prompt moves to
 * the continuation, both are encoded together, and the prompt's own number of tokens cuts them. An answer in a
 * conversation leaves the prompt's tokens as they are.
 *
 * @throws AttuneError when the format's end of turn is not one token of this model
 */
export function createPromptEncoder({ file, model, format, tokenizer }: PromptEncoderOptions): PromptEncoder {
  const tokenize = (text: string): Token[] => model.tokenize(text, true, 'trimLeadingSpace');
  checkEndOfTurn(format, tokenize, file);
  const encode = async (id: string, text: string): Promise<Token[]> => {
    const tokens = tokenize(text);
    if (tokenizer) checkSameTokens(id, text, tokens, (await tokenizer.encode(text)).ids, tokenizer, file);
    return tokens;
  };
  const plainText = async (id: string, text: string): Promise<Token[]> => {
    const [first] = format.document.prefix as Token[];
    const tokens = await encode(id, text);
    return first === undefined || tokens[0] === first ? tokens : [first, ...tokens];
  };
  const conversation = (messages: readonly Message[]): string =>
    format.render(messages, { addGenerationPrompt: true });
  return {
    async prompt(id, { messages, text = '' }) {
      if (messages) return encode(id, conversation(messages));
      return atLeastOne(await plainText(id, text), model, file);
    },
    async continuations({ id, messages, text = '', continuations }) {
      if (messages) {
        const before = conversation(messages);
        const prompt = await encode(id, before);
        const answers = await inTurn(continuations, async (answer) => {
          const together = await encode(id, before + answer);
          const continues = prompt.every((token, i) => together[i] === token);
          return continues ? together.slice(prompt.length) : encode(id, answer);
        });
        return { prompt, continuations: checked(id, answers), alone: false };
      }
      const [before, blanks] = splitTrailingSpace(text);
      const prompt = atLeastOne(before === '' ? [] : await plainText(id, before), model, file);
      const rest = await inTurn(continuations, async (continuation) => {
        if (before !== '') {
          return (await plainText(id, before + blanks + continuation)).slice(prompt.length);
        }
        const tokens = await encode(id, blanks + continuation);
        return tokens[0] === prompt[0] ? tokens.slice(1) : tokens;
      });
      return { prompt, continuations: checked(id, rest), alone: before === '' };
    },
  };
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

function checked(id: string, continuations: Token[][]): Token[][] {
  const empty = continuations.findIndex(({ length }) => length === 0);
  if (empty < 0) return continuations;
  throw new AttuneError(`continuation ${empty + 1} of ${id} adds no token to its prompt`, {
    field: 'continuations',
    fix: 'remove it, or give it a text of its own',
  });
}

/** A text begins after BOS, or EOS where there is no BOS, when there is nothing else that it could follow. */
function atLeastOne(tokens: Token[], { tokens: special }: LlamaModel, file: string): Token[] {
  if (tokens.length > 0) return tokens;
  const first = special.bos ?? special.eos;
  if (first !== null) return [first];
  throw new AttuneError('has neither a BOS nor an EOS token that an empty prompt could begin with', { file });
}

function checkEndOfTurn(
  { endOfTurn, stopTokenIds }: ChatFormat,
  tokenize: (text: string) => Token[],
  file: string,
): void {
  if (endOfTurn === undefined) return;
  const last = tokenize(endOfTurn).at(-1);
  if (last !== undefined && stopTokenIds.includes(last)) return;
  throw new AttuneError(
    `the end of a turn, ${JSON.stringify(endOfTurn)}, is not one token of this model that ends an answer`,
    {
      file,
      field: 'tokenizer.ggml.tokens',
      fix: 'convert the model again together with its tokenizer, or take the chat format of the file itself',
    },
  );
}

const excerptLength = 40;

function checkSameTokens(
  id: string,
  text: string,
  theirs: readonly number[],
  ours: readonly number[],
  tokenizer: Tokenizer,
  file: string,
): void {
  if (theirs.length === ours.length && theirs.every((token, i) => token === ours[i])) return;
  let at = 0;
  while (at < ours.length && theirs[at] === ours[at]) at++;
  const before = tokenizer.decode(ours.slice(0, at));
  const shown = JSON.stringify(text.slice(before.length, before.length + excerptLength));
  throw new AttuneError(
    `llama.cpp makes other tokens of the prompt of ${id} than the training: at token ${at}, near ${shown}, ` +
      `${theirs[at] ?? 'the end'} in place of ${ours[at] ?? 'the end'}`,
    {
      file,
      field: 'tokenizer.ggml.pre',
      fix: 'convert the model again with a newer convert_hf_to_gguf.py, together with its own tokenizer',
    },
  );
}
