/**
 * A GGUF file as a System, answered by llama.cpp in this process.
 * @module
 */
import type { LlamaContext, LlamaContextSequence, Token } from 'node-llama-cpp';
import type { ChatFormat } from '../../chat/template.js';
import { AttuneError } from '../../errors.js';
import type {
  Answer,
  GenerationSettings,
  Likelihood,
  LikelihoodRequest,
  Likelihoods,
  Prompt,
  System,
} from '../../evaluate/system.js';
import { hashJson } from '../../files.js';
import type { Tokenizer } from '../../model/tokenizer.js';
import { asTheyEnd } from '../as-they-end.js';
import { scoringWindows } from '../scoring-windows.js';
import { compareTokens } from '../token-order.js';
import { generate, likelihoodOf } from './generate.js';
import { formatOfGguf, type OpenGguf, openContext, openGguf, sampledHash } from './gguf-model.js';
import { createPromptEncoder, type PromptEncoder } from './tokens.js';

/** What a system of a GGUF file is made from. */
export interface GgufSystemOptions {
  /** As it stands in files and tables. */
  name: string;
  file: string;
  /** How conversations are written; the run's, so that they are those of the training. Default: the file's own. */
  format?: ChatFormat;
  /** The run's tokenizer: every text has to give the same tokens with both. Without it llama.cpp's is taken as it is. */
  tokenizer?: Tokenizer;
  /** Most prompts that are answered together. */
  batchSize: number;
  /** Most tokens of a prompt with its answer. Default: what the model was trained for. */
  contextSize?: number;
  /** Threads on the processor. Default: the cores that are of use. */
  threads?: number;
  /** Whether a graphics processor may be used where there is one. Default true. */
  gpu?: boolean;
  /** LoRA adapter in GGUF form. */
  adapterFile?: string;
}

/** A System of a GGUF file, with the format that its conversations are written in. */
export interface GgufSystem extends System {
  readonly format: ChatFormat;
  likelihoods(requests: LikelihoodRequest[], signal?: AbortSignal): AsyncIterable<Likelihoods>;
}

/** llama.cpp makes contexts of a multiple of this. */
const contextStep = 256;

/**
 * Opens a GGUF file as a System. Room for the texts is made with the first question, as much as the longest one needs.
 * Prompts that begin alike are answered one after the other and their common beginning is computed once in each lane.
 *
 * @throws AttuneError when the file, the adapter or the chat template in it cannot be read, or llama.cpp has no binary
 * for this machine
 */
export async function createGgufSystem(options: GgufSystemOptions): Promise<GgufSystem> {
  const { name, file, batchSize, tokenizer, adapterFile, gpu = true, threads } = options;
  const hash = await Promise.all([sampledHash(file), adapterFile && sampledHash(adapterFile)]);
  const gguf = await openGguf({ file, threads, gpu });
  try {
    const format = options.format ?? formatOfGguf(gguf);
    const encoder = createPromptEncoder({ file, model: gguf.model, format, tokenizer });
    const room = options.contextSize ?? gguf.model.trainContextSize;
    const lanes = new Lanes(gguf, options);
    return {
      name,
      format,
      hash: hashJson({ engine: 'llama.cpp', files: hash, template: format.hash }),
      answer: (prompts, settings, signal) => lanes.alone(answer(prompts, settings, signal)),
      likelihoods: (requests, signal) => lanes.alone(likelihoods(requests, signal)),
      close: async () => {
        await lanes.close();
        await gguf.model.dispose();
        await gguf.llama.dispose();
      },
    };

    async function* answer(
      prompts: readonly Prompt[],
      settings: GenerationSettings,
      signal?: AbortSignal,
    ): AsyncGenerator<Answer> {
      if (prompts.length === 0) return;
      const work: { prompt: Prompt; tokens: Token[] }[] = [];
      for (const prompt of prompts) {
        const tokens = await encoder.prompt(prompt.id, prompt);
        checkRoom(prompt.id, tokens.length, settings.max_new_tokens, room);
        work.push({ prompt, tokens });
      }
      work.sort((a, b) => compareTokens(a.tokens, b.tokens));
      const longest = Math.max(...work.map(({ tokens }) => tokens.length)) + settings.max_new_tokens;
      const sequences = await lanes.open(Math.min(batchSize, work.length), longest);
      yield* asTheyEnd(
        work,
        sequences.length,
        async ({ prompt: { id, stop = [] }, tokens }, lane, stopped): Promise<Answer> => {
          const { text, ...rest } = await generate(
            gguf.model,
            sequences[lane]!,
            { id, prompt: tokens, stopTokenIds: format.stopTokenIds, stopTexts: stop, settings },
            stopped,
          );
          return { id, text: text.trim(), ...rest, promptTokens: tokens.length };
        },
        signal,
      );
    }

    async function* likelihoods(
      requests: readonly LikelihoodRequest[],
      signal?: AbortSignal,
    ): AsyncGenerator<Likelihoods> {
      if (requests.length === 0) return;
      const work = await encodeRequests(requests, encoder, room);
      const longest = Math.max(...work.map(({ length }) => length));
      const sequences = await lanes.open(Math.min(batchSize, work.length), longest);
      yield* asTheyEnd(
        work,
        sequences.length,
        async ({ id, continuations }, lane, stopped): Promise<Likelihoods> => {
          const found: Likelihoods = { id, continuations: [] };
          for (const windows of continuations) {
            const whole: Likelihood = { logLikelihood: 0, tokens: 0, greedy: true };
            for (const { before, scored } of windows) {
              stopped.throwIfAborted();
              const part = await likelihoodOf(sequences[lane]!, before, scored);
              whole.logLikelihood += part.logLikelihood;
              whole.tokens += part.tokens;
              whole.greedy &&= part.greedy;
            }
            found.continuations.push(whole);
          }
          return found;
        },
        signal,
      );
    }
  } catch (error) {
    await gguf.model.dispose();
    await gguf.llama.dispose();
    throw error;
  }
}

/** The sequences of a context, which is made anew when a longer text comes. */
class Lanes {
  readonly #gguf: OpenGguf;
  readonly #options: GgufSystemOptions;
  #context?: LlamaContext;
  #sequences: LlamaContextSequence[] = [];
  #busy = false;

  constructor(gguf: OpenGguf, options: GgufSystemOptions) {
    this.#gguf = gguf;
    this.#options = options;
  }

  /** Passes on what `results` gives; two lists at a time would write into each other's sequences. */
  async *alone<T>(results: AsyncIterable<T>): AsyncGenerator<T> {
    if (this.#busy) throw new Error('a GGUF file answers one list of questions at a time');
    this.#busy = true;
    try {
      yield* results;
    } finally {
      this.#busy = false;
    }
  }

  /** `count` sequences, or as many as fit, with room for `tokens` tokens each. */
  async open(count: number, tokens: number): Promise<LlamaContextSequence[]> {
    const context = this.#context;
    if (context && context.contextSize >= tokens && this.#sequences.length >= count) {
      return this.#sequences.slice(0, count);
    }
    await this.close();
    const { file, threads, adapterFile } = this.#options;
    this.#context = await openContext(this.#gguf, {
      file,
      sequences: count,
      // One more, because llama.cpp moves a text that fills its room.
      contextSize: Math.ceil((tokens + 1) / contextStep) * contextStep,
      ...(threads === undefined ? {} : { threads }),
      ...(adapterFile === undefined ? {} : { adapterFile }),
    });
    this.#sequences = Array.from({ length: count }, () => this.#context!.getSequence());
    return this.#sequences;
  }

  async close(): Promise<void> {
    await this.#context?.dispose();
    this.#context = undefined;
    this.#sequences = [];
  }
}

/** Tokens that are scored, and what the model reads before them. */
interface Window {
  before: Token[];
  scored: Token[];
}

/** A request as tokens: the windows of each continuation. */
interface EncodedRequest {
  id: string;
  prompt: Token[];
  continuations: Window[][];
  /** Tokens of the longest window. */
  length: number;
}

async function encodeRequests(
  requests: readonly LikelihoodRequest[],
  encoder: PromptEncoder,
  room: number,
): Promise<EncodedRequest[]> {
  const work: EncodedRequest[] = [];
  for (const request of requests) {
    const { prompt, continuations, alone } = await encoder.continuations(request);
    const windows = continuations.map((continuation) => {
      if (!alone) checkRoom(request.id, prompt.length, continuation.length, room);
      return windowsOf(prompt, continuation, room);
    });
    const lengths = windows.flat().map(({ before, scored }) => before.length + scored.length);
    work.push({ id: request.id, prompt, continuations: windows, length: Math.max(0, ...lengths) });
  }
  return work.sort((a, b) => compareTokens(a.prompt, b.prompt));
}

function windowsOf(prompt: readonly Token[], continuation: readonly Token[], room: number): Window[] {
  const all = [...prompt, ...continuation];
  return scoringWindows(prompt.length, all.length, room).map(({ from, scored, end }) => ({
    before: all.slice(from, scored),
    scored: all.slice(scored, end),
  }));
}

function checkRoom(id: string, tokens: number, answer: number, room: number): void {
  if (tokens + answer <= room) return;
  throw new AttuneError(
    `the prompt of ${id} has ${tokens} tokens; with an answer of ${answer} that is more than the ${room} that there is room for`,
    {
      field: 'context_size',
      fix: 'shorten the prompt, use fewer worked examples, or lower max_new_tokens',
    },
  );
}

/** By the tokens from the first one on, so that prompts with a common beginning are neighbours. */
