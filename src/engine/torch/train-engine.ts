/**
 * The torch engine as the training loop sees it: a Python process behind the {@link TrainEngine} interface.
 * @module
 */
import { stat } from 'node:fs/promises';
import { linearModules } from '../../adapter/lora.js';
import { quantizeWeights } from '../../adapter/quantized-weights.js';
import { AttuneError } from '../../errors.js';
import { attuneCache } from '../../model/cache.js';
import type { Model } from '../../model/model.js';
import { writeModelFiles } from '../../model/model-files.js';
import type { OnProgress } from '../../progress.js';
import type { TrainEngine } from '../../train/engine.js';
import type { EngineSettings } from '../../train/settings.js';
import { startWorkerProcess } from './worker-process.js';

/** How the machine computes; nothing of it is part of the plan. Defaults: the worker's `MachineOptions`. */
export interface TorchMachine {
  /** `auto` takes a GPU where there is one. */
  device?: string;
  /** Precision of the products. */
  compute?: 'auto' | 'float32' | 'tf32' | 'bfloat16';
  attention?: 'auto' | 'sdpa' | 'flex';
  /** Who unpacks 4-bit weights. */
  four_bit?: 'auto' | 'own' | 'bitsandbytes';
  /** Whether decoder layers are compiled. */
  compile?: boolean;
  /** Of a CPU; 0 leaves PyTorch's default. */
  threads?: number;
}

/** What a torch engine is made from. */
export interface TorchEngineOptions {
  /** Interpreter with PyTorch, Transformers and PEFT. */
  python: string;
  model: Model;
  settings: EngineSettings;
  /** Folder of token shards. */
  directory: string;
  /** Splits that the plan's rows are numbered through, one after the other. Default: `train`. */
  trainSplits?: readonly string[];
  /** Whether the folder has the split `validation`. */
  hasEvaluation: boolean;
  /** An adapter (or full model) to go on from instead of the initial values. */
  startFrom?: string;
  machine?: TorchMachine;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/**
 * Starts the torch engine in a process of its own.
 *
 * @throws {AttuneError} when the interpreter lacks something, or Transformers cannot load the model
 */
export async function createTorchEngine(options: TorchEngineOptions): Promise<TrainEngine> {
  const { model, settings } = options;
  await checkFolder(model);
  const quantized = settings.precision === 'nf4' ? await quantizedFile(options) : undefined;
  const worker = await startWorkerProcess({ python: options.python });
  try {
    await worker.call('open', {
      model: model.path,
      base_model: { name: model.hubId ?? model.path, revision: model.revision },
      settings,
      directory: options.directory,
      train_splits: options.trainSplits ?? ['train'],
      has_evaluation: options.hasEvaluation,
      quantized,
      start_from: options.startFrom,
      machine: options.machine ?? {},
    });
  } catch (error) {
    await worker.close();
    throw error;
  }
  return {
    step: async ({ step, optimizerStep, microBatches, learningRate, normaliser }) => {
      const { loss, grad_norm, tokens } = await worker.call<{
        loss: number;
        grad_norm: number;
        tokens: number;
      }>('step', {
        step,
        optimizer_step: optimizerStep,
        micro_batches: microBatches,
        learning_rate: learningRate,
        normaliser,
      });
      return { loss, gradNorm: grad_norm, tokens };
    },
    evaluate: async (rows, batchSize) => {
      const result = await worker.call<{ loss_sum: number; supervised_tokens: number }>('evaluate', {
        rows,
        batch_size: batchSize,
      });
      return { lossSum: result.loss_sum, supervisedTokens: result.supervised_tokens };
    },
    beginStage: (start) => worker.call('begin_stage', start),
    save: (directory) => worker.call('save', { directory }),
    saveResult: async (directory) => {
      await worker.call('save_result', { directory });
      if (settings.method === 'full') await writeModelFiles(directory, model);
    },
    restore: (directory) => worker.call('restore', { directory }),
    peakMemoryBytes: () => worker.call('peak_memory_bytes'),
    close: () => worker.close(),
  };
}

async function checkFolder({ path }: Model): Promise<void> {
  if ((await stat(path).catch(() => undefined))?.isDirectory()) return;
  throw new AttuneError('the torch engine needs a model of Transformers: a folder with config.json', {
    file: path,
    field: 'model',
    fix: 'name the original model instead of a GGUF file, or use the onnx engine',
  });
}

/** The same 4-bit weights as the embedded engine's, made once for both. */
async function quantizedFile({ model, onProgress, signal }: TorchEngineOptions): Promise<string> {
  const names = linearModules(model.config).map((module) => `${module.name}.weight`);
  const weights = await quantizeWeights(model, names, { cacheDirectory: attuneCache(), onProgress, signal });
  return weights.get(names[0]!)!.codes.file;
}
