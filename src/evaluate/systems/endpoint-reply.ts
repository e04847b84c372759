/**
 * What endpoints reply, as far as it is asked for.
 * @module
 */
import { z } from 'zod';
import type { Likelihood } from '../system.js';

/** An answer as an endpoint gives it. */
export interface GivenReply {
  text: string;
  finish: string | undefined;
  promptTokens?: number;
  newTokens?: number;
  logprobs?: number[];
}

const usage = z
  .object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() })
  .nullish();
const finish_reason = z.string().nullish();

const chatReply = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason,
        logprobs: z.object({ content: z.array(z.object({ logprob: z.number() })).nullish() }).nullish(),
      }),
    )
    .min(1),
  usage,
});

const completionReply = z.object({
  choices: z
    .array(
      z.object({
        text: z.string(),
        finish_reason,
        logprobs: z.object({ token_logprobs: z.array(z.number().nullable()).nullish() }).nullish(),
      }),
    )
    .min(1),
  usage,
});

/** An answer to messages; undefined for anything else. */
export function readChatReply(json: unknown): GivenReply | undefined {
  const reply = chatReply.safeParse(json);
  if (!reply.success) return undefined;
  const { message, finish_reason, logprobs } = reply.data.choices[0]!;
  const found = logprobs?.content?.map(({ logprob }) => logprob);
  return given(message.content ?? '', finish_reason, found, reply.data.usage);
}

/** An answer to a text; undefined for anything else. */
export function readCompletionReply(json: unknown): GivenReply | undefined {
  const reply = completionReply.safeParse(json);
  if (!reply.success) return undefined;
  const { text, finish_reason, logprobs } = reply.data.choices[0]!;
  const found = logprobs?.token_logprobs?.filter((one) => one !== null);
  return given(text, finish_reason, found, reply.data.usage);
}

function given(
  text: string,
  finish: string | null | undefined,
  logprobs: number[] | undefined,
  used: z.output<typeof usage>,
): GivenReply {
  return {
    text,
    finish: finish ?? undefined,
    ...(used?.prompt_tokens == null ? {} : { promptTokens: used.prompt_tokens }),
    ...(used?.completion_tokens == null ? {} : { newTokens: used.completion_tokens }),
    ...(logprobs ? { logprobs } : {}),
  };
}

const echo = z.object({
  choices: z
    .array(
      z.object({
        text: z.string(),
        logprobs: z
          .object({
            tokens: z.array(z.string()),
            token_logprobs: z.array(z.number().nullable()),
            top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
            text_offset: z.array(z.int()),
          })
          .nullish(),
      }),
    )
    .min(1),
});

/**
 * The likelihood of what stands behind `before` in `text`, which the endpoint has echoed. A token belongs to it when it
 * ends behind `before`: one that holds the end of the prompt too counts whole, as the two are written together.
 *
 * Offsets are counted in code points, as Python servers do; where one lies behind the last, the token that the server
 * was made to write is left out.
 *
 * @returns undefined for a response without an answer; a text that says why it holds no likelihood
 */
export function echoedLikelihood(
  json: unknown,
  before: string,
  text: string,
): Likelihood | string | undefined {
  const reply = echo.safeParse(json);
  if (!reply.success) return undefined;
  const [choice] = reply.data.choices;
  const { logprobs } = choice!;
  if (!logprobs) return 'the response holds no logprobs';
  if (!choice!.text.startsWith(text)) return 'it does not repeat the text that it was sent (echo)';
  const { tokens, token_logprobs, top_logprobs, text_offset } = logprobs;
  if (token_logprobs.length !== tokens.length || text_offset.length !== tokens.length) {
    return 'its lists of tokens, logprobs and offsets differ in length';
  }
  const start = codePoints(before);
  const end = codePoints(text);
  // Some servers count from the beginning of what they were sent before they added BOS, others from BOS.
  const shift = shiftOf(tokens, text_offset, text);
  const likelihood: Likelihood = { logLikelihood: 0, tokens: 0, greedy: true };
  for (const [i, own] of token_logprobs.entries()) {
    const from = text_offset[i]! - shift;
    const to = i + 1 < tokens.length ? text_offset[i + 1]! - shift : from + codePoints(tokens[i]!);
    if (from >= end || to <= start) continue;
    if (own === null)
      return 'it gives no probability to the first token of a text; an empty prompt needs one before it';
    likelihood.logLikelihood += own;
    likelihood.tokens++;
    const best = Object.values(top_logprobs?.[i] ?? {});
    likelihood.greedy &&= best.length > 0 && own >= Math.max(...best);
  }
  if (likelihood.tokens === 0) return 'no token belongs to the answer';
  likelihood.logLikelihood = Math.min(0, likelihood.logLikelihood);
  return likelihood;
}

/** Code points that stand before the text in the offsets: a BOS token that the server added and counts. */
function shiftOf(tokens: readonly string[], offsets: readonly number[], text: string): number {
  const [first] = tokens;
  return first !== undefined && first !== '' && !text.startsWith(first) && offsets[1] === codePoints(first)
    ? offsets[1]
    : 0;
}

const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};
