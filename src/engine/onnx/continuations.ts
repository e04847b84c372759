/**
 * Likelihoods of continuations on the embedded engine: which tokens each request asks for, and their scores put
 * together again.
 * @module
 */
import type { ChatFormat } from '../../chat/template.js';
import type { TokenizedExample } from '../../chat/tokenize.js';
import { AttuneError } from '../../errors.js';
import type { Likelihood, LikelihoodRequest, Likelihoods } from '../../evaluate/system.js';
import type { Model } from '../../model/model.js';
import { scoringWindows } from '../scoring-windows.js';
import { splitTrailingSpace } from '../trailing-space.js';
import { encodeTexts, textStart } from './plain-text.js';
import type { SequenceScorer } from './sequence-scores.js';

/** Requests that are tokenized at once. */
const tokenizedAtOnce = 256;

/** A continuation as tokens behind its prompt. */
interface Pair {
  id: string;
  context: number[];
  continuation: number[];
  /** Whether nothing stands before the continuation, so that it may be scored window by window. */
  alone: boolean;
}

/**
 * Yields the likelihoods of each request when its last continuation is scored.
 *
 * The first token of a plain text has the tokenizer's BOS before it, else EOS. A text alone that is longer than the
 * model's context is scored in windows ({@link scoringWindows}).
 *
 * @throws AttuneError naming the request whose prompt and continuation together are longer than the model reads, or
 * whose continuation has no token
 */
export async function* scoreContinuations(
  requests: readonly LikelihoodRequest[],
  model: Model,
  format: ChatFormat,
  scorer: SequenceScorer,
  signal?: AbortSignal,
): AsyncIterable<Likelihoods> {
  const sequences: TokenizedExample[] = [];
  /** For each sequence the request and the continuation that it belongs to. */
  const owners: [request: number, continuation: number][] = [];
  const missing = new Int32Array(requests.length);
  for (let from = 0; from < requests.length; from += tokenizedAtOnce) {
    signal?.throwIfAborted();
    const pairs = await encodeRequests(requests.slice(from, from + tokenizedAtOnce), model, format);
    for (const [i, ofRequest] of pairs.entries()) {
      for (const [continuation, pair] of ofRequest.entries()) {
        for (const window of windowsOf(pair, model.config.maxPositionEmbeddings)) {
          sequences.push(window);
          owners.push([from + i, continuation]);
          missing[from + i]!++;
        }
      }
    }
  }
  const results = requests.map(({ id, continuations }) => ({
    id,
    continuations: continuations.map((): Likelihood => ({ logLikelihood: 0, tokens: 0, greedy: true })),
  }));
  for (const [i, result] of results.entries()) if (missing[i] === 0) yield result;
  for await (const batch of scorer.score(sequences, { signal })) {
    for (const [index, { loss, tokens, greedy }] of batch) {
      const [request, continuation] = owners[index]!;
      const likelihood = results[request]!.continuations[continuation]!;
      // A loss of a certain token can be rounded to below zero.
      likelihood.logLikelihood = Math.min(0, likelihood.logLikelihood - loss);
      likelihood.tokens += tokens;
      likelihood.greedy &&= greedy;
      missing[request]!--;
      if (missing[request] === 0) yield results[request]!;
    }
  }
}

async function encodeRequests(
  requests: readonly LikelihoodRequest[],
  model: Model,
  format: ChatFormat,
): Promise<Pair[][]> {
  const encoded = await Promise.all(
    requests.map((request) =>
      request.messages
        ? encodeAnswers(format.render(request.messages, { addGenerationPrompt: true }), request, model)
        : encodeContinuations(request.text ?? '', request, model, format),
    ),
  );
  for (const pairs of encoded) {
    for (const [i, { id, continuation }] of pairs.entries()) {
      if (continuation.length > 0) continue;
      throw new AttuneError(`continuation ${i + 1} of ${id} adds no token to its prompt`, {
        field: 'continuations',
        fix: 'remove it, or give it a text of its own',
      });
    }
  }
  return encoded;
}

/** Answers stand where the model's own would: the prompt's tokens stay as they are. */
async function encodeAnswers(
  prompt: string,
  { id, continuations }: LikelihoodRequest,
  { tokenizer }: Model,
): Promise<Pair[]> {
  const texts = [prompt, ...continuations, ...continuations.map((text) => prompt + text)];
  const [before, ...encodings] = await tokenizer.encodeBatch(texts);
  const context = before!.ids;
  return continuations.map((_, i) => {
    const whole = encodings[continuations.length + i]!.ids;
    const continues = context.every((token, at) => whole[at] === token);
    return {
      id,
      context,
      continuation: continues ? whole.slice(context.length) : encodings[i]!.ids,
      alone: false,
    };
  });
}

/**
 * As lm-evaluation-harness encodes pairs (`_encode_pair` of its `TemplateLM`): white space at the end of the prompt
 * moves to the continuation, both are encoded together, and the prompt's own number of tokens cuts them.
 */
async function encodeContinuations(
  text: string,
  { id, continuations }: LikelihoodRequest,
  model: Model,
  format: ChatFormat,
): Promise<Pair[]> {
  const [prompt, space] = splitTrailingSpace(text);
  const texts = continuations.map((continuation) => space + continuation);
  if (prompt === '') {
    const start = textStart(model, format);
    const encodings = await model.tokenizer.encodeBatch(texts);
    return encodings.map(({ ids }) => {
      const continuation = ids[0] === start ? ids.slice(1) : ids;
      return { id, context: [start], continuation, alone: true };
    });
  }
  const [context, ...wholes] = await encodeTexts(
    [prompt, ...texts.map((continuation) => prompt + continuation)],
    model,
    format,
  );
  return wholes.map((ids) => ({
    id,
    context: context!,
    continuation: ids.slice(context!.length),
    alone: false,
  }));
}

/** The sequences in which the tokens of a continuation are scored. */
function windowsOf({ id, context, continuation, alone }: Pair, most: number): TokenizedExample[] {
  const ids = [...context, ...continuation];
  if (ids.length > most + 1 && !alone) {
    throw new AttuneError(
      `the prompt of ${id} with its continuation has ${ids.length} tokens, the model reads ${most}`,
      { field: 'continuations', fix: 'shorten the prompt, use fewer worked examples, or leave the item out' },
    );
  }
  return scoringWindows(context.length, ids.length, most).map(({ from, scored, end }) => ({
    id,
    ids: Int32Array.from(ids.slice(from, end)),
    lossMask: new Uint8Array(end - from).fill(1, scored - from),
  }));
}
