/**
 * A model, with or without an adapter, as a System that answers prompts on the embedded engine.
 * @module
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loraScaling } from '../../adapter/lora.js';
import { adapterFiles, readAdapter } from '../../adapter/peft.js';
import type { ChatFormat } from '../../chat/template.js';
import { encodePrompt } from '../../chat/tokenize.js';
import { AttuneError } from '../../errors.js';
import type { Answer, GenerationSettings, Prompt, System } from '../../evaluate/system.js';
import { hashFile, hashJson } from '../../files.js';
import type { ModelConfig } from '../../model/config.js';
import type { Model } from '../../model/model.js';
import type { EngineSettings } from '../../train/settings.js';
import { loadBaseWeights } from './base-weights.js';
import type { GenerateWorkerMethods } from './generate-worker.js';
import type { GenerateSettings, GeneratorOptions } from './generator.js';
import type { AdapterShape, Parameter } from './parameters.js';
import { batchPrompts, type TokenizedPrompt } from './prompt-batches.js';
import { startWorker, type WorkerClient } from './rpc.js';

/** What a system on the embedded engine is made from. */
export interface OnnxSystemOptions {
  /** As it stands in files and tables. */
  name: string;
  model: Model;
  format: ChatFormat;
  precision: EngineSettings['precision'];
  /** Folder of a LoRA adapter in PEFT's form. */
  adapterDirectory?: string;
  /** Most prompts that are answered together. */
  batchSize: number;
  /** Threads of the runtime. Default: all cores. */
  threads?: number;
}

/** Opens a system; its worker starts with the first question. */
export async function createOnnxSystem(options: OnnxSystemOptions): Promise<System> {
  const { model, format, precision, adapterDirectory } = options;
  let worker: Promise<WorkerClient<GenerateWorkerMethods>> | undefined;
  const started = (): Promise<WorkerClient<GenerateWorkerMethods>> => {
    worker ??= startGenerator(options);
    return worker;
  };
  return {
    name: options.name,
    hash: hashJson({
      model: model.hash,
      template: format.hash,
      precision,
      adapter: adapterDirectory ? await hashFile(join(adapterDirectory, adapterFiles.weights)) : undefined,
    }),
    async *answer(prompts: Prompt[], settings: GenerationSettings): AsyncIterable<Answer> {
      const tokenized = await Promise.all(prompts.map((prompt) => tokenize(prompt, options, settings)));
      const lengths = new Map(tokenized.map(({ id, ids }) => [id, ids.length]));
      for (const batch of batchPrompts(tokenized, options.batchSize)) {
        const answers = await (await started()).call('generate', batch, generateSettings(settings, format));
        for (const { id, tokens, stopped } of answers) {
          yield {
            id,
            text: model.tokenizer.decode(tokens, { skipSpecialTokens: true }).trim(),
            stopped,
            promptTokens: lengths.get(id)!,
            newTokens: tokens.length,
          };
        }
      }
    },
    close: async () => {
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
    : (await model.tokenizer.encode(prompt.text ?? '')).ids;
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
    ...(adapterDirectory
      ? await loadAdapter(adapterDirectory, model.config)
      : { parameters: [], values: new Map<string, Float32Array>() }),
    threads: options.threads ?? availableParallelism(),
  };
  return startWorker<GenerateWorkerMethods>('generate-worker', workerData);
}

async function loadAdapter(
  directory: string,
  config: ModelConfig,
): Promise<{ parameters: Parameter[]; adapter: AdapterShape; values: Map<string, Float32Array> }> {
  const { settings, tensors } = await readAdapter(directory, config);
  const values = new Map<string, Float32Array>();
  const parameters: Parameter[] = [];
  for (const [module, { A, B }] of tensors) {
    for (const [which, data] of [
      ['A', A],
      ['B', B],
    ] as const) {
      const name = `${module}.lora_${which}.weight`;
      const rows = which === 'A' ? settings.r : data.length / settings.r;
      const shape = [rows, data.length / rows];
      parameters.push({ name, shape, size: data.length, weightDecay: false, learningRateRatio: 1 });
      values.set(name, data);
    }
  }
  const adapter = { r: settings.r, scaling: loraScaling(settings), dropout: 0, modules: [...tensors.keys()] };
  return { parameters, adapter, values };
}
