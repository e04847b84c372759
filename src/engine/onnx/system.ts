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
import type { Answer, GenerationSettings, Prompt, System } from '../../evaluate/system.js';
import { hashFile, hashJson } from '../../files.js';
import type { Model } from '../../model/model.js';
import type { EngineSettings } from '../../train/settings.js';
import { asTheyEnd } from '../as-they-end.js';
import { compareTokens } from '../token-order.js';
import { AnswerService } from './answer-service.js';
import { scoreContinuations } from './continuations.js';
import type { GenerateSettings } from './generate-request.js';
import type { GenerateWorkerData, GenerateWorkerMethods } from './generate-worker.js';
import { loadGenerationWeights } from './generation-weights.js';
import { loadAdapter } from './loaded-adapter.js';
import { encodeTexts, textStart } from './plain-text.js';
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
  /** Most answers that grow together; fewer where their keys and values would take more than 1.5 GB. */
  batchSize: number;
  /** Threads of the runtime. Default: all cores. */
  threads?: number;
}

/** Most memory that keys and values may take: longer prompts make smaller batches. */
export const keyValueBytes = 1.5e9;

/** Opens a system; its workers, one for answers and one for likelihoods, start with the first question. */
export async function createOnnxSystem(options: OnnxSystemOptions): Promise<System> {
  const { model, format, precision, adapterDirectory } = options;
  let worker: Promise<WorkerClient<GenerateWorkerMethods>> | undefined;
  const service = new AnswerService(async (requests, cancelled) => {
    worker ??= startGenerator(options);
    return (await worker).call('advance', requests, cancelled);
  }, model.tokenizer);
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
      const asked = await Promise.all(
        prompts.map(async (prompt) => ({ prompt, ids: await tokenize(prompt, options, settings) })),
      );
      // Prompts that begin alike stand together, so that their beginning is read once.
      asked.sort((a, b) => compareTokens(a.ids, b.ids));
      const generate = generateSettings(settings, format);
      // All are asked at once: it is the batch that lets them wait.
      yield* asTheyEnd(
        asked,
        asked.length,
        async ({ prompt: { id, stop }, ids }, _lane, given): Promise<Answer> => {
          const request = { ids, stream: id, settings: generate, stop };
          const { text, stopped, newTokens } = await service.ask(request, { signal: given });
          return { id, text: text.trim(), stopped, promptTokens: ids.length, newTokens };
        },
        signal,
      );
    },
    likelihoods: (requests, signal) => scoreContinuations(requests, model, format, scorer, signal),
    close: async () => {
      await scorer.close();
      await service.idle();
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
): Promise<number[]> {
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
  return ids;
}

async function startGenerator(options: OnnxSystemOptions): Promise<WorkerClient<GenerateWorkerMethods>> {
  const { model, precision, adapterDirectory } = options;
  const workerData: GenerateWorkerData = {
    generator: {
      config: model.config,
      base: await loadGenerationWeights(model, precision),
      ...(await loadAdapter(adapterDirectory, model.config)),
      threads: options.threads ?? availableParallelism(),
    },
    limits: { places: options.batchSize, keyValueBytes },
  };
  return startWorker<GenerateWorkerMethods>('generate-worker', workerData);
}
