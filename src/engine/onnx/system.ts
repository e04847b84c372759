/**
 * A model, with or without an adapter, as a System that answers prompts on the embedded engine.
 * @module
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { adapterFiles } from '../../adapter/peft.js';
import type { ChatFormat } from '../../chat/template.js';
import { encodePrompt } from '../../chat/tokenize.js';
import { AttuneError } from '../../errors.js';
import type { GenerationSettings, Prompt, System } from '../../evaluate/system.js';
import { hashFile, hashJson } from '../../files.js';
import type { Model } from '../../model/model.js';
import type { EngineSettings } from '../../train/settings.js';
import { AnswerText } from './answer-text.js';
import { loadBaseWeights } from './base-weights.js';
import { scoreContinuations } from './continuations.js';
import type { GenerateWorkerMethods } from './generate-worker.js';
import type { GeneratorOptions } from './generator.js';
import { bytesPerToken } from './key-value-cache.js';
import { loadAdapter } from './loaded-adapter.js';
import { encodeTexts, textStart } from './plain-text.js';
import type { GenerateSettings } from './prompt-batch.js';
import { batchPrompts, type TokenizedPrompt } from './prompt-batches.js';
import { startWorker, type WorkerClient } from './rpc.js';
import { createSequenceScorer } from './sequence-scores.js';

/** What a system on the embedded engine is made from. */
export interface OnnxSystemOptions {
  /** As it stands in files and tables. */
  name: string;
  model: Model;
  format: ChatFormat;
  precision: EngineSettings['precision'];
  /** Folder of a LoRA adapter in PEFT's form. */
  adapterDirectory?: string;
  /** Most prompts that are answered together; fewer where their keys and values would take more than 1.5 GB. */
  batchSize: number;
  /** Threads of the runtime. Default: all cores. */
  threads?: number;
}

/** Tokens that are made between two looks at stop texts and at the signal. */
const stepsAtOnce = 8;
/** Most memory that the keys and values of a batch may take: longer prompts make smaller batches. */
export const cacheBytes = 1.5e9;

/** Opens a system; its workers, one for answers and one for likelihoods, start with the first question. */
export async function createOnnxSystem(options: OnnxSystemOptions): Promise<System> {
  const { model, format, precision, adapterDirectory } = options;
  let worker: Promise<WorkerClient<GenerateWorkerMethods>> | undefined;
  const started = (): Promise<WorkerClient<GenerateWorkerMethods>> => {
    worker ??= startGenerator(options);
    return worker;
  };
  const scorer = createSequenceScorer(options);
  return {
    name: options.name,
    hash: hashJson({
      model: model.hash,
      template: format.hash,
      precision,
      adapter: adapterDirectory ? await hashFile(join(adapterDirectory, adapterFiles.weights)) : undefined,
    }),
    async *answer(prompts, settings, signal) {
      const tokenized = await Promise.all(prompts.map((prompt) => tokenize(prompt, options, settings)));
      const longest = tokenized.reduce((most, { ids }) => Math.max(most, ids.length), 0);
      const fits = Math.floor(
        cacheBytes / (bytesPerToken(model.config) * (longest + settings.max_new_tokens)),
      );
      const byId = new Map(
        prompts.map((prompt, i) => [prompt.id, { prompt, length: tokenized[i]!.ids.length }]),
      );
      for (const batch of batchPrompts(tokenized, Math.max(1, Math.min(options.batchSize, fits)))) {
        signal?.throwIfAborted();
        const asked = batch.groups.flatMap(({ members }) => members.map(({ id }) => byId.get(id)!));
        const texts = asked.map(({ prompt }) => new AnswerText(model.tokenizer, prompt.stop));
        const client = await started();
        const number = await client.call('start', batch, generateSettings(settings, format));
        try {
          let ended: number[] = [];
          for (let missing = asked.length; missing > 0; ) {
            signal?.throwIfAborted();
            const progress = await client.call('advance', number, stepsAtOnce, ended);
            ended = [];
            for (const { index, tokens, done, stopped } of progress) {
              const text = texts[index]!;
              const cut = text.add(tokens);
              if (!cut && !done) continue;
              if (cut && !done) ended.push(index);
              missing--;
              const { prompt, length } = asked[index]!;
              yield {
                id: prompt.id,
                text: text.text.trim(),
                stopped: cut || stopped,
                promptTokens: length,
                newTokens: text.tokens.length,
              };
            }
          }
        } finally {
          await client.call('finish', number);
        }
      }
    },
    likelihoods: (requests, signal) => scoreContinuations(requests, model, format, scorer, signal),
    close: async () => {
      await scorer.close();
      if (!worker) return;
      await (await worker).call('close');
      await (await worker).terminate();
    },
  };
}

function generateSettings(settings: GenerationSettings, format: ChatFormat): GenerateSettings {
  return {
    maxNewTokens: settings.max_new_tokens,
    stopTokenIds: format.stopTokenIds,
    temperature: settings.temperature,
    topP: settings.top_p,
    topK: settings.top_k,
    seed: settings.seed,
  };
}

async function tokenize(
  prompt: Prompt,
  { model, format }: OnnxSystemOptions,
  settings: GenerationSettings,
): Promise<TokenizedPrompt> {
  const ids = prompt.messages
    ? await encodePrompt(prompt.messages, format, model.tokenizer)
    : (await encodeTexts([prompt.text ?? ''], model, format))[0]!;
  if (ids.length === 0) ids.push(textStart(model, format));
  const room = model.config.maxPositionEmbeddings - settings.max_new_tokens;
  if (ids.length > room) {
    throw new AttuneError(
      `the prompt of ${prompt.id} has ${ids.length} tokens; with max_new_tokens the model has room for ${room}`,
      {
        field: 'max_new_tokens',
        fix: 'shorten the prompt, use fewer worked examples, or lower max_new_tokens',
      },
    );
  }
  return { id: prompt.id, ids };
}

async function startGenerator(options: OnnxSystemOptions): Promise<WorkerClient<GenerateWorkerMethods>> {
  const { model, precision, adapterDirectory } = options;
  const workerData: GeneratorOptions = {
    config: model.config,
    base: await loadBaseWeights(model, precision),
    ...(await loadAdapter(adapterDirectory, model.config)),
    threads: options.threads ?? availableParallelism(),
  };
  return startWorker<GenerateWorkerMethods>('generate-worker', workerData);
}
