/**
 * The embedded engine as the training loop sees it: a worker thread behind the {@link TrainEngine} interface.
 * @module
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { linearModules } from '../../adapter/lora.js';
import { quantizeWeights } from '../../adapter/quantized-weights.js';
import { AttuneError } from '../../errors.js';
import { attuneCache } from '../../model/cache.js';
import { materialize } from '../../model/materialize.js';
import type { Model } from '../../model/model.js';
import { writeModelFiles } from '../../model/model-files.js';
import type { OnProgress } from '../../progress.js';
import type { TrainEngine } from '../../train/engine.js';
import type { EngineSettings } from '../../train/settings.js';
import type { BaseWeights } from './weights.js';
import type { WorkerCall, WorkerOptions, WorkerReply } from './worker.js';

/** What an embedded engine is made from. */
export interface OnnxEngineOptions {
  model: Model;
  settings: EngineSettings;
  /** Folder of token shards. */
  directory: string;
  /** Whether the folder has the split `validation`. */
  hasEvaluation: boolean;
  /** Threads of the runtime. Default: all cores. */
  threads?: number;
  /** An adapter (or full model) to go on from instead of the initial values. */
  startFrom?: string;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/**
 * Starts the embedded engine in a worker thread.
 *
 * @throws {AttuneError} when the model's weights cannot be brought into the wanted precision
 */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<TrainEngine> {
  const { model, settings } = options;
  const base = await loadBaseWeights(options);
  const workerData: WorkerOptions = {
    config: model.config,
    base,
    baseModel: { name: model.name, revision: model.revision },
    settings,
    directory: options.directory,
    hasEvaluation: options.hasEvaluation,
    threads: options.threads ?? availableParallelism(),
    startFrom: options.startFrom,
  };
  const worker = await startWorker(workerData);
  return {
    step: (request) => worker.call('step', request),
    evaluate: (rows, batchSize) => worker.call('evaluate', rows, batchSize),
    save: (directory) => worker.call('save', directory),
    saveResult: async (directory) => {
      await worker.call('saveResult', directory);
      if (settings.method === 'full') await writeModelFiles(directory, model);
    },
    restore: (directory) => worker.call('restore', directory),
    peakMemoryBytes: () => worker.call('peakMemoryBytes'),
    close: async () => {
      await worker.call('close');
      await worker.terminate();
    },
  };
}

/** Maps the base model in the precision of the settings, converting it once where its own files do not have it. */
export async function loadBaseWeights({
  model,
  settings,
  onProgress,
  signal,
}: Pick<OnnxEngineOptions, 'model' | 'onProgress' | 'signal'> & {
  settings: Pick<EngineSettings, 'precision'>;
}): Promise<BaseWeights> {
  const stored = settings.precision === 'bfloat16' ? 'bfloat16' : 'float32';
  const tensors = await materialize(model, stored, { onProgress, signal });
  if (settings.precision !== 'nf4') return { tensors };
  const names = linearModules(model.config).map((module) => `${module.name}.weight`);
  return {
    tensors,
    quantized: await quantizeWeights(model, names, { cacheDirectory: attuneCache(), onProgress, signal }),
  };
}

interface EngineWorker {
  // biome-ignore lint/suspicious/noExplicitAny: each method's result type is stated by TrainEngine
  call(method: WorkerCall['method'], ...parameters: unknown[]): Promise<any>;
  terminate(): Promise<unknown>;
}

/** Under a test runner the sources run uncompiled, which a worker cannot: it always starts from `dist/`. */
function workerFile(): URL {
  return new URL(import.meta.url.replace('/src/', '/dist/').replace(/train-engine\.[jt]s$/, 'worker.js'));
}

function startWorker(workerData: WorkerOptions): Promise<EngineWorker> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile(), { workerData });
    const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
    let calls = 0;
    const fail = (error: Error): void => {
      reject(error);
      for (const call of waiting.values()) call.reject(error);
      waiting.clear();
    };
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`the engine's worker stopped with code ${code}`)));
    worker.on('message', (message: 'ready' | WorkerReply) => {
      if (message === 'ready') {
        resolve({
          call: (method, ...parameters) =>
            new Promise((done, failed) => {
              const id = calls++;
              waiting.set(id, { resolve: done, reject: failed });
              worker.postMessage({ id, method, arguments: parameters } satisfies WorkerCall);
            }),
          terminate: () => worker.terminate(),
        });
        return;
      }
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) call?.reject(rebuildError(message.error));
      else call?.resolve(message.result);
    });
  });
}

function rebuildError(error: NonNullable<WorkerReply['error']>): Error {
  if (error.attune) return new AttuneError(error.message, error);
  const plain = new Error(error.message);
  plain.stack = error.stack;
  return plain;
}
