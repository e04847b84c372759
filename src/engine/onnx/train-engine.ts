/**
 * The embedded engine as the training loop sees it: a worker thread behind the {@link TrainEngine} interface.
 * @module
 */
import { availableParallelism } from 'node:os';
import type { Model } from '../../model/model.js';
import { writeModelFiles } from '../../model/model-files.js';
import type { OnProgress } from '../../progress.js';
import type { TrainEngine } from '../../train/engine.js';
import type { EngineSettings } from '../../train/settings.js';
import { loadBaseWeights } from './base-weights.js';
import { startWorker } from './rpc.js';
import type { TrainWorkerMethods, TrainWorkerOptions } from './train-worker.js';
import { requireWebGpu } from './webgpu/device.js';
import { checkWebGpuSettings } from './webgpu/settings.js';

/** What an embedded engine is made from. */
export interface OnnxEngineOptions {
  model: Model;
  settings: EngineSettings;
  /** Folder of token shards. */
  directory: string;
  /** Splits that the plan's rows are numbered through, one after the other. Default: `train`. */
  trainSplits?: readonly string[];
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
 * @throws {AttuneError} when the model's weights cannot be brought into the wanted precision, or the device is not
 *   there or cannot train this
 */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<TrainEngine> {
  const { model, settings } = options;
  if (settings.device === 'webgpu') {
    checkWebGpuSettings(settings);
    await requireWebGpu();
  }
  const workerData: TrainWorkerOptions = {
    config: model.config,
    base: await loadBaseWeights(model, settings.precision, options),
    // What PEFT will look for: a short name of ours would mean nothing to it.
    baseModel: { name: model.hubId ?? model.path, revision: model.revision },
    settings,
    directory: options.directory,
    trainSplits: options.trainSplits ?? ['train'],
    hasEvaluation: options.hasEvaluation,
    threads: options.threads ?? availableParallelism(),
    startFrom: options.startFrom,
  };
  const worker = await startWorker<TrainWorkerMethods>('train-worker', workerData);
  return {
    step: (request) => worker.call('step', request),
    beginStage: (start) => worker.call('beginStage', start),
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
