/**
 * Generation and likelihoods on one sequence of a llama.cpp context.
 * @module
 */
import type { ControlledEvaluateIndexOutput, LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import type { GenerationSettings, Likelihood } from '../../evaluate/system.js';
import { type RandomStream, randomStream } from '../../random.js';
import { sample } from '../onnx/sampling.js';

/** What one prompt is answered with. */
export interface GenerateRequest {
  id: string;
  prompt: readonly Token[];
  /** Tokens that end an answer. */
  stopTokenIds: readonly number[];
  stopTexts: readonly string[];
  settings: GenerationSettings;
}

/** What came of it; the text ends before a stop text. */
export interface Generated {
  text: string;
  stopped: boolean;
  newTokens: number;
}

/**
 * Writes on after the prompt. Random draws are those of the embedded engine: temperature first, then top-k, then top-p,
 * from a stream of the seed and the prompt's id.
 */
export async function generate(
  model: LlamaModel,
  sequence: LlamaContextSequence,
  request: GenerateRequest,
  signal: AbortSignal,
): Promise<Generated> {
  const { settings, stopTokenIds, stopTexts } = request;
  const rest = await keepCommon(sequence, request.prompt);
  const random = randomStream(settings.seed, 'sample', request.id);
  const tokens: Token[] = [];
  const textOf = (): string => model.detokenize(tokens, false, request.prompt);
  const next =
    settings.temperature > 0
      ? sampledTokens(sequence, rest, settings, random)
      : sequence.evaluate([...rest], { temperature: 0, topK: 0, topP: 1, minP: 0, yieldEogToken: true });
  for await (const token of next) {
    signal.throwIfAborted();
    if (stopTokenIds.includes(token)) return { text: textOf(), stopped: true, newTokens: tokens.length };
    tokens.push(token);
    if (stopTexts.length > 0) {
      const text = textOf();
      const end = firstStop(text, stopTexts);
      if (end !== undefined) return { text: text.slice(0, end), stopped: true, newTokens: tokens.length };
    }
    if (tokens.length >= settings.max_new_tokens) break;
  }
  return { text: textOf(), stopped: false, newTokens: tokens.length };
}

function firstStop(text: string, stopTexts: readonly string[]): number | undefined {
  const places = stopTexts.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return places.length > 0 ? Math.min(...places) : undefined;
}

async function* sampledTokens(
  sequence: LlamaContextSequence,
  rest: readonly Token[],
  { temperature, top_p, top_k, seed }: GenerationSettings,
  random: RandomStream,
): AsyncGenerator<Token> {
  const logits = top_k > 0 ? { filter: { tokens: [], includeTop: top_k } } : true;
  let input = [...rest];
  for (;;) {
    const last = input.pop()!;
    const output = await sequence.controlledEvaluate([...input, [last, { generateNext: { logits } }]]);
    // From the likeliest to the least likely.
    const candidates = outputAt(output, input.length).logits!;
    const values = Float32Array.from(candidates.values());
    const drawn = sample(values, { temperature, topP: top_p, topK: top_k, seed }, random);
    const token = [...candidates.keys()][drawn]!;
    yield token;
    input = [token];
  }
}

/** The likelihood of `continuation`, at least one token, after `prompt`, at least one token. */
export async function likelihoodOf(
  sequence: LlamaContextSequence,
  prompt: readonly Token[],
  continuation: readonly Token[],
): Promise<Likelihood> {
  const rest = await keepCommon(sequence, prompt);
  const input = [...rest, ...continuation.slice(0, -1)];
  const first = rest.length - 1;
  const output = await sequence.controlledEvaluate(
    input.map((token, i) => {
      const target = continuation[i - first];
      if (target === undefined) return token;
      const logits = { filter: { tokens: [target], includeTop: 1 } };
      return [token, { generateNext: { logits, totalLogitWeight: true } }];
    }),
  );
  let logLikelihood = 0;
  let greedy = true;
  for (const [i, target] of continuation.entries()) {
    const { logits, totalLogitWeight } = outputAt(output, first + i);
    const highest = Math.max(...logits!.values());
    const own = logits!.get(target)!;
    // The weight is the sum of exp(logit - highest) over the vocabulary.
    logLikelihood += own - highest - Math.log(totalLogitWeight!);
    greedy &&= own === highest;
  }
  return { logLikelihood: Math.min(0, logLikelihood), tokens: continuation.length, greedy };
}

function outputAt(
  output: readonly (ControlledEvaluateIndexOutput | undefined)[],
  index: number,
): ControlledEvaluateIndexOutput['next'] {
  return output[index]!.next;
}

/**
 * Keeps what the sequence holds of the beginning of `prompt` and forgets the rest.
 *
 * @returns the tokens that are still to be evaluated, the last one at least
 */
async function keepCommon(sequence: LlamaContextSequence, prompt: readonly Token[]): Promise<Token[]> {
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  return prompt.slice(sequence.nextTokenIndex);
}
